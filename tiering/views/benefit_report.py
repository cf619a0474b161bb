"""Benefits that are not used, tier by tier; each number opens its customers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from firm import access
from firm.dates import today
from firm.paging import page_of
from firm.roles import Right
from tiering import overview
from tiering.reports import benefits as unused
from tiering.reports import tables
from tiering.reports.benefits import Part, Usage
from tiering.reports.pages import check_screen, file_of


@require_GET
@access.needs(Right.REVENUE)
def benefit_report(request: HttpRequest) -> HttpResponse:
    """`?benefit=paper-report&tier=2` lists the customers of that tier who have not used it."""
    check_screen(request)
    scope = access.scope(request)
    report = unused.report(scope, on=today())
    context: dict[str, Any] = {
        "report": report,
        "retire_below": unused.RETIRE_BELOW,
        "reach": overview.reach_of(scope),
        "on": today(),
    }
    if "benefit" in request.GET:
        usage, part = _chosen(request, report.rows)
        without = unused.customers_without(scope, usage.offer, part.rank, on=today())
        readable = without.visible_to(scope).select_related("owner", "backup")
        page, links = page_of(request, readable, sort="sort_key")
        context |= {"usage": usage, "part": part, "customers": page, **links}
        context["others"] = part.customers - part.users - readable.order_by().count()
    return render(request, "tiering/benefit_report.html", context)


@require_GET
@access.needs(Right.REVENUE)
def benefit_report_export(request: HttpRequest) -> HttpResponse:
    """A line a benefit and tier; with `?benefit=&tier=` its customers."""
    check_screen(request)
    scope = access.scope(request)
    report = unused.report(scope, on=today())
    if "benefit" not in request.GET:
        return file_of(request, _("Unused benefits"), tables.usage(report.rows))
    usage, part = _chosen(request, report.rows)
    without = unused.customers_without(scope, usage.offer, part.rank, on=today())
    readable = without.visible_to(scope).select_related("owner", "backup")
    table = tables.of_line(readable.order_by("sort_key").iterator(), usage.offer.label)
    return file_of(request, _("Unused benefits"), table)


def _chosen(request: HttpRequest, rows: list[Usage]) -> tuple[Usage, Part]:
    for usage in rows:
        for part in filter(None, usage.parts):
            if (usage.offer.code, str(part.rank)) == (
                request.GET["benefit"],
                request.GET.get("tier"),
            ):
                return usage, part
    raise Http404
