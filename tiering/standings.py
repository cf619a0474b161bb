"""What tier a customer has or had: queries over the engine's records."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from firm.dates import today
from firm.refusals import Refused
from tiering.engine.ledgers import Reading, seen_by
from tiering.engine.measure import measure_of
from tiering.in_force import Source, instead_of_earned, ladder_on, resolve
from tiering.models import Evaluation, RuleSet, Tier, TierChange, TierRule

EXPORT_COLUMNS = (
    "customer_code",
    "as_of",
    "tier",
    "earned_tier",
    "raw_tier",
    "trailing_revenue",
    "reason",
)

# A customer's row for one evaluation: what that pass recorded for it, else the last row of an
# earlier date. One made ahead builds on what was recorded before it, and on itself alone.
_EXPORT = """
SELECT customer.id, customer.code, earned.code, raw.code, coalesce(facts.revenue, 0), held.reason
  FROM (SELECT DISTINCT ON (change.customer_id) change.*
          FROM tiering_tierchange change
          JOIN tiering_evaluation evaluation ON evaluation.id = change.evaluation_id
         WHERE change.as_of <= %(as_of)s
           AND (evaluation.id = %(evaluation)s
                OR NOT evaluation.is_ahead
                   AND (NOT %(is_ahead)s OR evaluation.id < %(evaluation)s))
         ORDER BY change.customer_id, evaluation.id = %(evaluation)s AND %(is_ahead)s DESC,
                  change.as_of DESC, change.evaluation_id DESC) held
  JOIN customers_customer customer ON customer.id = held.customer_id
  JOIN tiering_tier earned ON earned.id = held.earned_tier_id
  JOIN tiering_tier raw ON raw.id = held.raw_tier_id
  LEFT JOIN ({facts}) facts ON facts.customer_id = customer.id
 ORDER BY customer.code
"""


def latest_evaluation() -> Evaluation | None:
    """The evaluation that today's standings are from; none of a night still to come."""
    return evaluation_on(today())


def evaluation_on(date: datetime.date) -> Evaluation | None:
    """The last evaluation in the books on this day."""
    return (
        Evaluation.objects.known_on(date).select_related("rule_set").order_by("as_of", "pk").last()
    )


def evaluation_as_known_today(on: datetime.date) -> Evaluation | None:
    """The last evaluation for the nights up to this day, replays made since included."""
    nights = Evaluation.objects.real().filter(business_date__lte=on)
    return nights.select_related("rule_set").order_by("as_of", "pk").last()


def history(customer_id: int) -> QuerySet[TierChange]:
    """What each evaluation changed for a customer, the latest first."""
    return (
        TierChange.objects.filter(customer=customer_id, evaluation__is_ahead=False)
        .select_related("raw_tier", "earned_tier", "evaluation__rule_set")
        .order_by("-as_of", "-evaluation")
    )


def standing_on(customer_id: int, *, on: datetime.date) -> TierChange | None:
    """What held for a customer on a day, as it was in the books then: by the nights up to it,
    without replays made later.
    """
    return history(customer_id).filter(evaluation__known_from__lte=on).first()


def standing_as_known_today(customer_id: int, *, on: datetime.date) -> TierChange | None:
    """The same day as the replays made since have it."""
    return history(customer_id).filter(evaluation__business_date__lte=on).first()


@dataclass(frozen=True)
class Held:
    """The tier in force and the earned one; `until` is the first day on which an override or a
    payment stop does not hold any more.
    """

    tier: Tier | None
    earned: Tier | None
    source: Source = Source.EARNED
    until: datetime.date | None = None
    ladder: tuple[TierRule, ...] = ()  # of the version whose tiers these are


def tier_on(customer_id: int, *, on: datetime.date) -> Held:
    """What tier a customer had on a day, and what it had earned by the nights in the books then."""
    return tier_after(standing_on(customer_id, on=on), customer_id, on=on)


def tier_after(change: TierChange | None, customer_id: int, *, on: datetime.date) -> Held:
    """The same for who has read the customer's standing of that day."""
    ladder = tuple(ladder_on(on))
    earned = change.earned_tier if change else None
    if not ladder:
        return Held(earned, earned)
    tiers = {rule.rank: rule.tier for rule in ladder}
    ranks = {tier.pk: rank for rank, tier in tiers.items()}
    instead = instead_of_earned(on=on, rules=ladder[0].rule_set_id, customers=[customer_id])
    held = resolve(ranks.get(earned.pk) if earned else None, instead.get(customer_id))
    return Held(tiers.get(held.rank or 0, earned), earned, held.source, held.until, ladder)


def _ladder(rules: RuleSet) -> QuerySet[TierRule]:
    return rules.tiers.select_related("tier")


def export_rows(as_of: datetime.date) -> Iterator[tuple[Any, ...]]:
    """Every customer's standing by the last evaluation for exactly this date, as EXPORT_COLUMNS,
    with the tier in force on that date.

    The revenue is the one that decided, worked out again from the ledger as that evaluation saw
    it. Raises Refused for a date that was not evaluated.
    """
    evaluation = Evaluation.objects.select_related("rule_set").latest_for(as_of)
    if evaluation is None:
        raise Refused(_("%(date)s was not evaluated.") % {"date": as_of})
    codes = {rule.rank: rule.tier.code for rule in _ladder(evaluation.rule_set)}
    ranks = {code: rank for rank, code in codes.items()}
    instead = instead_of_earned(on=as_of, rules=evaluation.rule_set_id)
    reading = Reading(measure_of(evaluation.rule_set), as_of, seen_by(evaluation.cutoff))
    facts = reading.select({"customer_id": "alone.customer_id", "revenue": reading.revenue})
    passed = {"evaluation": evaluation.pk, "is_ahead": evaluation.is_ahead}
    with connection.cursor() as cursor:
        cursor.execute(_EXPORT.format(facts=facts), reading.params | passed)
        for customer, code, earned, raw, revenue, reason in cursor:
            held = resolve(ranks.get(earned), instead.get(customer))
            tier = codes.get(held.rank or 0, earned)
            yield code, as_of, tier, earned, raw, plain(revenue), reason


def plain(amount: Decimal) -> Decimal:
    """Without idle zeros: 13.86, 0."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount.normalize()
