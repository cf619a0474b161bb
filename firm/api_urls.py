"""Addresses of the firm app under /api/v1/."""

from django.urls import path

from firm.views import api, calendars_api, prices

urlpatterns = [
    path("people", api.People.as_view(), name="api-people"),
    path("people/<int:pk>", api.Person.as_view(), name="api-person"),
    path("me", api.Me.as_view(), name="api-me"),
    path("calendars", calendars_api.Calendars.as_view(), name="api-calendars"),
    path("calendars/<int:pk>", calendars_api.Calendar.as_view(), name="api-calendar"),
    path(
        "calendars/<int:pk>/versions",
        calendars_api.Versions.as_view(),
        name="api-calendar-versions",
    ),
    path("calendars/<int:pk>/due", calendars_api.Due.as_view(), name="api-calendar-due"),
    path("calendars/<int:pk>/split", calendars_api.Split.as_view(), name="api-calendar-split"),
    path("bill-rates", prices.BillRates.as_view(), name="api-bill-rates"),
    path("runs", api.Runs.as_view(), name="api-runs"),
    path("runs/<int:pk>", api.Run.as_view(), name="api-run"),
]
