"""What the panels and the page about one customer's tier show."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from firm import access
from firm.dates import today
from firm.roles import Right
from tiering import wording
from tiering.chips import Chip, chips, unranked
from tiering.explanations import Criterion, Explanation, explain
from tiering.history import TierHistory, history_of
from tiering.overview import Reach, overview_of
from tiering.reasons import reason_text


@dataclass(frozen=True)
class Line:
    """One tier of the evaluation beside the customer's revenue."""

    chip: Chip
    criterion: Criterion
    is_earned: bool
    is_raw: bool


def explanation_of(
    request: HttpRequest, customer_id: int, *, on: datetime.date
) -> Explanation | None:
    """Worked out once a request, however many panels of the page ask."""
    known: dict[Any, Explanation | None] = request.__dict__.setdefault("_explanations", {})
    if (customer_id, on) not in known:
        known[customer_id, on] = explain(customer_id, on=on)
    return known[customer_id, on]


def chips_of(request: HttpRequest, explanation: Explanation) -> dict[str, Chip]:
    """The chips of the version that the explanation is about."""
    overview = overview_of(request)
    if overview and overview.evaluation.rule_set_id == explanation.rule_set.pk:
        return {chip.code: chip for chip in overview.chips.values()}
    return chips(explanation.rule_set)


def reasons(request: HttpRequest, customer_id: int, *, on: datetime.date) -> dict[str, Any]:
    """The explanation in words and lines; empty before the first evaluation."""
    explanation = explanation_of(request, customer_id, on=on)
    if explanation is None:
        return {"explanation": None}
    chip = chips_of(request, explanation)
    return {
        "explanation": explanation,
        "earned": chip.get(explanation.earned_tier.code) or unranked(explanation.earned_tier.code),
        "reason": reason_text(explanation, unit=_unit(request)),
        "share": _share(request, explanation),
        "lines": [
            Line(
                chip=chip.get(one.tier.code) or unranked(one.tier.code),
                criterion=one,
                is_earned=one.tier == explanation.earned_tier,
                is_raw=one.tier == explanation.raw_tier,
            )
            for one in explanation.criteria
        ],
        "last_day": explanation.end - datetime.timedelta(days=1),
    }


def ladder(request: HttpRequest, rank: int | None) -> dict[str, Any]:
    """The tier and the thresholds alone, for readers without the customer's file."""
    overview = overview_of(request)
    if overview is None:
        return {"rungs": []}
    rule_set, unit = overview.evaluation.rule_set, _unit(request)
    return {
        "earned": overview.chips.get(rank or 0),
        "rungs": [
            (card.chip, wording.entry_text(card.rule, rule_set, unit=unit))
            for card in overview.cards
        ],
    }


def held_tiers(request: HttpRequest, customer_id: int, *, on: datetime.date) -> TierHistory | None:
    explanation = explanation_of(request, customer_id, on=today())
    if explanation is None:
        return None
    return history_of(
        customer_id,
        explanation,
        chips_of(request, explanation),
        on=on,
        today=today(),
        with_revenue=access.scope(request).may(Right.REVENUE),
    )


def _share(request: HttpRequest, explanation: Explanation) -> Decimal | None:
    """The customer's part of the firm's revenue, for who may know the total."""
    overview = overview_of(request)
    if overview is None or overview.reach is not Reach.FIRM or not overview.total:
        return None
    if overview.evaluation != explanation.evaluation or explanation.trailing_revenue <= 0:
        return None
    return 100 * explanation.trailing_revenue / overview.total


def _unit(request: HttpRequest) -> str:
    unit: str = request.user.money_unit  # type: ignore[union-attr]
    return unit
