"""Contracts that come up for renewal, and those nobody has explained to the customer yet."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.contracts.in_force import RENEWAL_NOTICES, not_explained, renewing_within
from customers.models import ContractRevision, RenewalNotice
from customers.reach import check_is_not_shared, customers_in_reach
from firm import access
from firm.dates import today
from firm.exports import table_response
from firm.paging import page_of
from firm.roles import Right

NOT_EXPLAINED = "not-explained"


@require_GET
@access.needs(Right.REVENUE)
def renewals(request: HttpRequest) -> HttpResponse:
    """Of the customers whose file one has: `?within=` days, or `?list=not-explained`."""
    check_is_not_shared(request)
    sort = "valid_from" if _is_not_explained(request) else "renews_on"
    rows, links = page_of(request, _shown(request), sort=sort)
    context = {
        "within": _within(request),
        "is_not_explained": _is_not_explained(request),
        "choices": RENEWAL_NOTICES,
        "rows": rows,
        "today": today(),
        **links,
    }
    return render(request, "customers/renewals.html", context)


@require_GET
@access.needs(Right.REVENUE)
def export(request: HttpRequest) -> HttpResponseBase:
    check_is_not_shared(request)
    header = [
        _("Code"), _("Name"), _("Contract"), _("Renewal"), _("Notice by"), _("Notices sent"),
        _("Explained"), _("Account manager"),
    ]  # fmt: skip
    rows = (
        [
            revision.contract.customer.code,
            revision.contract.customer.name,
            revision.contract.name,
            revision.renews_on,
            revision.notice_by,
            ", ".join(str(days) for days in revision.notices),  # type: ignore[attr-defined]
            revision.explained_on,
            revision.contract.customer.owner.name if revision.contract.customer.owner else "",
        ]
        for revision in _shown(request).order_by("renews_on", "valid_from", "pk")
    )
    title = (
        _("Contracts not explained yet") if _is_not_explained(request) else _("Contract renewals")
    )
    name = f"{title} {today():%Y-%m-%d}"
    return table_response(name, header, rows, format=request.GET.get("format", "xlsx"))


def _is_not_explained(request: HttpRequest) -> bool:
    return request.GET.get("list", "") == NOT_EXPLAINED


def _within(request: HttpRequest) -> int:
    asked = request.GET.get("within", "")
    return int(asked) if asked in map(str, RENEWAL_NOTICES) else RENEWAL_NOTICES[0]


def _shown(request: HttpRequest) -> QuerySet[ContractRevision]:
    """With `notices`, the steps of which people were told, the first one first."""
    theirs = customers_in_reach(request).active()
    told = RenewalNotice.objects.filter(revision=OuterRef("pk"), renews_on=OuterRef("renews_on"))
    found = (
        not_explained(on=today())
        if _is_not_explained(request)
        else renewing_within(_within(request), on=today())
    )
    return (
        found.filter(contract__customer__in=theirs)
        .select_related("contract__customer__owner")
        .annotate(notices=ArraySubquery(told.order_by("-days").values("days")))
    )
