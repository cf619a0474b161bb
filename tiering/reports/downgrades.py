"""Planned downgrades: the customers in their grace period, when each tier ends, and what is
missing to keep it.

Listed are customers whose file the reader has, one's own or all of them. What they are is stored
by the last night; the amount is the distance to the keep threshold as that night drew it.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from customers.models import Customer
from firm.scope import Scope
from tiering.chips import Chip, unranked
from tiering.falls import fall_of
from tiering.grace import falls_on, months_below
from tiering.guards import guard_rule_of
from tiering.models import GuardRule, Standing
from tiering.overview import Overview


@dataclass(frozen=True)
class Downgrade:
    """`missing` is None where revenue is not what is missing; `after` is the tier that follows.

    `month` of `months`: month ends below so far, and the one at which the tier ends.
    """

    customer: Customer
    before: Chip
    after: Chip
    falls_on: datetime.date
    month: int
    months: int
    missing: Decimal | None


@dataclass(frozen=True)
class Ahead:
    """How many there are in the reader's reach, and when the first of them falls."""

    customers: int
    first: datetime.date | None


def in_grace(scope: Scope, *, mine: bool) -> QuerySet[Standing]:
    """`mine` are the customers whose account manager or backup the reader is."""
    rows = Standing.objects.filter(below_since__isnull=False)
    people = {scope.person_id} if mine else scope.people
    if mine or not scope.sees_all_files:
        theirs = Q(customer__owner__in=people) | Q(customer__backup__in=people)
        rows = rows.filter(theirs)
    return rows.select_related("customer__owner", "earned_tier", "raw_tier")


def ahead(scope: Scope, tiers: Overview, *, mine: bool = False) -> Ahead:
    """One question at most, however many customers: since when they are below and in their tier."""
    groups = None if mine else tiers.grace
    if groups is None:
        dates = in_grace(scope, mine=mine).order_by()
        groups = tuple(
            dates.values_list("below_since", "earned_since", "reason").annotate(Count("pk"))
        )
    first = min(
        (
            falls_on(below, earned, reason=reason, rules=tiers.evaluation.rule_set)
            for below, earned, reason, _customers in groups
        ),
        default=None,
    )
    return Ahead(sum(row[-1] for row in groups), first)


def downgrades(rows: list[Standing], tiers: Overview) -> list[Downgrade]:
    guard = guard_rule_of(tiers.evaluation.rule_set)
    return [_downgrade(row, tiers, guard) for row in rows]


def _downgrade(row: Standing, tiers: Overview, guard: GuardRule | None) -> Downgrade:
    chips = {chip.code: chip for chip in tiers.chips.values()}
    assert row.below_since is not None
    fall, before = fall_of(row, tiers.evaluation, guard), row.earned_tier.code
    return Downgrade(
        customer=row.customer,
        before=chips.get(before) or unranked(before),
        after=chips.get(fall.after) or unranked(fall.after),
        falls_on=fall.on,
        month=months_below(row.below_since, tiers.evaluation.as_of),
        months=tiers.evaluation.rule_set.grace_evaluations,
        missing=fall.missing,
    )
