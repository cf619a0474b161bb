"""The reports: concentration of revenue, segment coverage, tier flow. Each number opens the rows
it is made of.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from firm import access, charts
from firm.paging import page_of, unpaged
from firm.roles import Right
from firm.scope import Scope
from tiering import overview, wording
from tiering.criteria_words import short_with
from tiering.current import criteria_in_force
from tiering.overview import Overview, Reach, evaluated, overview_of
from tiering.reports import concentration as concentrated
from tiering.reports import coverage as covering
from tiering.reports import flow as flowing
from tiering.reports import tables
from tiering.reports.coverage import GAPS, Line
from tiering.reports.forms import FlowForm
from tiering.reports.pages import check_screen, file_of

CHART_HEIGHT = 180
LINES = {
    Line.ACTIVE: gettext_lazy("Active customers"),
    Line.COVERED: gettext_lazy("With a tier from complete data"),
    Line.NOT_EVALUATED: gettext_lazy("Not evaluated yet"),
    Line.NO_REVENUE: gettext_lazy("No revenue entry at all"),
    Line.NO_OWNER: gettext_lazy("No account manager"),
    Line.NO_BACKUP: gettext_lazy("No backup"),
}
ADVICE = {
    Line.NOT_EVALUATED: gettext_lazy(
        "Entered after the last nightly run; the next one evaluates them."
    ),
    Line.NO_REVENUE: gettext_lazy(
        "In the lowest tier for want of data. Check whether their invoices were imported under"
        " another code."
    ),
    Line.NO_OWNER: gettext_lazy(
        "Nobody is responsible, and only people with all files can open them."
    ),
    Line.NO_BACKUP: gettext_lazy("Nobody steps in when the account manager is away."),
}
WAYS = [
    ("up", gettext_lazy("Upgrade")),
    ("down", gettext_lazy("Downgrade")),
    ("same", gettext_lazy("Unchanged")),
    ("new", gettext_lazy("First evaluation")),
]


@require_GET
@access.needs(Right.REVENUE)
def reports(request: HttpRequest) -> HttpResponse:
    """The first of the reports."""
    return redirect("tiering:concentration")


@require_GET
@access.needs(Right.REVENUE)
def concentration(request: HttpRequest) -> HttpResponse:
    """How revenue is concentrated; `?first=1&last=24` lists the customers at these places."""
    check_screen(request)
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
    check_screen(request)
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
    return file_of(request, _("Concentration of revenue"), table)


@require_GET
@access.needs(Right.REVENUE)
def coverage(request: HttpRequest) -> HttpResponse:
    """Who has a tier, and who has none and why; `?line=no_revenue` lists them."""
    check_screen(request)
    tiers, scope = overview_of(request), access.scope(request)
    report = covering.coverage(scope)
    context: dict[str, Any] = {
        "tiers": tiers,
        "reach": overview.reach_of(scope),
        "report": report,
        "gaps": _lines(report, GAPS),
        "quality": _lines(report, covering.QUALITY),
    }
    if "line" in request.GET:
        line = _line(request)
        rows = covering.rows_of(scope, line).select_related("owner", "backup")
        page, links = page_of(request, rows, sort="sort_key")
        context |= {"line": line, "label": LINES[line], "rows": page, **links}
        context["others"] = report.counts[line] - rows.order_by().count()
    return render(request, "tiering/coverage.html", context)


@require_GET
@access.needs(Right.REVENUE)
def coverage_export(request: HttpRequest) -> HttpResponse:
    """The lines, or with `?line=` the customers of one."""
    check_screen(request)
    scope, name = access.scope(request), _("Segment coverage")
    if "line" not in request.GET:
        words = {line: str(LINES[line]) for line in covering.Line}
        return file_of(request, name, tables.coverage(covering.coverage(scope), words))
    line = _line(request)
    rows = covering.rows_of(scope, line).select_related("owner", "backup").order_by("sort_key")
    return file_of(request, name, tables.of_line(rows.iterator(), str(LINES[line])))


@require_GET
@access.needs(Right.REVENUE)
def flow(request: HttpRequest) -> HttpResponse:
    """The tiers of two dates, from × to; `?row=…&column=…` or `?moved=up` lists the movers."""
    check_screen(request)
    form = FlowForm.asked(request.GET)
    scope = access.scope(request)
    context: dict[str, Any] = {"form": form, "reach": overview.reach_of(scope), "found": None}
    if form.is_asked:
        found = flowing.flow(scope, start=form.start, end=form.end, held=form.held)
        context |= {"found": found, "dates": form.query, "matrix": _matrix(found)}
        context["sums"] = [
            (level.tier, found.count(found.among(after=level.tier))) for level in found.levels
        ]
        context["total"] = sum(found.cells.values())
        context["ways"] = [(way, words, found.count(found.moved(way))) for way, words in WAYS]
        if (pairs := _pairs(request, found)) is not None:
            rows, links = page_of(request, flowing.movers_of(found, pairs, scope), sort="sort_key")
            context |= {"movers": flowing.movers(found, rows, scope), **links}
            context |= {"opened": found.count(pairs), "opened_query": unpaged(request)}
    return render(request, "tiering/flow.html", context, status=200 if form.is_asked else 422)


@require_GET
@access.needs(Right.REVENUE)
def flow_export(request: HttpRequest) -> HttpResponse:
    """The matrix, a row a cell; with the address of a number, its customers."""
    check_screen(request)
    form, scope = FlowForm.asked(request.GET), access.scope(request)
    if not form.is_asked:
        raise Http404
    found = flowing.flow(scope, start=form.start, end=form.end, held=form.held)
    pairs = _pairs(request, found)
    if pairs is None:
        return file_of(request, _("Tier flow"), tables.flow(found))
    rows = list(flowing.movers_of(found, pairs, scope))
    return file_of(request, _("Tier flow"), tables.movers(flowing.movers(found, rows, scope)))


def _lines(report: covering.Coverage, lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [
        {
            "code": line.value,
            "label": LINES[line],
            "customers": report.counts[line],
            "part": report.part(line),
            "advice": ADVICE[line],
        }
        for line in lines
    ]


def _line(request: HttpRequest) -> covering.Line:
    try:
        return covering.Line(request.GET["line"])
    except ValueError:
        raise Http404 from None


def _matrix(found: flowing.Flow) -> list[dict[str, Any]]:
    """A row a tier before, and one for those not evaluated yet where there are any."""
    befores: list[tuple[int, Any]] = [(level.tier, level.chip) for level in found.levels]
    if any(before == flowing.NEW for before, _after in found.cells):
        befores.append((flowing.NEW, None))
    return [
        {
            "tier": before,
            "chip": chip,
            "cells": [
                (level.tier, found.cells.get((before, level.tier), 0), before == level.tier)
                for level in found.levels
            ],
            "sum": found.count(found.among(before=before)),
        }
        for before, chip in befores
    ]


def _pairs(request: HttpRequest, found: flowing.Flow) -> set[flowing.Pair] | None:
    """The cells behind the number that was opened; None where none was. Raises Http404."""
    if moved := request.GET.get("moved", ""):
        if moved not in ("all", *dict(WAYS)):
            raise Http404
        return found.among() if moved == "all" else found.moved(moved)
    given = [request.GET.get(key, "")[:18] for key in ("row", "column")]
    if not any(given):
        return None
    if not all(text.isascii() and text.isdigit() for text in given if text):
        raise Http404
    before, after = (int(text) if text else None for text in given)
    return found.among(before=before, after=after)


def _tier_rows(
    request: HttpRequest, report: concentrated.Concentration, tiers: Overview
) -> list[dict[str, Any]]:
    """The tiers with the address of their customers."""
    unit = access.reader(request).money_unit
    return [
        {
            "tier": tier,
            "entry": short_with(
                wording.short_entry(tier.rule, tiers.evaluation.rule_set, unit=unit),
                criteria_in_force(request).get(tier.rule.rank, []),
            ),
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
    page, links = page_of(request, rows, sort="-trailing_revenue")
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
