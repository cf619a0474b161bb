"""One customer: the card for everybody who answers the phone, the file for those who serve them."""

import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from customers.consumption.shown import hours_bar
from customers.contracts.in_force import agreed_and_upcoming, next_to_end, scope_lists
from customers.giving import panels as giving
from customers.models import Contact, Customer, ScopeTerm
from customers.revenue import by_month, chart_of, months_read
from firm import access, screen_share
from firm.dates import day_asked_for, first_of_month, today
from firm.parts import page_or_part
from firm.roles import Right
from firm.scope import Scope

# Terms that the panel of service levels tells with what they go before.
SERVED_BY_TIERS = (ScopeTerm.Kind.RESPONSE, ScopeTerm.Kind.CONTACT_LEAST)
RELATED = ("snapshot", "department__parent", "owner", "backup", "parent")

SUBSIDIARIES = ArraySubquery(
    Customer.objects.filter(parent=OuterRef("pk"))
    .order_by("code")
    .values(json=JSONObject(pk="pk", code="code", name="name"))
)
CONTACTS = ArraySubquery(
    Contact.objects.filter(customer=OuterRef("pk")).values(
        json=JSONObject(
            name="name",
            name_kana="name_kana",
            department="department",
            title="title",
            phone="phone",
            mobile="mobile",
            email="email",
            key_person="key_person",
            decider="decider",
        )
    )
)


@require_GET
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """Code, names, phone, tier and its instruction, owner, backup. A dialog's body with htmx."""
    customer = get_object_or_404(Customer.objects.select_related(*RELATED), pk=pk)
    context = {
        "customer": customer,
        "has_file": access.scope(request).has_file(customer.owner_id, customer.backup_id),
    }
    return page_or_part(request, "customers/card.html", "card", context)


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer's page; 404 for whoever has no right to the file."""
    scope = access.scope(request)
    customers = Customer.objects.visible_to(scope).select_related(*RELATED)
    on = day_asked_for(request.GET.get("on", ""))
    rows = {"subsidiaries": SUBSIDIARIES, "people": CONTACTS, **giving.reads(on=today())}
    shows_revenue = scope.may(Right.REVENUE) and not screen_share.is_on(request)
    if shows_revenue:
        rows["months"] = months_read(today=today())
    customer = get_object_or_404(customers.annotate(**rows), pk=pk)
    context = {
        "customer": customer,
        "contacts": customer.people,  # type: ignore[attr-defined]
        "on": on,
        "is_past": on < today(),
        "query": f"?on={on}" if on < today() else "",
        **_agreed(pk, scope, on=on),
        **giving.panels(customer, scope, on=today()),
    }
    if shows_revenue:
        months = by_month(customer.months)  # type: ignore[attr-defined]
        context["revenue"] = chart_of(months, until=first_of_month(today()))
    return render(request, "customers/file.html", context)


def _agreed(pk: int, scope: Scope, *, on: datetime.date) -> dict[str, Any]:
    """What is agreed on the day and what begins later, and what of it the reader may see and do."""
    agreed, upcoming = agreed_and_upcoming(pk, on=on)
    return {
        "agreed": agreed,
        "upcoming": upcoming,
        "hours": hours_bar(pk, on=on),
        "nearest": next_to_end(agreed, on=on),
        "scope_lists": scope_lists(agreed),
        "told_below": SERVED_BY_TIERS,
        "may_edit_contracts": scope.may(Right.EDIT_CUSTOMERS),
        "may_see_price": scope.may(Right.PRICE),
        "may_see_revenue": scope.may(Right.REVENUE),
    }
