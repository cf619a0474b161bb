"""Addresses of the tiering app under /api/v1/."""

from django.urls import path

from tiering.views import (
    allocation_api,
    api,
    downgrades_api,
    drafts_api,
    findings_api,
    held_api,
    overrides_api,
    previews_api,
    profit_api,
    reports_api,
    services_api,
    strategic_fit_api,
)

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
    path("drafts", drafts_api.Drafts.as_view(), name="api-drafts"),
    path("drafts/<int:pk>", drafts_api.DraftDetail.as_view(), name="api-draft"),
    path("drafts/<int:pk>/submit", drafts_api.DraftSubmit.as_view(), name="api-draft-submit"),
    path(
        "drafts/<int:pk>/take-back", drafts_api.DraftTakeBack.as_view(), name="api-draft-take-back"
    ),
    path("drafts/<int:pk>/return", drafts_api.DraftReturn.as_view(), name="api-draft-return"),
    path("drafts/<int:pk>/approve", drafts_api.DraftApprove.as_view(), name="api-draft-approve"),
    path("rule-sets/<int:pk>/previews", previews_api.NewPreview.as_view(), name="api-new-preview"),
    path(
        "rule-sets/<int:pk>/publish",
        previews_api.PublishRuleSet.as_view(),
        name="api-publish-rules",
    ),
    path("previews/<int:pk>", previews_api.PreviewDetail.as_view(), name="api-preview"),
    path("previews/<int:pk>/moves", previews_api.PreviewMoves.as_view(), name="api-preview-moves"),
    path("overrides", overrides_api.Overrides.as_view(), name="api-overrides"),
    path("overrides/<int:pk>", overrides_api.OverrideDetail.as_view(), name="api-override"),
    path(
        "overrides/<int:pk>/approve",
        overrides_api.OverrideApprove.as_view(),
        name="api-override-approve",
    ),
    path(
        "overrides/<int:pk>/reject",
        overrides_api.OverrideReject.as_view(),
        name="api-override-reject",
    ),
    path(
        "overrides/<int:pk>/withdraw",
        overrides_api.OverrideWithdraw.as_view(),
        name="api-override-withdraw",
    ),
    path("overrides/<int:pk>/end", overrides_api.OverrideEnd.as_view(), name="api-override-end"),
    path(
        "customers/<int:pk>/payment-stops",
        overrides_api.PaymentStops.as_view(),
        name="api-payment-stops",
    ),
    path(
        "payment-stops/<int:pk>/lift",
        overrides_api.PaymentStopLift.as_view(),
        name="api-payment-stop-lift",
    ),
    path(
        "customers/<int:pk>/strategic-scores",
        strategic_fit_api.StrategicScores.as_view(),
        name="api-strategic-scores",
    ),
    path(
        "strategic-scores/<int:pk>/withdraw",
        strategic_fit_api.StrategicScoreWithdraw.as_view(),
        name="api-strategic-score-withdraw",
    ),
    path("findings", findings_api.Findings.as_view(), name="api-findings"),
    path("findings/<int:pk>", findings_api.FindingDetail.as_view(), name="api-finding"),
    path(
        "findings/<int:pk>/acknowledge",
        findings_api.FindingAcknowledge.as_view(),
        name="api-finding-acknowledge",
    ),
    path("findings/<int:pk>/start", findings_api.FindingStart.as_view(), name="api-finding-start"),
    path(
        "findings/<int:pk>/resolve",
        findings_api.FindingResolve.as_view(),
        name="api-finding-resolve",
    ),
    path(
        "findings/<int:pk>/accept",
        findings_api.FindingAccept.as_view(),
        name="api-finding-accept",
    ),
    path("evaluations", api.Evaluations.as_view(), name="api-evaluations"),
    path("runs/<int:pk>/held", held_api.Held.as_view(), name="api-held-run"),
    path("runs/<int:pk>/held/movers", held_api.HeldMovers.as_view(), name="api-held-movers"),
    path("runs/<int:pk>/held/accept", held_api.AcceptHeld.as_view(), name="api-held-accept"),
    path("customers/<int:pk>/standing", api.CustomerStanding.as_view(), name="api-standing"),
    path(
        "reports/concentration",
        reports_api.ConcentrationReport.as_view(),
        name="api-report-concentration",
    ),
    path("reports/coverage", reports_api.CoverageReport.as_view(), name="api-report-coverage"),
    path(
        "reports/allocation",
        allocation_api.AllocationReport.as_view(),
        name="api-report-allocation",
    ),
    path("customers/<int:pk>/profit", profit_api.ProfitOfCustomer.as_view(), name="api-profit"),
    path("reports/downgrades", downgrades_api.Downgrades.as_view(), name="api-report-downgrades"),
    path("reports/benefits", services_api.BenefitReport.as_view(), name="api-report-benefits"),
    path("reports/flow", reports_api.FlowReport.as_view(), name="api-report-flow"),
]
