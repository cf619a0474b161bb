"""What a night means for the people who look after the customers: who has risen or fallen, and
who will fall unless something changes.

The night is compared with what held before it, so that each event is told once: a repeated night
of the same month that finds the same has no news, and one that undoes a fall has.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from firm.dates import add_months, first_of_month
from tiering.falls import fall_of
from tiering.guards import guard_rule_of
from tiering.models import Evaluation, Standing, Tier

_MOVED = """
SELECT now.customer_id, former.earned_tier_id, now.earned_tier_id, now.below_since,
       former.below_since
  FROM (SELECT DISTINCT ON (customer_id) *
          FROM tiering_tierchange WHERE evaluation_id = ANY(%(evaluations)s)
         ORDER BY customer_id, as_of DESC, evaluation_id DESC) now
 CROSS JOIN LATERAL (
       SELECT change.earned_tier_id, change.below_since
         FROM tiering_tierchange change
         JOIN tiering_evaluation evaluation ON evaluation.id = change.evaluation_id
        WHERE change.customer_id = now.customer_id AND NOT evaluation.is_ahead
          AND change.evaluation_id < %(first)s
        ORDER BY change.as_of DESC, change.evaluation_id DESC LIMIT 1) former
 WHERE now.earned_tier_id <> former.earned_tier_id
    OR now.below_since IS NOT NULL AND now.below_since IS DISTINCT FROM former.below_since
"""


class Kind(StrEnum):
    FALLEN = "fallen"
    WILL_FALL = "will_fall"
    RISEN = "risen"


@dataclass(frozen=True)
class News:
    """One customer's. A fall to come has its day and what is `missing` to keep the tier, as far
    as revenue is what is missing.
    """

    kind: Kind
    code: str
    name: str
    owner: int | None
    before: Tier
    after: Tier
    falls_on: datetime.date | None = None
    missing: Decimal | None = None


def news_of(evaluations: Sequence[Evaluation]) -> list[News]:
    """Of one night's evaluations, in their order: falls first. A first evaluation is no news."""
    if not evaluations:
        return []
    last, first = evaluations[-1], min(one.pk for one in evaluations)
    moved = _moved([one.pk for one in evaluations], first)
    tiers = {tier.pk: tier for tier in Tier.objects.all()}
    ranks = dict(last.rule_set.tiers.values_list("tier_id", "rank"))
    found = []
    guard = guard_rule_of(last.rule_set)
    for row in _standings(list(moved), _last_month(last, first)):
        before, is_below = moved.get(row.pk, (row.earned_tier_id, True))
        earned = row.earned_tier_id
        if before != earned and before in ranks and earned in ranks:
            kind = Kind.FALLEN if ranks[before] < ranks[earned] else Kind.RISEN
            found.append(_news(kind, row, before=tiers[before], after=tiers[earned]))
        if row.below_since is not None and is_below:
            fall = fall_of(row, last, guard)
            after = next(tier for tier in tiers.values() if tier.code == fall.after)
            found.append(
                _news(
                    Kind.WILL_FALL,
                    row,
                    before=row.earned_tier,
                    after=after,
                    falls_on=fall.on,
                    missing=fall.missing,
                )
            )
    return sorted(found, key=lambda one: list(Kind).index(one.kind))


def _moved(evaluations: list[int], first: int) -> dict[int, tuple[int, bool]]:
    """By customer the tier held before, and whether its grace period began in this night."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"evaluations": evaluations, "first": first})
        return {
            customer: (before, below is not None and below != below_before)
            for customer, before, _now, below, below_before in cursor.fetchall()
        }


def _last_month(last: Evaluation, first: int) -> datetime.date | None:
    """Since when a customer is below whose last month of grace began in this night; None where
    no new month did.
    """
    grace = last.rule_set.grace_evaluations
    former = Evaluation.objects.real().filter(pk__lt=first).order_by("as_of", "pk").last()
    if former is None or grace < 3:  # with two, the first month is the last
        return None
    if first_of_month(last.as_of) <= first_of_month(former.as_of):
        return None
    return add_months(first_of_month(last.as_of), 2 - grace)


def _standings(customers: list[int], last_month: datetime.date | None) -> QuerySet[Standing]:
    """Of those who moved, and of those whose last month of grace began."""
    wanted = Q(customer__in=customers)
    if last_month is not None:
        wanted |= Q(below_since=last_month)
    rows = Standing.objects.filter(wanted).select_related("customer", "earned_tier", "raw_tier")
    return rows.order_by("customer__code")


def _news(kind: Kind, row: Standing, **more: Any) -> News:
    customer = row.customer
    return News(kind=kind, code=customer.code, name=customer.name, owner=customer.owner_id, **more)
