"""Addresses of the customers app."""

from django.urls import path

from customers.views import cards, contracts, coverage, imports, lists, saved_views, timeline, week

app_name = "customers"

urlpatterns = [
    path("customers/", lists.customers, name="list"),
    path("customers/search/", lists.search, name="search"),
    path("customers/export/", lists.export, name="export"),
    path("customers/views/", saved_views.create, name="saved-view-create"),
    path("customers/views/<int:pk>/delete/", saved_views.delete, name="saved-view-delete"),
    path("customers/<int:pk>/", cards.file, name="file"),
    path("customers/<int:pk>/card/", cards.card, name="card"),
    path("customers/<int:pk>/contracts/new/", contracts.new, name="contract-new"),
    path("customers/<int:pk>/contracts/create/", contracts.create, name="contract-create"),
    path("customers/<int:pk>/included/", contracts.sheet, name="scope-sheet"),
    path("customers/<int:pk>/timeline/", timeline.timeline, name="timeline"),
    path("contracts/renewals/", contracts.renewals, name="renewals"),
    path("contracts/renewals/export/", contracts.renewals_export, name="renewals-export"),
    path("contracts/<int:pk>/revise/", contracts.revise, name="contract-revise"),
    path("contracts/<int:pk>/revise/save/", contracts.save_revision, name="contract-revise-save"),
    path("contracts/<int:pk>/end/", contracts.end, name="contract-end"),
    path("revisions/<int:pk>/correct/", contracts.correct, name="revision-correct"),
    path(
        "revisions/<int:pk>/correct/save/", contracts.save_correction, name="revision-correct-save"
    ),
    path("revisions/<int:pk>/explained/", contracts.explained, name="revision-explained"),
    path("log/week/", week.week, name="log-week"),
    path("log/week/save/", week.save, name="log-week-save"),
    path("log/week/copy/", week.copy, name="log-week-copy"),
    path("log/week/add/", week.add, name="log-week-add"),
    path("log/coverage/", coverage.coverage, name="log-coverage"),
    path("log/coverage/export/", coverage.export, name="log-coverage-export"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.new, name="import-new"),
    path("imports/create/", imports.create, name="import-create"),
    path("imports/<int:pk>/", imports.detail, name="import-detail"),
    path("imports/<int:pk>/apply/", imports.apply, name="import-apply"),
    path("imports/<int:pk>/leave/", imports.leave, name="import-leave"),
    path("imports/<int:pk>/errors/", imports.errors, name="import-errors"),
]
