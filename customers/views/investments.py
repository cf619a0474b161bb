"""Investments of one customer, one investment with its review, those that wait for a verdict."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers import actions
from customers.giving import investing
from customers.giving.forms import InvestmentForm, NewInvestmentForm, VerdictForm, hours_of
from customers.models import Customer, Investment
from customers.reach import check_is_not_shared, customer_of, investments_in_reach
from firm import access
from firm.dates import today
from firm.exports import table_response
from firm.paging import page_of
from firm.refusals import refusal_in, refusal_of
from firm.roles import Right

ENTRIES = 20


@require_GET
def investments(request: HttpRequest, pk: int) -> HttpResponse:
    """All of the customer, and the form for another one."""
    customer = _customer(request, pk)
    initial = {"owner": access.reader(request).pk}
    return _page(request, customer, _new_form(request, initial=initial))


@require_POST
def create(request: HttpRequest, pk: int) -> HttpResponse:
    customer, form = _customer(request, pk, may=Right.RECORD_WORK), _new_form(request, request.POST)
    if form.is_valid():
        with refusal_in(form):
            found = actions.open_investment(
                customer=customer, by=access.reader(request), now=timezone.now(), **form.values
            )
            messages.success(request, _("The investment begins."))
            return redirect("customers:investment", pk=found.pk)
    return _page(request, customer, form, status=422)


@require_GET
def investment(request: HttpRequest, pk: int) -> HttpResponse:
    """One investment: the expectation, what was used, the entries, the verdict to be given."""
    return _one(request, _investment(request, pk))


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    found = _investment(request, pk, may=Right.RECORD_WORK)
    form = InvestmentForm(request.POST, shows_money=_shows_money(request))
    if form.is_valid():
        with refusal_in(form):
            actions.change_investment(
                investment=found,
                by=access.reader(request),
                now=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(request, _("The investment is changed."))
            return redirect("customers:investment", pk=pk)
    return _one(request, found, form=form, status=422)


@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Paid back, stopped, or extended until the next review."""
    found, form = _investment(request, pk, may=Right.RECORD_WORK), VerdictForm(request.POST)
    if form.is_valid():
        with refusal_in(form):
            _judge(request, found, form)
            messages.success(request, _("The verdict is recorded."))
            return redirect("customers:investment", pk=pk)
    return _one(request, found, verdict=form, status=422)


def _judge(request: HttpRequest, found: Investment, form: VerdictForm) -> None:
    said: dict[str, Any] = {
        "investment": found,
        "reason": form.cleaned_data["reason"],
        "by": access.reader(request),
        "now": timezone.now(),
    }
    if form.cleaned_data["verdict"] == VerdictForm.EXTEND:
        review_on = form.cleaned_data["review_on"]
        actions.extend_investment(review_on=review_on, cap_minutes=form.cap_minutes, **said)
    else:
        actions.judge_investment(state=form.cleaned_data["verdict"], **said)


@require_GET
def of_all(request: HttpRequest) -> HttpResponse:
    """Open ones of the customers whose file one has, by their review dates."""
    check_is_not_shared(request)
    rows = investing.open_of(access.scope(request))
    found, links = page_of(request, rows, sort="review_on")
    context = {
        "rows": [investing.Shown(row, today()) for row in found],
        "today": today(),
        **links,
    }
    return render(request, "customers/investment_list.html", context)


@require_GET
def of_all_export(request: HttpRequest) -> HttpResponseBase:
    check_is_not_shared(request)
    header = [_("Code"), _("Name"), _("Investment"), _("Hours used"), _("Cap (hours)")]
    header += [_("Review date"), _("Who answers for it")]
    rows = investing.open_of(access.scope(request)).order_by("review_on", "pk")
    cells = (
        [
            row.customer.code,
            row.customer.name,
            row.title,
            row.used_minutes / 60,  # type: ignore[attr-defined]
            row.cap_minutes / 60,
            row.review_on,
            row.owner.name,
        ]
        for row in rows
    )
    name = f"{_('Investments')} {today():%Y-%m-%d}"
    return table_response(name, header, cells, format=request.GET.get("format", "xlsx"))


def _customer(request: HttpRequest, pk: int, *, may: Right | None = None) -> Customer:
    check_is_not_shared(request)
    return customer_of(request, pk, may=may)


def _investment(request: HttpRequest, pk: int, *, may: Right | None = None) -> Investment:
    check_is_not_shared(request)
    found = investments_in_reach(request, may=may)
    return get_object_or_404(found.annotate(used_minutes=investing.USED), pk=pk)


def _shows_money(request: HttpRequest) -> bool:
    return access.scope(request).may(Right.REVENUE)


def _new_form(request: HttpRequest, data: Any = None, **kwargs: Any) -> NewInvestmentForm:
    return NewInvestmentForm(data, shows_money=_shows_money(request), **kwargs)


def _page(
    request: HttpRequest, customer: Customer, form: NewInvestmentForm, *, status: int = 200
) -> HttpResponse:
    scope = access.scope(request)
    context = {
        "customer": customer,
        "rows": investing.investments_of(customer, on=today()),
        "form": form,
        "may_give": scope.may(Right.RECORD_WORK),
        "refusal": refusal_of(actions.check_has_verdicts, customer=customer, now=timezone.now()),
        "shows_money": _shows_money(request),
        "today": today(),
    }
    return render(request, "customers/investments.html", context, status=status)


def _one(
    request: HttpRequest,
    found: Investment,
    *,
    form: InvestmentForm | None = None,
    verdict: VerdictForm | None = None,
    status: int = 200,
) -> HttpResponse:
    initial = {
        "title": found.title,
        "expectation": found.expectation,
        "expected_return": found.expected_return,
        "owner": found.owner_id,
    }
    context = {
        "customer": found.customer,
        "shown": investing.Shown(found, today()),
        "entries": found.activities.live()
        .select_related("staff")
        .order_by("-day", "-pk")[:ENTRIES],
        "versions": found.events.order_by("-pgh_id"),  # type: ignore[attr-defined]
        "form": form or InvestmentForm(initial=initial, shows_money=_shows_money(request)),
        "verdict": verdict or VerdictForm(initial={"cap": hours_of(found.cap_minutes)}),
        "may_give": access.scope(request).may(Right.RECORD_WORK),
        "shows_money": _shows_money(request),
        "today": today(),
    }
    return render(request, "customers/investment.html", context, status=status)
