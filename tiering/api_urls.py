"""Addresses of the tiering app under /api/v1/."""

from django.urls import path

from tiering.views import api, reports_api

urlpatterns = [
    path("rule-sets", api.RuleSets.as_view(), name="api-rule-sets"),
    path("rule-sets/<int:pk>", api.RuleSetDetail.as_view(), name="api-rule-set"),
    path("evaluations", api.Evaluations.as_view(), name="api-evaluations"),
    path("customers/<int:pk>/standing", api.CustomerStanding.as_view(), name="api-standing"),
    path(
        "reports/concentration",
        reports_api.ConcentrationReport.as_view(),
        name="api-report-concentration",
    ),
    path("reports/coverage", reports_api.CoverageReport.as_view(), name="api-report-coverage"),
    path("reports/flow", reports_api.FlowReport.as_view(), name="api-report-flow"),
]
