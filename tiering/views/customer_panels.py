"""The lower sections of a customer's file, each read when it comes into view: with htmx the
section alone, without JavaScript a page of its own.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from customers.models import Customer, RevenueEntry
from firm import access
from firm.dates import day_asked_for, today
from firm.parts import page_or_part
from firm.roles import Right
from tiering.reach import customer_of
from tiering.screen import check_tiers_may_show


@require_GET
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """The terms that hold on the day `?on=`; on a shared screen the contract's alone."""
    return _panel(request, customer_of(request, pk), "terms")


@require_GET
def benefits_left(request: HttpRequest, pk: int) -> HttpResponse:
    """The benefits used and left on the day `?on=`."""
    check_tiers_may_show(request)
    return _panel(request, customer_of(request, pk), "benefits")


@require_GET
def tier_history(request: HttpRequest, pk: int) -> HttpResponse:
    """The tiers over time, and the one on the day `?on=`."""
    check_tiers_may_show(request)
    customer, by_month = customer_of(request, pk), None
    if access.scope(request).may(Right.REVENUE):
        by_month = RevenueEntry.objects.months_of_file(pk, today=today())
    return _panel(request, customer, "history", by_month=by_month)


@require_GET
def customer_overrides(request: HttpRequest, pk: int) -> HttpResponse:
    """Manual overrides and the payment stop."""
    check_tiers_may_show(request)
    return _panel(request, customer_of(request, pk), "overrides")


def _panel(request: HttpRequest, customer: Customer, panel: str, **more: Any) -> HttpResponse:
    on = day_asked_for(request.GET.get("on", ""))
    context = {"customer": customer, "on": on, "panel": panel, **more}
    return page_or_part(request, "tiering/customer_panel.html", "panel", context)
