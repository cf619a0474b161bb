"""Allocation: hours beside revenue by tier, department and person; averaging by month."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from firm import access, formats
from firm.models import Department, User
from firm.paging import page_of
from firm.roles import Right
from tiering.overview import Overview, Reach, evaluated, overview_of
from tiering.reports import allocation as allocated
from tiering.reports import tables
from tiering.reports.allocation import Allocation, Share, Verdict
from tiering.reports.averaging import Averaging, averaging
from tiering.reports.pages import check_screen, file_of

WORDS = {
    Verdict.TOO_LITTLE: gettext_lazy("too little"),
    Verdict.FAIR: gettext_lazy("about right"),
    Verdict.TOO_MUCH: gettext_lazy("too much"),
}
LINES = ("tier", "department", "person")


@require_GET
@access.needs(Right.REVENUE)
def allocation(request: HttpRequest) -> HttpResponse:
    """Where the hours go; `?tier=1`, `?department=3` or `?person=7` lists the customers."""
    check_screen(request)
    tiers, scope = overview_of(request), access.scope(request)
    context: dict[str, Any] = {"tiers": tiers, "found": None}
    if tiers is not None:
        found = allocated.allocation(scope, tiers.evaluation)
        is_firm = tiers.reach is Reach.FIRM
        context |= {
            "found": found,
            "each": formats.round_money(allocated.for_each()),
            "with_margin": scope.may(Right.MARGIN),
            "lines": _tables(found, tiers, is_firm=is_firm),
            "averaging": _averaging(tiers, is_firm=is_firm),
            **_opened(request, found),
        }
    return render(request, "tiering/allocation.html", context)


@require_GET
@access.needs(Right.REVENUE)
def allocation_export(request: HttpRequest) -> HttpResponse:
    """`?table=tier`, `department`, `person` or `months`."""
    check_screen(request)
    tiers, scope = evaluated(request), access.scope(request)
    is_firm, asked = tiers.reach is Reach.FIRM, request.GET.get("table", "tier")
    if asked == "months":
        found = _averaging(tiers, is_firm=is_firm)
        if found is None:
            raise Http404
        return file_of(request, _("Averaging by month"), tables.averaging(found))
    lines = _tables(allocated.allocation(scope, tiers.evaluation), tiers, is_firm=is_firm)
    if asked not in lines:
        raise Http404
    table = tables.allocation(lines[asked], WORDS, with_margin=scope.may(Right.MARGIN))
    return file_of(request, _("Allocation"), table)


def _averaging(tiers: Overview, *, is_firm: bool) -> Averaging | None:
    """Of the firm only: of some customers it would say nothing."""
    return averaging(tiers.evaluation) if is_firm else None


def _tables(
    found: Allocation, tiers: Overview, *, is_firm: bool
) -> dict[str, list[tuple[str, Share]]]:
    """What each line is called, by tier, by department and by person; no table without a line."""
    named = [team for team in found.teams.values() if team is not None]
    departments = {one.pk: one for one in Department.objects.filter(pk__in=named)}
    people = dict(
        User.objects.filter(pk__in=[share.key for share in found.people]).values_list("pk", "name")
    )
    names = {rank: tables.tier_label(chip) for rank, chip in tiers.chips.items()}
    lines = {
        "tier": [(names.get(share.key, str(share.key)), share) for share in found.tiers],
        "department": [
            (departments[share.key].path if share.key in departments else _("Others"), share)
            for share in found.departments
        ]
        if is_firm
        else [],
        "person": [(people.get(share.key, ""), share) for share in found.people],
    }
    return {name: rows for name, rows in lines.items() if rows}


def _opened(request: HttpRequest, found: Allocation) -> dict[str, Any]:
    """The customers behind a line, a page at a time. Raises Http404 for what is no line."""
    by = next((name for name in LINES if name in request.GET), None)
    if by is None:
        return {}
    asked = request.GET[by][:18]
    if not (asked == "others" and by == "department") and not (asked.isascii() and asked.isdigit()):
        raise Http404
    key = None if asked == "others" else int(asked)
    rows = allocated.customers_of(access.scope(request), found, by=by, key=key)
    page, links = page_of(request, rows.select_related("owner"), sort="-trailing_revenue")
    work = allocated.work_of([row.pk for row in page], found)
    return {"rows": [(row, work.get(row.pk)) for row in page], "opened": by, **links}
