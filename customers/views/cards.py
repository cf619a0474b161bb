"""One customer: the card for everybody who answers the phone, the file for those who serve them."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from customers.contracts.in_force import agreed_with, upcoming_for
from customers.models import Customer
from customers.revenue import chart_of, monthly_revenue
from firm import access
from firm.dates import add_months, day_asked_for, first_of_month, today
from firm.roles import Right

# The 24 months of the charts, and before them the longest window that tier rules can have.
MONTHS_READ = 24 + 60
RELATED = ("snapshot", "department__parent", "owner", "backup", "parent")

SUBSIDIARIES = ArraySubquery(
    Customer.objects.filter(parent=OuterRef("pk"))
    .order_by("code")
    .values(json=JSONObject(pk="pk", code="code", name="name"))
)


@require_GET
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """Code, names, phone, tier and its instruction, owner, backup. A dialog's body with htmx."""
    customer = get_object_or_404(Customer.objects.select_related(*RELATED), pk=pk)
    context = {
        "customer": customer,
        "has_file": access.scope(request).has_file(customer.owner_id, customer.backup_id),
    }
    part = "#card" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"customers/card.html{part}", context)


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer's page; 404 for whoever has no right to the file."""
    scope = access.scope(request)
    customers = Customer.objects.visible_to(scope).select_related(*RELATED)
    customer = get_object_or_404(customers.annotate(subsidiaries=SUBSIDIARIES), pk=pk)
    context = {
        "customer": customer,
        "contacts": customer.contacts.all(),
        "on": day_asked_for(request.GET.get("on", "")),
        "agreed": agreed_with(pk, on=today()),
        "upcoming": upcoming_for(pk, on=today()),
        "may_edit_contracts": scope.may(Right.EDIT_CUSTOMERS),
        "may_see_price": scope.may(Right.PRICE),
        "may_see_revenue": scope.may(Right.REVENUE),
    }
    is_shared = request.screen_share  # type: ignore[attr-defined]
    if scope.may(Right.REVENUE) and not is_shared:
        until = first_of_month(today())
        months = monthly_revenue(pk, start=add_months(until, -MONTHS_READ), end=today())
        context |= {"by_month": months, "revenue": chart_of(months, until=until)}
    return render(request, "customers/file.html", context)
