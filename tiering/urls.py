"""Addresses of the tiering app."""

from django.urls import path

from tiering.views import rules, runs, standing

app_name = "tiering"

urlpatterns = [
    path("customers/<int:pk>/tier/", standing.why, name="why"),
    path("rules/", rules.rules, name="rules"),
    path("runs/", runs.runs, name="runs"),
    path("runs/recalculate/", runs.recalculate, name="recalculate"),
    path("runs/<int:run_id>/", runs.run, name="run"),
]
