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

from firm.dates import add_months, first_of_month
from tiering.explanations import grace_ends_on
from tiering.models import Evaluation, RuleSet, Tier

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

_FACTS = """
SELECT standing.customer_id, standing.below_since, standing.earned_tier_id, standing.raw_tier_id,
       standing.trailing_revenue, customer.code, customer.name, customer.owner_id
  FROM tiering_standing standing
  JOIN customers_customer customer ON customer.id = standing.customer_id
 WHERE standing.customer_id = ANY(%(customers)s) OR standing.below_since = %(last_month)s
 ORDER BY customer.code
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
    for row in _facts(list(moved), _last_month(last, first)):
        before, is_below = moved.get(row["customer"], (row["earned"], True))
        if before != row["earned"] and before in ranks and row["earned"] in ranks:
            kind = Kind.FALLEN if ranks[before] < ranks[row["earned"]] else Kind.RISEN
            found.append(_news(kind, row, tiers[before], tiers[row["earned"]]))
        if row["below_since"] is not None and is_below:
            found.append(_to_come(row, last, tiers, ranks))
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


def _facts(customers: list[int], last_month: datetime.date | None) -> list[dict[str, Any]]:
    names = ("customer", "below_since", "earned", "raw", "revenue", "code", "name", "owner")
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"customers": customers, "last_month": last_month})
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _news(kind: Kind, row: dict[str, Any], before: Tier, after: Tier, **more: Any) -> News:
    return News(kind, row["code"], row["name"], row["owner"], before, after, **more)


def _to_come(
    row: dict[str, Any], last: Evaluation, tiers: dict[int, Tier], ranks: dict[int, int]
) -> News:
    rules, before = last.rule_set, tiers[row["earned"]]
    if rules.drop == RuleSet.Drop.ONE_STEP:
        lower = ranks.get(before.pk, 0) + 1
        after = next((pk for pk, rank in ranks.items() if rank == lower), row["raw"])
    else:
        after = row["raw"]
    keep = last.counts["tiers"].get(before.code, {}).get("keep")
    missing = Decimal(keep) - row["revenue"] if keep is not None else Decimal(0)
    return _news(
        Kind.WILL_FALL,
        row,
        before,
        tiers[after],
        falls_on=grace_ends_on(row["below_since"], rules=rules),
        missing=missing if missing > 0 else None,
    )
