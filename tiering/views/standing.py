"""Why this tier: behind every tier chip, a dialog or a page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.models import Customer
from firm import access
from firm.dates import day_asked_for, today
from firm.refusals import Forbidden
from firm.roles import Right
from tiering import panels


@require_GET
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody reads the tier and the rules; the customer's own figures need the file."""
    if request.screen_share:  # type: ignore[attr-defined]
        raise Forbidden(_("Service tiers are not shown while the screen is shared."))
    customer = get_object_or_404(Customer.objects.select_related("snapshot"), pk=pk)
    scope, on = access.scope(request), day_asked_for(request.GET.get("on", ""))
    has_file = scope.has_file(customer.owner_id, customer.backup_id)
    context: dict[str, Any] = {"customer": customer, "has_file": has_file, "on": on}
    context["is_past"] = on < today()
    if has_file and scope.may(Right.REVENUE):
        context |= panels.reasons(request, customer, on=on)
    else:
        context |= panels.ladder(request, customer.snapshot.tier_rank)
    part = "#why" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"tiering/why.html{part}", context)
