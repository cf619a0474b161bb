"""Situations with manual overrides, for tests of what comes of them."""

import datetime
from typing import Any

import pgtrigger

from customers.models import Customer
from firm.dates import firm_date
from firm.models import User
from tests.factories import NOW
from tiering import actions
from tiering.models import GuardRule, Override, RuleSet, Tier

ONE_DAY = datetime.timedelta(days=1)


def a_request(
    customer: Customer,
    tier: str = "A",
    *,
    by: User,
    days: int = 90,
    starts_in: int = 0,
    now: datetime.datetime = NOW,
    **values: Any,
) -> Override:
    """A request for `days` days from today, or from `starts_in` days ahead."""
    starts_on = firm_date(now) + starts_in * ONE_DAY
    return actions.request_override(
        customer=customer,
        tier=Tier.objects.get(code=tier),
        starts_on=starts_on,
        ends_on=starts_on + days * ONE_DAY,
        reason=values.pop("reason", "自治体強化"),
        by=by,
        now=now,
        **values,
    )


def an_override(
    customer: Customer,
    tier: str = "A",
    *,
    by: User,
    approved_by: User,
    now: datetime.datetime = NOW,
    **values: Any,
) -> Override:
    """The same, approved at once."""
    request = a_request(customer, tier, by=by, now=now, **values)
    return actions.approve_override(override=request, by=approved_by, now=now)


def a_blocking_guard(rules: RuleSet, *, cap: str = "C", is_blocking: bool = True) -> GuardRule:
    """In place of the one there was, although the rules are published."""
    with pgtrigger.ignore("tiering.GuardRule:published_guards_are_final"):
        guard, _ = GuardRule.objects.update_or_create(
            rule_set=rules,
            fact=GuardRule.Fact.PAYMENT_STOP,
            defaults={"cap": Tier.objects.get(code=cap), "is_blocking": is_blocking},
        )
    return guard
