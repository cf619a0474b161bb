"""Addresses of the tiering app."""

from django.urls import path

from tiering.views import benefits, previews, publishing, reports, rules, runs, services, standing

app_name = "tiering"

urlpatterns = [
    path("customers/<int:pk>/tier/", standing.why, name="why"),
    path("customers/<int:pk>/benefits/", benefits.benefits, name="benefits"),
    path("customers/<int:pk>/benefits/record/", benefits.record, name="record-use"),
    path("benefit-uses/<int:pk>/reverse/", benefits.reverse_entry, name="reverse-use"),
    path("rules/", rules.rules, name="rules"),
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
