"""Addresses of the tiering app."""

from django.urls import path

from tiering.views import (
    benefit_report,
    benefits,
    overrides,
    payment_stops,
    previews,
    publishing,
    reports,
    rules,
    runs,
    services,
    standing,
)

app_name = "tiering"

urlpatterns = [
    path("customers/<int:pk>/tier/", standing.why, name="why"),
    path("customers/<int:pk>/benefits/", benefits.benefits, name="benefits"),
    path("customers/<int:pk>/benefits/record/", benefits.record, name="record-use"),
    path("benefit-uses/<int:pk>/reverse/", benefits.reverse_entry, name="reverse-use"),
    path("customers/<int:pk>/override/", overrides.new, name="override-new"),
    path("customers/<int:pk>/override/request/", overrides.create, name="override-create"),
    path("customers/<int:pk>/payment-stop/", payment_stops.stops, name="payment-stops"),
    path("customers/<int:pk>/payment-stop/set/", payment_stops.stop, name="payment-stop-set"),
    path("customers/<int:pk>/payment-stop/lift/", payment_stops.lift, name="payment-stop-lift"),
    path("rules/", rules.rules, name="rules"),
    path("rules/overrides/", overrides.listing, name="overrides"),
    path("rules/overrides/export/", overrides.export, name="overrides-export"),
    path("rules/overrides/<int:pk>/", overrides.detail, name="override"),
    path("rules/overrides/<int:pk>/approve/", overrides.approve, name="override-approve"),
    path("rules/overrides/<int:pk>/reject/", overrides.reject, name="override-reject"),
    path("rules/overrides/<int:pk>/withdraw/", overrides.withdraw, name="override-withdraw"),
    path("rules/overrides/<int:pk>/end/", overrides.end, name="override-end"),
    path("rules/drafts/<int:pk>/services/", services.draft_services, name="draft-services"),
    path("rules/drafts/<int:pk>/services/save/", services.save, name="save-services"),
    path("rules/drafts/<int:pk>/services/benefits/", services.add_benefit, name="add-benefit"),
    path("rules/drafts/<int:pk>/preview/", previews.create, name="preview-new"),
    path("rules/drafts/<int:pk>/publish/", publishing.publish_form, name="publish-form"),
    path("rules/drafts/<int:pk>/publish/now/", publishing.publish, name="publish"),
    path("rules/previews/<int:pk>/", previews.preview, name="preview"),
    path("rules/previews/<int:pk>/export/", previews.export, name="preview-export"),
    path("rules/previews/<int:pk>/leave/", previews.leave, name="preview-leave"),
    path("runs/", runs.runs, name="runs"),
    path("runs/recalculate/", runs.recalculate, name="recalculate"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("runs/<int:run_id>/accept/", runs.accept, name="accept-run"),
    path("runs/<int:run_id>/movers/export/", runs.held_export, name="held-export"),
    path("reports/", reports.reports, name="reports"),
    path("reports/concentration/", reports.concentration, name="concentration"),
    path(
        "reports/concentration/export/", reports.concentration_export, name="concentration-export"
    ),
    path("reports/coverage/", reports.coverage, name="coverage"),
    path("reports/coverage/export/", reports.coverage_export, name="coverage-export"),
    path("reports/benefits/", benefit_report.benefit_report, name="benefit-report"),
    path(
        "reports/benefits/export/",
        benefit_report.benefit_report_export,
        name="benefit-report-export",
    ),
    path("reports/flow/", reports.flow, name="flow"),
    path("reports/flow/export/", reports.flow_export, name="flow-export"),
    path("reports/downgrades/", downgrades.downgrades, name="downgrades"),
    path("reports/downgrades/export/", downgrades.downgrades_export, name="downgrades-export"),
    path("reports/explanations/export/", standing.explanations_export, name="explanations-export"),
]
