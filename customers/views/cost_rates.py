"""What an hour of each grade costs the firm: for administrators and executives."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from customers.actions.cost_rates import LONGEST_GRADE, MOST, remove_cost_rate, set_cost_rate
from firm import screen_share
from firm.access import needs, reader
from firm.dates import today
from firm.forms import DayField
from firm.models import CostRate, User
from firm.refusals import refusal_in
from firm.roles import Right

AMOUNT: dict[str, Any] = {
    "min_value": 0,
    "max_value": MOST,
    "max_digits": 14,
    "decimal_places": 4,
}


class CostRateForm(forms.Form):
    grade = forms.CharField(
        label=gettext_lazy("Cost grade"),
        max_length=LONGEST_GRADE,
        widget=forms.TextInput(attrs={"list": "grades", "autocomplete": "off"}),
        help_text=gettext_lazy("As it stands with the people who have it."),
    )
    valid_from = DayField(label=gettext_lazy("Valid from"))
    direct = forms.DecimalField(
        label=gettext_lazy("Direct, an hour"), help_text=gettext_lazy("Pay alone."), **AMOUNT
    )
    loaded = forms.DecimalField(
        label=gettext_lazy("Loaded, an hour"),
        help_text=gettext_lazy("With the overhead: rooms, equipment, administration."),
        **AMOUNT,
    )


@require_GET
@needs(Right.COST_RATES)
def cost_rates(request: HttpRequest) -> HttpResponse:
    return _page(request, CostRateForm(initial={"valid_from": today()}))


@require_POST
@needs(Right.COST_RATES)
def set_rate(request: HttpRequest) -> HttpResponse:
    form = CostRateForm(request.POST)
    if form.is_valid():
        with refusal_in(form):
            set_cost_rate(by=reader(request), now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The rate is set. Work since that day is costed anew."))
            return redirect("customers:cost-rates")
    return _page(request, form, status=422)


@require_POST
@needs(Right.COST_RATES)
def remove_rate(request: HttpRequest, pk: int) -> HttpResponse:
    rate = get_object_or_404(CostRate, pk=pk)
    remove_cost_rate(rate=rate, by=reader(request), now=timezone.now())
    messages.success(request, _("The rate is removed. Work since that day is costed anew."))
    return redirect("customers:cost-rates")


def _page(request: HttpRequest, form: CostRateForm, *, status: int = 200) -> HttpResponse:
    rates = {grade: list(of) for grade, of in groupby(CostRate.objects.all(), lambda r: r.grade)}
    on = today()
    held = User.objects.exclude(cost_grade="").values_list("cost_grade", flat=True)
    grades = set(held.order_by().distinct())
    context = {
        "form": form,
        "grades": [
            (grade, next((rate for rate in of if rate.valid_from <= on), None), of)
            for grade, of in rates.items()
        ],
        "known_grades": sorted(grades | rates.keys()),
        "without_rate": sorted(grades - rates.keys()),
        "without_grade": User.objects.filter(cost_grade="", activities__isnull=False)
        .distinct()
        .count(),
        "is_shared": screen_share.is_on(request),
    }
    return render(request, "customers/cost_rates.html", context, status=status)
