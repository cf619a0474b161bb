"""The strategic scores of one customer: what there was, a new one, taking one back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.models import Customer
from firm import access, screen_share
from firm.dates import today
from firm.refusals import Refused, refusal_in, refusal_of
from firm.roles import Right
from tiering import actions
from tiering.reach import customer_of
from tiering.strategic_fit_form import ScoreForm, WithdrawForm


@require_GET
def scores(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _customer(request, pk))


@require_POST
@access.needs(Right.SCORE_CUSTOMERS)
def score(request: HttpRequest, pk: int) -> HttpResponse:
    customer, form = _customer(request, pk), ScoreForm(request.POST, today=today())
    if form.is_valid():
        with refusal_in(form):
            actions.score_strategic_fit(
                customer=customer,
                by=access.reader(request),
                now=timezone.now(),
                **form.values(),
            )
            messages.success(request, _("The score is kept. Evaluations for later dates read it."))
            return redirect("tiering:strategic-fit", pk=pk)
    return _page(request, customer, form=form, status=422)


@require_POST
@access.needs(Right.SCORE_CUSTOMERS)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    customer, form = _customer(request, pk), WithdrawForm(request.POST)
    held = customer.strategic_scores.in_force(today()).first()
    if held is None:
        raise Refused(_("No score is in force for this customer."))
    if form.is_valid():
        actions.withdraw_strategic_score(
            score=held,
            reason=form.cleaned_data["reason"],
            by=access.reader(request),
            now=timezone.now(),
        )
        messages.success(request, _("The score is withdrawn."))
        return redirect("tiering:strategic-fit", pk=pk)
    return _page(request, customer, withdrawing=form, status=422)


def _page(
    request: HttpRequest,
    customer: Customer,
    *,
    form: ScoreForm | None = None,
    withdrawing: WithdrawForm | None = None,
    status: int = 200,
) -> HttpResponse:
    history = list(
        customer.strategic_scores.select_related("scored_by", "ended_by").order_by("-pk")
    )
    context: dict[str, Any] = {
        "customer": customer,
        "form": form or ScoreForm(today=today()),
        "withdrawing": withdrawing or WithdrawForm(),
        "held": next((one for one in history if one.holds_on(today())), None),
        "scores": history,
        "refusal": refusal_of(
            actions.check_can_score,
            customer=customer,
            by=access.reader(request),
            now=timezone.now(),
        ),
    }
    return render(request, "tiering/strategic_fit.html", context, status=status)


def _customer(request: HttpRequest, pk: int) -> Customer:
    screen_share.check_is_off(
        request, _("Strategic scores are not shown while the screen is shared.")
    )
    return customer_of(request, pk)
