"""Addresses of the firm app under /api/v1/."""

from django.urls import path

from firm.views import api

urlpatterns = [
    path("people", api.People.as_view(), name="api-people"),
    path("people/<int:pk>", api.Person.as_view(), name="api-person"),
    path("me", api.Me.as_view(), name="api-me"),
    path("runs", api.Runs.as_view(), name="api-runs"),
    path("runs/<int:pk>", api.Run.as_view(), name="api-run"),
]
