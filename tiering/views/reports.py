"""The reports: how revenue is concentrated. Each number opens the rows it is made of."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from firm import access, charts, keyset
from firm.dates import today
from firm.exports import table_response
from firm.paging import pager_links
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import Scope
from tiering import wording
from tiering.overview import Overview, Reach, evaluated, overview_of
from tiering.reports import concentration as concentrated
from tiering.reports import tables

CHART_HEIGHT = 180


@require_GET
@access.needs(Right.REVENUE)
def reports(request: HttpRequest) -> HttpResponse:
    """The first of the reports."""
    return redirect("tiering:concentration")


@require_GET
@access.needs(Right.REVENUE)
def concentration(request: HttpRequest) -> HttpResponse:
    """How revenue is concentrated; `?first=1&last=24` lists the customers at these places."""
    _check_screen(request)
    tiers, scope = overview_of(request), access.scope(request)
    context: dict[str, Any] = {"tiers": tiers, "report": None}
    if tiers is not None:
        report = concentrated.concentration(scope)
        chart = charts.pareto(report.groups, height=CHART_HEIGHT)
        bands = [(band, tiers.chips.get(band.rank or 0)) for band in chart.bands] if chart else []
        context |= {
            "report": report,
            "chart": chart,
            "bands": bands,
            "height": CHART_HEIGHT,
            "tier_rows": _tier_rows(request, report, tiers),
            **_chosen(request, report),
        }
    return render(request, "tiering/concentration.html", context)


@require_GET
@access.needs(Right.REVENUE)
def concentration_export(request: HttpRequest) -> HttpResponse:
    """`?table=tenths`, `tops` or `tiers`; `customers` with first and last."""
    _check_screen(request)
    tiers = evaluated(request)
    report = concentrated.concentration(access.scope(request))
    match request.GET.get("table", "tenths"):
        case "tenths":
            table = tables.stretches(report.tenths)
        case "tops":
            table = tables.stretches(report.tops)
        case "tiers":
            table = tables.tier_shares(concentrated.tier_shares(report, tiers))
        case "customers":
            table = tables.customers(_at(request, report).iterator(), tiers.chips)
        case _:
            raise Http404
    return _file(request, _("Concentration of revenue"), table)


def _check_screen(request: HttpRequest) -> None:
    if request.screen_share:  # type: ignore[attr-defined]
        raise Forbidden(_("Reports are not shown while the screen is shared."))


def _file(request: HttpRequest, name: str, table: tables.Table) -> HttpResponse:
    head, rows = table
    format = request.GET.get("format", "xlsx")
    name = f"{name} {today():%Y-%m-%d}"
    return table_response(name, head, rows, format=format)  # type: ignore[return-value]


def _tier_rows(
    request: HttpRequest, report: concentrated.Concentration, tiers: Overview
) -> list[dict[str, Any]]:
    """The tiers with the address of their customers."""
    unit = access.reader(request).money_unit
    return [
        {
            "tier": tier,
            "entry": wording.short_entry(tier.rule, tiers.evaluation.rule_set, unit=unit),
            "href": _listed(access.scope(request), tiers.reach, tier.rule.rank),
        }
        for tier in concentrated.tier_shares(report, tiers)
    ]


def _listed(scope: Scope, reach: Reach, rank: int) -> str:
    """The list with exactly these customers; empty where it has no filter for them."""
    if reach is Reach.FIRM:
        return f"{reverse('customers:list')}?tier={rank}"
    if scope.people == {scope.person_id}:
        return f"{reverse('customers:list')}?tier={rank}&owner=me"
    return ""


def _chosen(request: HttpRequest, report: concentrated.Concentration) -> dict[str, Any]:
    """The rows behind a number, a page at a time; nothing where no number was opened."""
    if "first" not in request.GET:
        return {}
    rows = _at(request, report)
    first, last = _places(request, report)
    page, links = _page(request, rows, sort="-trailing_revenue")
    return {
        "first": first,
        "last": last,
        "rows": page,
        "rows_query": f"?table=customers&first={first}&last={last}",
        "others": last - first + 1 - rows.order_by().count(),
        **links,
    }


def _at(request: HttpRequest, report: concentrated.Concentration) -> QuerySet[Any]:
    first, last = _places(request, report)
    rows = concentrated.customers_at(access.scope(request), first, last)
    return rows.select_related("owner").order_by("-trailing_revenue", "-pk")


def _places(request: HttpRequest, report: concentrated.Concentration) -> tuple[int, int]:
    """Raises Http404 where the address names no places of the report."""
    given = [request.GET.get(name, "")[:9] for name in ("first", "last")]
    if not all(text.isascii() and text.isdigit() for text in given):
        raise Http404
    first, last = map(int, given)
    if not 1 <= first <= last <= report.customers:
        raise Http404
    return first, last


def _page(
    request: HttpRequest, rows: QuerySet[Any], *, sort: str
) -> tuple[list[Any], dict[str, str]]:
    try:
        page = keyset.page_of(rows, sort=sort, after=request.GET.get("after", ""))
    except Refused as refused:
        raise Http404(refused.sentence) from None
    return page.rows, pager_links(request, page.after)
