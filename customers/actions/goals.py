"""Goals of a customer: set, changed, reached or dropped; what they said before stays readable."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actions.goodwill import check_can_give
from customers.models import Customer, Goal
from firm import audit
from firm.dates import firm_date
from firm.models import User
from firm.refusals import Refused

CHANGEABLE = {
    "purpose",
    "measure",
    "baseline",
    "target",
    "current",
    "due_on",
    "agreed_with",
    "agreed_on",
    "review_on",
}
WORDS = ("purpose", "measure", "baseline", "target", "current")


@transaction.atomic
def set_goal(
    *,
    customer: Customer,
    purpose: str,
    measure: str,
    target: str,
    by: User,
    now: datetime.datetime,
    **values: Any,
) -> Goal:
    """`values` are the others of CHANGEABLE. `agreed_with` is one of the customer's contacts."""
    assert values.keys() <= CHANGEABLE
    check_can_give(customer=customer, by=by, now=now)
    goal = Goal(customer=customer, set_at=now, set_by=by, changed_at=now)
    _say(goal, {"purpose": purpose, "measure": measure, "target": target, **values}, now=now)
    goal.save()
    _record("goal_set", goal, by=by, now=now)
    return goal


@transaction.atomic
def change_goal(*, goal: Goal, by: User, now: datetime.datetime, **values: Any) -> list[str]:
    """Set some of CHANGEABLE; returns the names of those that were different."""
    assert values.keys() <= CHANGEABLE
    goal = _locked(goal, by=by, now=now)
    _check_open(goal)
    before = {name: getattr(goal, name) for name in values}
    _say(goal, values, now=now)
    changed = sorted(name for name in values if getattr(goal, name) != before[name])
    if not changed:
        return []
    goal.changed_at = now
    goal.save(update_fields=[*changed, "changed_at"])
    _record("goal_changed", goal, by=by, now=now, fields=changed)
    return changed


@transaction.atomic
def reach_goal(*, goal: Goal, by: User, now: datetime.datetime, outcome: str = "") -> Goal:
    """`outcome` says how one sees it."""
    goal = _locked(goal, by=by, now=now)
    _check_open(goal)
    return _end(goal, Goal.State.REACHED, outcome, by=by, now=now)


@transaction.atomic
def drop_goal(*, goal: Goal, outcome: str, by: User, now: datetime.datetime) -> Goal:
    """It is pursued no longer; `outcome` says why."""
    goal = _locked(goal, by=by, now=now)
    _check_open(goal)
    if not outcome.strip():
        raise Refused(_("Say why the goal is dropped."))
    return _end(goal, Goal.State.DROPPED, outcome, by=by, now=now)


@transaction.atomic
def reopen_goal(*, goal: Goal, by: User, now: datetime.datetime) -> Goal:
    """It was ended by mistake, or too early."""
    goal = _locked(goal, by=by, now=now)
    if goal.state == Goal.State.OPEN:
        raise Refused(_("This goal is open already."))
    return _end(goal, Goal.State.OPEN, "", by=by, now=now)


def _end(goal: Goal, state: str, outcome: str, *, by: User, now: datetime.datetime) -> Goal:
    goal.state, goal.outcome, goal.changed_at = state, outcome.strip(), now
    goal.save(update_fields=["state", "outcome", "changed_at"])
    _record(_CODES[state], goal, by=by, now=now)
    return goal


_CODES: dict[str, str] = {
    Goal.State.OPEN: "goal_reopened",
    Goal.State.REACHED: "goal_reached",
    Goal.State.DROPPED: "goal_dropped",
}


def _locked(goal: Goal, *, by: User, now: datetime.datetime) -> Goal:
    rows = Goal.objects.select_related("customer", "agreed_with")
    found = rows.select_for_update(of=("self",)).get(pk=goal.pk)
    check_can_give(customer=found.customer, by=by, now=now)
    return found


def _check_open(goal: Goal) -> None:
    if goal.state != Goal.State.OPEN:
        raise Refused(_("This goal has been ended. Open it again to change it."))


def _say(goal: Goal, values: dict[str, Any], *, now: datetime.datetime) -> None:
    """Put the values into the goal. Raises Refused where it makes no sense with them."""
    for name, value in values.items():
        setattr(goal, name, value.strip() if name in WORDS else value)
    if not (goal.purpose and goal.measure and goal.target):
        raise Refused(_("A goal needs a purpose, a measure and a target."))
    contact = goal.agreed_with
    if contact is not None and contact.customer_id != goal.customer_id:
        raise Refused(_("This contact belongs to another customer."))
    if contact is not None and goal.agreed_on is None:
        raise Refused(_("Say on which day it was agreed."))
    if goal.agreed_on is not None and goal.agreed_on > firm_date(now):
        raise Refused(_("The day of the agreement lies in the future."))


def _record(code: str, goal: Goal, *, by: User, now: datetime.datetime, **data: Any) -> None:
    audit.record(code, by=by, now=now, subject=goal, customer=goal.customer_id, **data)
