"""Addresses of the tiering app."""

from django.urls import path

from tiering.views import reports, rules, runs, standing

app_name = "tiering"

urlpatterns = [
    path("customers/<int:pk>/tier/", standing.why, name="why"),
    path("rules/", rules.rules, name="rules"),
    path("runs/", runs.runs, name="runs"),
    path("runs/recalculate/", runs.recalculate, name="recalculate"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("reports/", reports.reports, name="reports"),
    path("reports/concentration/", reports.concentration, name="concentration"),
    path(
        "reports/concentration/export/", reports.concentration_export, name="concentration-export"
    ),
    path("reports/coverage/", reports.coverage, name="coverage"),
    path("reports/coverage/export/", reports.coverage_export, name="coverage-export"),
    path("reports/flow/", reports.flow, name="flow"),
    path("reports/flow/export/", reports.flow_export, name="flow-export"),
    path(
        "reports/explanations/export/", standing.explanations_export, name="explanations-export"
    ),
]
