"""Payment stops of one customer: what there was, setting one, lifting it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.models import Customer, PaymentStop
from firm import access, screen_share
from firm.dates import today
from firm.refusals import Refused, refusal_in, refusal_of
from firm.roles import Right
from tiering import actions
from tiering.override_form import StopForm
from tiering.reach import customer_of


@require_GET
def stops(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _customer(request, pk), StopForm())


@require_POST
@access.needs(Right.EDIT_CUSTOMERS)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    customer, form = _customer(request, pk), StopForm(request.POST)
    if form.is_valid():
        with refusal_in(form, "reason"):
            actions.set_payment_stop(
                customer=customer,
                reason=form.cleaned_data["reason"],
                by=access.reader(request),
                now=timezone.now(),
            )
            messages.success(request, _("Payment is stopped."))
            return redirect("tiering:payment-stops", pk=pk)
    return _page(request, customer, form, status=422)


@require_POST
@access.needs(Right.EDIT_CUSTOMERS)
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    customer, form = _customer(request, pk), StopForm(request.POST)
    held = _in_force(customer)
    if held is None:
        raise Refused(_("Payment is not stopped for this customer."))
    if form.is_valid():
        with refusal_in(form, "reason"):
            actions.lift_payment_stop(
                stop=held,
                reason=form.cleaned_data["reason"],
                by=access.reader(request),
                now=timezone.now(),
            )
            messages.success(request, _("The payment stop is lifted."))
            return redirect("tiering:payment-stops", pk=pk)
    return _page(request, customer, form, status=422)


def _page(
    request: HttpRequest, customer: Customer, form: StopForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "customer": customer,
        "form": form,
        "held": _in_force(customer),
        "stops": customer.payment_stops.select_related("set_by", "lifted_by").order_by("-pk"),
        "refusal": refusal_of(
            actions.check_can_stop, by=access.reader(request), now=timezone.now()
        ),
    }
    return render(request, "tiering/payment_stops.html", context, status=status)


def _in_force(customer: Customer) -> PaymentStop | None:
    return customer.payment_stops.in_force(today()).select_related("set_by").first()


def _customer(request: HttpRequest, pk: int) -> Customer:
    screen_share.check_is_off(request, _("Payment stops are not shown while the screen is shared."))
    return customer_of(request, pk)
