"""Investments: unpaid work on purpose, begun with an expectation and ended with a verdict."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from customers.actions.goodwill import check_can_give
from customers.models import Customer, Investment
from customers.models.goodwill import LONGEST_CAP
from firm import audit, formats, outbox
from firm.calendar import business_day_after
from firm.dates import add_months, firm_date
from firm.models import User
from firm.money import LARGEST
from firm.refusals import Refused
from firm.scope import scope_of
from firm.superiors import manager_of

CHANGEABLE = {"title", "expectation", "expected_return", "owner"}
LONGEST_MONTHS = 12  # until the next review
MANAGER_TOLD_AFTER = 5  # business days without a verdict


def check_has_verdicts(*, customer: Customer, now: datetime.datetime) -> None:
    """An investment whose review date has passed is judged before another one begins."""
    waiting = Investment.objects.overdue(firm_date(now)).filter(customer=customer)
    if found := waiting.order_by("review_on", "pk").first():
        raise Refused(
            _(
                "“%(title)s” was to be reviewed on %(date)s and has no verdict yet. Judge it"
                " first: paid back, extended or stopped."
            )
            % {"title": found.title, "date": formats.full_day(found.review_on)}
        )


@transaction.atomic
def open_investment(
    *,
    customer: Customer,
    title: str,
    expectation: str,
    cap_minutes: int,
    review_on: datetime.date,
    by: User,
    now: datetime.datetime,
    owner: User | None = None,
    starts_on: datetime.date | None = None,
    expected_return: Decimal | None = None,
) -> Investment:
    """`owner` answers for it, by default whoever opens it; `expected_return` is net, in the base
    currency. Refused while another one of the customer waits for its verdict.
    """
    check_can_give(customer=customer, by=by, now=now)
    # One at a time for a customer, so that nothing passes the check while it is being made.
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    check_has_verdicts(customer=customer, now=now)
    investment = Investment(
        customer=customer,
        title=title.strip(),
        expectation=expectation.strip(),
        expected_return=expected_return,
        cap_minutes=cap_minutes,
        starts_on=starts_on or firm_date(now),
        review_on=review_on,
        owner=owner or by,
        created_at=now,
        created_by=by,
    )
    _check(investment, now=now)
    _check_review_date(investment, now=now)
    investment.save()
    _record("investment_opened", investment, by=by, now=now)
    return investment


@transaction.atomic
def change_investment(
    *, investment: Investment, by: User, now: datetime.datetime, **values: Any
) -> list[str]:
    """Set some of CHANGEABLE; returns the names of those that were different. The cap and the
    review date are changed by extending it.
    """
    assert values.keys() <= CHANGEABLE
    investment = _locked(investment, by=by, now=now)
    for name in values.keys() & {"title", "expectation"}:
        values[name] = values[name].strip()
    changed = sorted(name for name in values if getattr(investment, name) != values[name])
    if not changed:
        return []
    for name in changed:
        setattr(investment, name, values[name])
    _check(investment, now=now)
    investment.save(update_fields=changed)
    _record("investment_changed", investment, by=by, now=now, fields=changed)
    return changed


@transaction.atomic
def extend_investment(
    *,
    investment: Investment,
    review_on: datetime.date,
    reason: str,
    by: User,
    now: datetime.datetime,
    cap_minutes: int | None = None,
) -> Investment:
    """At its review: it goes on until a new date, with another cap where one is given."""
    investment = _locked(investment, by=by, now=now)
    if review_on <= investment.review_on:
        raise Refused(_("The next review comes after the present one."))
    investment.review_on, investment.verdict = review_on, _reason(reason)
    if cap_minutes is not None:
        investment.cap_minutes = cap_minutes
    _check(investment, now=now)
    _check_review_date(investment, now=now)
    investment.save(update_fields=["review_on", "verdict", "cap_minutes"])
    _record("investment_extended", investment, by=by, now=now, date=review_on.isoformat())
    return investment


@transaction.atomic
def judge_investment(
    *, investment: Investment, state: str, reason: str, by: User, now: datetime.datetime
) -> Investment:
    """It has paid back, or is stopped: for good."""
    assert state in (Investment.State.PAID_BACK, Investment.State.STOPPED)
    investment = _locked(investment, by=by, now=now)
    investment.state, investment.verdict = state, _reason(reason)
    investment.decided_at, investment.decided_by = now, by
    investment.save(update_fields=["state", "verdict", "decided_at", "decided_by"])
    code = "investment_paid_back" if state == Investment.State.PAID_BACK else "investment_stopped"
    _record(code, investment, by=by, now=now)
    return investment


@transaction.atomic
def remind_of_reviews(*, now: datetime.datetime) -> int:
    """Tell owners that a review is due, and their managers that one has been left for five
    business days; once for each review date. Returns how many people were told.
    """
    today, told = firm_date(now), 0
    due = (
        Investment.objects.open()
        .filter(review_on__lte=today)
        .exclude(reminded_of=F("review_on"), escalated_of=F("review_on"))
    )
    for investment in due.select_related("customer", "owner").select_for_update(of=("self",)):
        date = investment.review_on
        if investment.reminded_of != date:
            told += _tell("investment_review", investment.owner, investment, now=now)
            investment.reminded_of = date
        elif today < business_day_after(date, days=MANAGER_TOLD_AFTER):
            continue
        else:
            manager = manager_of(investment.owner, on=today)
            told += _tell("investment_overdue", manager, investment, now=now)
            investment.escalated_of = date
        investment.save(update_fields=["reminded_of", "escalated_of"])
    return told


def _tell(
    code: str, person: User | None, investment: Investment, *, now: datetime.datetime
) -> bool:
    if person is None:
        return False
    outbox.queue(
        code,
        recipient=person,
        now=now,
        due_at=outbox.in_the_morning(now),
        customer=investment.customer.code,
        title=investment.title,
        date=investment.review_on.isoformat(),
    )
    return True


def _locked(investment: Investment, *, by: User, now: datetime.datetime) -> Investment:
    """The row as it stands now. Raises Refused where it has its verdict."""
    rows = Investment.objects.select_related("customer", "owner")
    found = rows.select_for_update(of=("self",)).get(pk=investment.pk)
    check_can_give(customer=found.customer, by=by, now=now)
    if found.state != Investment.State.OPEN:
        raise Refused(_("This investment has its verdict already."))
    return found


def _check(investment: Investment, *, now: datetime.datetime) -> None:
    if not investment.title or not investment.expectation:
        raise Refused(_("Say what the investment is and what is expected of it."))
    if not 1 <= investment.cap_minutes <= LONGEST_CAP:
        raise Refused(_("The cap is more than nothing and at most 2,000 hours."))
    amount = investment.expected_return
    if amount is not None and not (amount.is_finite() and 0 <= amount <= LARGEST):
        raise Refused(_("The expected return is negative or too large."))
    customer, owner = investment.customer, investment.owner
    has_file = scope_of(owner, on=firm_date(now)).has_file(customer.owner_id, customer.backup_id)
    if not has_file:
        raise Refused(_("%(name)s doesn't look after this customer.") % {"name": owner.name})


def _check_review_date(investment: Investment, *, now: datetime.datetime) -> None:
    today = firm_date(now)
    if investment.starts_on > add_months(today, LONGEST_MONTHS):
        raise Refused(_("The day lies too far away."))
    if investment.review_on < max(today, investment.starts_on):
        raise Refused(_("The review date lies before the beginning, or has passed."))
    latest = add_months(max(today, investment.starts_on), LONGEST_MONTHS)
    if investment.review_on > latest:
        raise Refused(
            _("The review comes within %(months)s months: on %(date)s at the latest.")
            % {"months": LONGEST_MONTHS, "date": formats.full_day(latest)}
        )


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Say why."))
    return reason.strip()


def _record(
    code: str, investment: Investment, *, by: User, now: datetime.datetime, **data: Any
) -> None:
    audit.record(code, by=by, now=now, subject=investment, customer=investment.customer_id, **data)
