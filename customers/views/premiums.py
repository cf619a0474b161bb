"""What an hour costs more after hours, on holidays and at night: beside the cost rates."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from customers.actions.premiums import remove_premiums, set_premiums
from firm import screen_share
from firm.access import needs, reader
from firm.dates import today
from firm.forms import DayField
from firm.models import Premium
from firm.refusals import refusal_in
from firm.roles import Right

SHARE: dict[str, Any] = {"min_value": 0, "max_value": Premium.MOST}


class PremiumForm(forms.Form):
    valid_from = DayField(label=gettext_lazy("Valid from"))
    after_hours = forms.IntegerField(label=gettext_lazy("After hours, percent"), **SHARE)
    holiday = forms.IntegerField(label=gettext_lazy("On holidays, percent"), **SHARE)
    night = forms.IntegerField(
        label=gettext_lazy("At night, percent"),
        help_text=gettext_lazy("From 22:00 to 5:00, besides one of the others."),
        **SHARE,
    )


@require_GET
@needs(Right.COST_RATES)
def premiums(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@needs(Right.COST_RATES)
def set_premium(request: HttpRequest) -> HttpResponse:
    form = PremiumForm(request.POST)
    if form.is_valid():
        with refusal_in(form):
            set_premiums(by=reader(request), now=timezone.now(), **form.cleaned_data)
            messages.success(
                request, _("The premiums are set. Work since that day is costed anew.")
            )
            return redirect("customers:premiums")
    return _page(request, form, status=422)


@require_POST
@needs(Right.COST_RATES)
def remove_premium(request: HttpRequest, pk: int) -> HttpResponse:
    premium = get_object_or_404(Premium, pk=pk)
    remove_premiums(premium=premium, by=reader(request), now=timezone.now())
    messages.success(request, _("The premiums are removed. Work since that day is costed anew."))
    return redirect("customers:premiums")


def _page(
    request: HttpRequest, form: PremiumForm | None = None, *, status: int = 200
) -> HttpResponse:
    rows = list(Premium.objects.all())
    in_force = next((row for row in rows if row.valid_from <= today()), None)
    context = {
        "form": form or PremiumForm(initial=_initial(in_force)),
        "rows": rows,
        "in_force": in_force,
        "standard": Premium.STANDARD,
        "is_shared": screen_share.is_on(request),
    }
    return render(request, "customers/premiums.html", context, status=status)


def _initial(in_force: Premium | None) -> dict[str, Any]:
    shares = {name: getattr(in_force, name) for name in Premium.STANDARD} if in_force else None
    return {"valid_from": today(), **(shares or Premium.STANDARD)}
