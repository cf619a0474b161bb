"""Why this tier: behind every tier chip, a dialog or a page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.models import Customer
from firm import access
from firm.dates import day_asked_for, today
from firm.parts import page_or_part
from firm.roles import Right
from tiering import panels
from tiering.explanations import leaving_next
from tiering.reports import tables
from tiering.reports.explained import explained_rows
from tiering.reports.pages import check_screen, file_of
from tiering.screen import check_tiers_may_show
from tiering.tier_shown import tier_shown


@require_GET
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody reads the tier and the rules; the customer's own figures need the file."""
    check_tiers_may_show(request)
    customer = get_object_or_404(Customer.objects.select_related("snapshot"), pk=pk)
    scope, on = access.scope(request), day_asked_for(request.GET.get("on", ""))
    has_file = scope.has_file(customer.owner_id, customer.backup_id)
    context: dict[str, Any] = {"customer": customer, "has_file": has_file, "on": on}
    shown = tier_shown(request, customer, on=on)
    context |= {"is_past": on < today(), "shown": shown}
    if has_file and scope.may(Right.REVENUE):
        context |= panels.reasons(request, customer, on=on)
        context["leaving"] = leaving_next(context["explanation"], customer.pk)
        if any(way.is_fit for way in context.get("ways_down", ())):
            context["score"] = customer.strategic_scores.in_force(on).first()
        if context["is_past"]:
            told = context["explanation"]
            context["known_today"] = panels.as_known_today(request, customer, on=on, told=told)
    else:
        context |= panels.ladder(request, shown.rank)
    return page_or_part(request, "tiering/why.html", "why", context)


@require_GET
@access.needs(Right.REVENUE)
def explanations_export(request: HttpRequest) -> HttpResponse:
    """Why every customer has its tier, on the day `?on=`: a file."""
    check_screen(request)
    scope, on = access.scope(request), day_asked_for(request.GET.get("on", ""))
    unit = access.reader(request).money_unit
    rows = explained_rows(scope, on=on)
    return file_of(request, _("Why each tier"), tables.explanations(rows, unit=unit))
