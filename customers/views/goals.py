"""Goals of one customer, one goal with its history, customers and goals to be looked after."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers import actions
from customers.giving import goals as found_goals
from customers.giving.forms import GOAL_FIELDS, GoalForm, OutcomeForm
from customers.models import Customer, Goal
from customers.reach import check_is_not_shared, customer_of, goal_of
from firm import access
from firm.dates import today
from firm.exports import table_response
from firm.paging import page_of
from firm.refusals import refusal_in
from firm.roles import Right


@require_GET
def goals(request: HttpRequest, pk: int) -> HttpResponse:
    """What the customer wants to reach with us, and the form for another goal."""
    customer = customer_of(request, pk)
    return _page(request, customer, GoalForm(customer=customer))


@require_POST
def create(request: HttpRequest, pk: int) -> HttpResponse:
    customer = customer_of(request, pk, may=Right.RECORD_WORK)
    form = GoalForm(request.POST, customer=customer)
    if form.is_valid():
        with refusal_in(form):
            actions.set_goal(
                customer=customer,
                by=access.reader(request),
                now=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(request, _("The goal is set."))
            return redirect("customers:goals", pk=pk)
    return _page(request, customer, form, status=422)


@require_GET
def goal(request: HttpRequest, pk: int) -> HttpResponse:
    return _one(request, goal_of(request, pk))


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    found = goal_of(request, pk, may=Right.RECORD_WORK)
    form = GoalForm(request.POST, customer=found.customer)
    if form.is_valid():
        with refusal_in(form):
            actions.change_goal(
                goal=found, by=access.reader(request), now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("The goal is changed."))
            return redirect("customers:goal", pk=pk)
    return _one(request, found, form=form, status=422)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Reached, or dropped."""
    found, form = goal_of(request, pk, may=Right.RECORD_WORK), OutcomeForm(request.POST)
    if form.is_valid():
        reached = form.cleaned_data["end"] == OutcomeForm.REACH
        act = actions.reach_goal if reached else actions.drop_goal
        with refusal_in(form, "outcome"):
            act(
                goal=found,
                outcome=form.cleaned_data["outcome"],
                by=access.reader(request),
                now=timezone.now(),
            )
            messages.success(request, _("Noted."))
            return redirect("customers:goals", pk=found.customer_id)
    return _one(request, found, outcome=form, status=422)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    found = goal_of(request, pk, may=Right.RECORD_WORK)
    actions.reopen_goal(goal=found, by=access.reader(request), now=timezone.now())
    messages.success(request, _("The goal is open again."))
    return redirect("customers:goal", pk=pk)


@require_GET
def to_look_after(request: HttpRequest) -> HttpResponse:
    """Customers of the top tiers without an agreed goal; goals whose review has passed."""
    check_is_not_shared(request)
    scope = access.scope(request)
    context: dict[str, Any] = {"today": today(), "months": found_goals.FRESH_MONTHS}
    if request.GET.get("show") == "review":
        overdue = found_goals.past_review(scope, on=today())
        goals, links = page_of(request, overdue, sort="review_on")
        context |= {"show": "review", "goals": goals, **links}
    else:
        missing = found_goals.without_agreement(scope, on=today()).select_related("owner")
        customers, links = page_of(request, missing, sort="sort_key")
        context |= {"show": "missing", "customers": customers, **links}
    return render(request, "customers/goals_to_look_after.html", context)


@require_GET
def to_look_after_export(request: HttpRequest) -> HttpResponseBase:
    check_is_not_shared(request)
    scope = access.scope(request)
    if request.GET.get("show") == "review":
        header = [_("Code"), _("Name"), _("Purpose"), _("Measure"), _("Target"), _("Review date")]
        rows: Any = (
            [
                row.customer.code,
                row.customer.name,
                row.purpose,
                row.measure,
                row.target,
                row.review_on,
            ]
            for row in found_goals.past_review(scope, on=today()).order_by("review_on", "pk")
        )
    else:
        header = [_("Code"), _("Name"), _("Account manager")]
        found = found_goals.without_agreement(scope, on=today()).select_related("owner")
        rows = (
            [row.code, row.name, row.owner.name if row.owner else ""]
            for row in found.order_by("sort_key", "pk")
        )
    name = f"{_('Goals')} {today():%Y-%m-%d}"
    return table_response(name, header, rows, format=request.GET.get("format", "xlsx"))


def _page(
    request: HttpRequest, customer: Customer, form: GoalForm, *, status: int = 200
) -> HttpResponse:
    rows = customer.goals.select_related("agreed_with").order_by("due_on", "pk")
    context = {
        "customer": customer,
        "open": [row for row in rows if row.state == Goal.State.OPEN],
        "ended": [row for row in rows if row.state != Goal.State.OPEN],
        "form": form,
        "may_give": access.scope(request).may(Right.RECORD_WORK),
        "today": today(),
    }
    return render(request, "customers/goals.html", context, status=status)


def _one(
    request: HttpRequest,
    found: Goal,
    *,
    form: GoalForm | None = None,
    outcome: OutcomeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    initial = {name: getattr(found, name) for name in GOAL_FIELDS}
    context = {
        "customer": found.customer,
        "goal": found,
        "form": form or GoalForm(customer=found.customer, initial=initial),
        "outcome": outcome or OutcomeForm(initial={"end": OutcomeForm.REACH}),
        "versions": found_goals.versions_of(found),
        "may_give": access.scope(request).may(Right.RECORD_WORK),
        "today": today(),
    }
    return render(request, "customers/goal.html", context, status=status)
