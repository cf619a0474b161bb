"""Planned downgrades: the customers in their grace period, when each tier ends, and what is
missing to keep it.

Listed are customers whose file the reader has, one's own or all of them. What they are is stored
by the last night; the amount is the distance to the keep threshold as that night drew it.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Min, Q, QuerySet

from customers.models import Customer
from firm.scope import Scope
from tiering.chips import Chip, unranked
from tiering.explanations import grace_ends_on, months_below
from tiering.models import Evaluation, RuleSet, Standing
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


def ahead(scope: Scope, evaluation: Evaluation, *, mine: bool = False) -> Ahead:
    """One question, however many customers."""
    found = in_grace(scope, mine=mine).aggregate(customers=Count("pk"), since=Min("below_since"))
    first = grace_ends_on(found["since"], rules=evaluation.rule_set) if found["since"] else None
    return Ahead(found["customers"], first)


def downgrades(rows: list[Standing], tiers: Overview) -> list[Downgrade]:
    return [_downgrade(row, tiers) for row in rows]


def _downgrade(row: Standing, tiers: Overview) -> Downgrade:
    evaluation, rules = tiers.evaluation, tiers.evaluation.rule_set
    assert row.below_since is not None
    codes = [chip.code for chip in tiers.chips.values()]
    chips = {chip.code: chip for chip in tiers.chips.values()}
    before, after = row.earned_tier.code, row.raw_tier.code
    if rules.drop == RuleSet.Drop.ONE_STEP and before in codes[:-1]:
        after = codes[codes.index(before) + 1]
    keep = evaluation.counts["tiers"].get(before, {}).get("keep")
    missing = Decimal(keep) - row.trailing_revenue if keep is not None else Decimal(0)
    return Downgrade(
        customer=row.customer,
        before=chips.get(before) or unranked(before),
        after=chips.get(after) or unranked(after),
        falls_on=grace_ends_on(row.below_since, rules=rules),
        month=months_below(row.below_since, evaluation.as_of),
        months=rules.grace_evaluations,
        missing=missing if missing > 0 else None,
    )
