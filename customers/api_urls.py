"""Addresses of the customers app under /api/v1/."""

from django.urls import path

from customers.views import (
    activities_api,
    api,
    contracts_api,
    cost_rates_api,
    coverage,
    extensions_api,
    goals_api,
    goodwill_api,
    imports_api,
    investments_api,
    log_drafts_api,
    my_log_api,
    premiums_api,
    scope_api,
    timeline_api,
    week_api,
)

urlpatterns = [
    path(
        "customers/<int:pk>/consumption",
        scope_api.CustomerConsumption.as_view(),
        name="api-consumption",
    ),
    path("customers/<int:pk>/scope-check", scope_api.ScopeCheck.as_view(), name="api-scope-check"),
    path(
        "customers/<int:pk>/scope-inquiries",
        scope_api.ScopeInquiries.as_view(),
        name="api-scope-inquiries",
    ),
    path(
        "customers/<int:pk>/activities",
        activities_api.CustomerActivities.as_view(),
        name="api-activities",
    ),
    path("activities/<int:pk>", activities_api.ActivityDetail.as_view(), name="api-activity"),
    path(
        "activities/<int:pk>/correct",
        activities_api.ActivityCorrect.as_view(),
        name="api-activity-correct",
    ),
    path(
        "activities/<int:pk>/withdraw",
        activities_api.ActivityWithdraw.as_view(),
        name="api-activity-withdraw",
    ),
    path(
        "activities/<int:pk>/move",
        activities_api.ActivityMove.as_view(),
        name="api-activity-move",
    ),
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
    path(
        "contracts/<int:pk>/extensions",
        extensions_api.ContractExtensions.as_view(),
        name="api-extensions",
    ),
    path("customers", api.Customers.as_view(), name="api-customers"),
    path("customers/<int:pk>", api.CustomerDetail.as_view(), name="api-customer"),
    path("log/drafts", log_drafts_api.LogDrafts.as_view(), name="api-log-drafts"),
    path(
        "log/drafts/settle",
        log_drafts_api.LogDraftsSettle.as_view(),
        name="api-log-drafts-settle",
    ),
    path("log/week", week_api.LogWeek.as_view(), name="api-log-week"),
    path("log/mine", my_log_api.MyLog.as_view(), name="api-log-mine"),
    path("log/section", my_log_api.SectionLog.as_view(), name="api-log-section"),
    path("people/<int:pk>/load", my_log_api.PersonLoad.as_view(), name="api-person-load"),
    path("log/coverage", coverage.LoggingCoverage.as_view(), name="api-log-coverage"),
    path(
        "customers/<int:pk>/goodwill",
        goodwill_api.CustomerGoodwill.as_view(),
        name="api-goodwill",
    ),
    path(
        "customers/<int:pk>/goodwill/sum",
        goodwill_api.CustomerGoodwillSum.as_view(),
        name="api-goodwill-sum",
    ),
    path(
        "activities/<int:pk>/goodwill",
        goodwill_api.ActivityGoodwill.as_view(),
        name="api-activity-goodwill",
    ),
    path(
        "customers/<int:pk>/investments",
        investments_api.CustomerInvestments.as_view(),
        name="api-investments",
    ),
    path("investments/<int:pk>", investments_api.InvestmentDetail.as_view(), name="api-investment"),
    path(
        "investments/<int:pk>/extend",
        investments_api.InvestmentExtension.as_view(),
        name="api-investment-extend",
    ),
    path(
        "investments/<int:pk>/verdict",
        investments_api.InvestmentVerdict.as_view(),
        name="api-investment-verdict",
    ),
    path("customers/<int:pk>/goals", goals_api.CustomerGoals.as_view(), name="api-goals"),
    path("goals/<int:pk>", goals_api.GoalDetail.as_view(), name="api-goal"),
    path("goals/<int:pk>/state", goals_api.GoalState.as_view(), name="api-goal-state"),
    path("imports", imports_api.Imports.as_view(), name="api-imports"),
    path("imports/<int:pk>", imports_api.ImportDetail.as_view(), name="api-import"),
    path("imports/<int:pk>/apply", imports_api.ImportApply.as_view(), name="api-import-apply"),
    path("imports/<int:pk>/leave", imports_api.ImportLeave.as_view(), name="api-import-leave"),
    path("imports/<int:pk>/errors", imports_api.ImportErrors.as_view(), name="api-import-errors"),
    path("cost-rates", cost_rates_api.CostRates.as_view(), name="api-cost-rates"),
    path("cost-rates/<int:pk>", cost_rates_api.CostRateRemoval.as_view(), name="api-cost-rate"),
    path("cost-premiums", premiums_api.CostPremiums.as_view(), name="api-cost-premiums"),
    path(
        "cost-premiums/<int:pk>",
        premiums_api.CostPremiumRemoval.as_view(),
        name="api-cost-premium",
    ),
]
