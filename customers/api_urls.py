"""Addresses of the customers app under /api/v1/."""

from django.urls import path

from customers.views import api, contracts_api, coverage, imports_api, timeline_api

urlpatterns = [
    path(
        "customers/<int:pk>/contracts",
        contracts_api.CustomerContracts.as_view(),
        name="api-contracts",
    ),
    path(
        "contracts/<int:pk>/revisions",
        contracts_api.ContractRevisions.as_view(),
        name="api-contract-revisions",
    ),
    path(
        "customers/<int:pk>/timeline",
        timeline_api.CustomerTimeline.as_view(),
        name="api-timeline",
    ),
    path("customers", api.Customers.as_view(), name="api-customers"),
    path("customers/<int:pk>", api.CustomerDetail.as_view(), name="api-customer"),
    path("log/coverage", coverage.LoggingCoverage.as_view(), name="api-log-coverage"),
    path("imports", imports_api.Imports.as_view(), name="api-imports"),
    path("imports/<int:pk>", imports_api.ImportDetail.as_view(), name="api-import"),
    path("imports/<int:pk>/apply", imports_api.ImportApply.as_view(), name="api-import-apply"),
    path("imports/<int:pk>/leave", imports_api.ImportLeave.as_view(), name="api-import-leave"),
    path("imports/<int:pk>/errors", imports_api.ImportErrors.as_view(), name="api-import-errors"),
]
