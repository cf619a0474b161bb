"""Planned downgrades: who is in the grace period, until when, and what is missing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from firm import access
from firm.paging import page_of
from firm.roles import Right
from tiering.overview import evaluated, overview_of
from tiering.reports import downgrades as planned
from tiering.reports import tables
from tiering.reports.pages import check_screen, file_of


@require_GET
@access.needs(Right.REVENUE)
def downgrades(request: HttpRequest) -> HttpResponse:
    """Of all customers whose file one has, or with `?whose=mine` of one's own."""
    check_screen(request)
    scope, tiers, mine = access.scope(request), overview_of(request), _mine(request)
    context: dict[str, Any] = {"tiers": tiers, "mine": mine}
    if tiers is not None:
        context["ahead"] = planned.ahead(scope, tiers, mine=mine)
        rows, links = page_of(request, planned.in_grace(scope, mine=mine), sort="below_since")
        context |= {"rows": planned.downgrades(rows, tiers), **links}
        context["query"] = "?whose=mine&" if mine else "?"
    return render(request, "tiering/downgrades.html", context)


@require_GET
@access.needs(Right.REVENUE)
def downgrades_export(request: HttpRequest) -> HttpResponse:
    check_screen(request)
    tiers = evaluated(request)
    rows = planned.in_grace(access.scope(request), mine=_mine(request))
    found = planned.downgrades(list(rows.order_by("below_since", "pk")), tiers)
    return file_of(request, _("Planned downgrades"), tables.downgrades(found))


def _mine(request: HttpRequest) -> bool:
    return request.GET.get("whose") == "mine"
