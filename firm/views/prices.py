"""The firm's list price of an hour, by the day from which it holds."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from firm import actions
from firm.access import needs, reader, scope
from firm.api import StrictSerializer, body_of, holds
from firm.dates import today
from firm.forms import DayField
from firm.idempotency import idempotent
from firm.models import BillRate
from firm.money import LARGEST
from firm.refusals import refusal_in
from firm.roles import Right

DIGITS: dict[str, Any] = {"max_digits": 16, "decimal_places": 4, "max_value": LARGEST}


class PriceForm(forms.Form):
    valid_from = DayField(label=gettext_lazy("Valid from"))
    amount = forms.DecimalField(
        label=gettext_lazy("Price of an hour"),
        min_value=0,
        help_text=gettext_lazy("Net of consumption tax."),
        **DIGITS,
    )


@require_GET
@needs(Right.PRICE)
def prices(request: HttpRequest) -> HttpResponse:
    return _page(request, PriceForm(initial={"valid_from": today()}))


@require_POST
@needs(Right.EDIT_PRICES)
def set_price(request: HttpRequest) -> HttpResponse:
    form = PriceForm(request.POST)
    if form.is_valid():
        with refusal_in(form, "amount"):
            actions.set_bill_rate(by=reader(request), now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The list price is set."))
            return redirect("firm:prices")
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: PriceForm, *, status: int = 200) -> HttpResponse:
    rates = list(BillRate.objects.select_related("set_by"))
    in_force = next((rate for rate in rates if rate.valid_from <= today()), None)
    context = {
        "form": form,
        "rates": rates,
        "in_force": in_force,
        "may_edit": scope(request).may(Right.EDIT_PRICES),
        "today": today(),
    }
    return render(request, "firm/prices.html", context, status=status)


class BillRateSerializer(serializers.ModelSerializer):
    """Net, in the base currency, an hour."""

    class Meta:
        model = BillRate
        fields = ["valid_from", "amount"]


class NewBillRateSerializer(StrictSerializer):
    valid_from = serializers.DateField()
    amount = serializers.DecimalField(min_value=0, **DIGITS)


class BillRates(APIView):
    """The list price of an hour, the latest first; POST sets it from a day on."""

    permission_classes = [holds(Right.PRICE)]

    @extend_schema(responses=BillRateSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(BillRateSerializer(BillRate.objects.all(), many=True).data)

    @extend_schema(request=NewBillRateSerializer, responses={201: BillRateSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        actions.check_can_edit_prices(by=reader(request), now=timezone.now())
        body = body_of(request, NewBillRateSerializer)
        rate = actions.set_bill_rate(by=reader(request), now=timezone.now(), **body)
        return Response(BillRateSerializer(rate).data, status=201)
