"""The evaluation that today's tiers are from, with its tiers, in one query for the whole page."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast, JSONObject
from django.http import HttpRequest
from rest_framework.request import Request

from customers.models import CustomerSnapshot
from firm.dates import today
from tiering.chips import Chip, chip_of
from tiering.models import Evaluation, GuardRule, Tier, TierRule


@dataclass(frozen=True)
class Move:
    """Customers who have earned one tier and hold another, by override or payment stop."""

    earned: int | None
    held: int | None
    customers: int
    revenue: str | Decimal


@dataclass(frozen=True)
class Current:
    """`rules` are the tiers of the evaluation's version from the top."""

    evaluation: Evaluation
    rules: list[TierRule]
    moves: list[Move]

    @property
    def tiers(self) -> list[Tier]:
        return [rule.tier for rule in self.rules]

    @cached_property
    def chips(self) -> dict[int, Chip]:
        """By rank, as the list's rows name tiers."""
        return {rule.rank: chip_of(rule) for rule in self.rules}


def current_of(request: HttpRequest | Request) -> Current | None:
    """Asked for once a request; None before the first night."""
    if not hasattr(request, "_tier_current"):
        request._tier_current = latest()  # type: ignore[attr-defined]
    return request._tier_current  # type: ignore[union-attr]


def latest() -> Current | None:
    evaluation = _evaluation()
    if evaluation is None:
        return None
    moves = [Move(**one) for one in evaluation.moves]  # type: ignore[attr-defined]
    return Current(evaluation, _rules_of(evaluation), moves)


def _evaluation() -> Evaluation | None:
    """The last evaluation with `rules`, its tiers from the top, `moves`, the customers whose tier
    is not the earned one, and whether its version is `is_guarded`, in one query.
    """
    rules = TierRule.objects.filter(rule_set=OuterRef("rule_set")).order_by("rank")
    guards = GuardRule.objects.filter(rule_set=OuterRef("rule_set"), fact=GuardRule.Fact.MARGIN)
    values = JSONObject(
        rank="rank",
        enter=Cast("enter", TextField()),
        keep=Cast("keep", TextField()),
        instruction="instruction",
        tier="tier_id",
        code="tier__code",
        name="tier__name",
        name_en="tier__name_en",
    )
    return (
        Evaluation.objects.known_on(today())
        .select_related("rule_set")
        .annotate(
            rules=ArraySubquery(rules.values(json=values)),
            is_guarded=Exists(guards),
            moves=ArraySubquery(
                not_earned().values(
                    json=JSONObject(
                        earned="earned_rank",
                        held="tier_rank",
                        customers="customers",
                        revenue=Cast("revenue", TextField()),
                    )
                )
            ),
        )
        .order_by("as_of", "pk")
        .last()
    )


def not_earned() -> QuerySet[CustomerSnapshot, Any]:
    """Customers and revenue by earned rank and rank in force, where these differ."""
    differing = CustomerSnapshot.objects.exclude(tier_source=CustomerSnapshot.TierSource.EARNED)
    return (
        differing.filter(~Q(tier_rank=F("earned_rank")) | Q(earned_rank__isnull=True))
        .order_by()
        .values("earned_rank", "tier_rank")
        .annotate(customers=Count("pk"), revenue=Sum("trailing_revenue"))
    )


def asks_for_revenue_alone(evaluation: Evaluation) -> bool:
    """Whether the trailing revenue is all that decides; of the current evaluation."""
    rules = evaluation.rule_set
    is_plain = rules.one_off_weight == 1 and not rules.cold_start_months and not rules.rolls_up
    return is_plain and not evaluation.is_guarded  # type: ignore[attr-defined]


def _rules_of(evaluation: Evaluation) -> list[TierRule]:
    return [
        TierRule(
            rule_set=evaluation.rule_set,
            rank=row["rank"],
            enter=None if row["enter"] is None else Decimal(row["enter"]),
            keep=None if row["keep"] is None else Decimal(row["keep"]),
            instruction=row["instruction"],
            tier=Tier(pk=row["tier"], code=row["code"], name=row["name"], name_en=row["name_en"]),
        )
        for row in evaluation.rules  # type: ignore[attr-defined]
    ]
