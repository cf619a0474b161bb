"""Addresses of the tiering app under /api/v1/."""

from django.urls import path

from tiering.views import api, reports_api, services_api

urlpatterns = [
    path("rule-sets", api.RuleSets.as_view(), name="api-rule-sets"),
    path("rule-sets/<int:pk>", api.RuleSetDetail.as_view(), name="api-rule-set"),
    path(
        "rule-sets/<int:pk>/services",
        services_api.RuleSetServices.as_view(),
        name="api-rule-set-services",
    ),
    path("customers/<int:pk>/terms", services_api.CustomerTerms.as_view(), name="api-terms"),
    path(
        "customers/<int:pk>/benefits", services_api.CustomerBenefits.as_view(), name="api-benefits"
    ),
    path(
        "customers/<int:pk>/benefit-uses",
        services_api.BenefitUses.as_view(),
        name="api-benefit-uses",
    ),
    path(
        "benefit-uses/<int:pk>/reverse",
        services_api.BenefitUseReverse.as_view(),
        name="api-benefit-use-reverse",
    ),
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
