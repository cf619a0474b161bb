"""What the panels and the page about one customer's tier show."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from customers.models import Customer
from firm import access
from firm.dates import today
from firm.roles import Right
from tiering import wording
from tiering.chips import Chip, chips, unranked
from tiering.conditions import ConditionShown, conditions_shown, ways_shown
from tiering.criteria_words import entry_with
from tiering.current import asks_for_revenue_alone, current_of
from tiering.engine.customer_facts import of_customer
from tiering.explanations import (
    Criterion,
    Explanation,
    asked_of,
    explain,
    explained,
    with_facts,
)
from tiering.history import TierHistory, history_of
from tiering.models import TierChange
from tiering.overview import Reach, overview_of, reach_of
from tiering.reasons import reason_text
from tiering.share_line import exactly
from tiering.standings import history


@dataclass(frozen=True)
class Line:
    """One tier of the evaluation beside the customer's revenue."""

    chip: Chip
    criterion: Criterion
    is_earned: bool
    is_raw: bool
    conditions: list[ConditionShown]


def changes_of(request: HttpRequest, customer_id: int) -> list[TierChange]:
    """The customer's history, the latest first, read once a request."""
    known: dict[int, list[TierChange]] = request.__dict__.setdefault("_tier_changes", {})
    if customer_id not in known:
        known[customer_id] = list(history(customer_id))
    return known[customer_id]


def change_on(request: HttpRequest, customer_id: int, *, on: datetime.date) -> TierChange | None:
    """`standings.standing_on`, of the history at hand."""
    changes = changes_of(request, customer_id)
    return next((change for change in changes if change.evaluation.known_from <= on), None)


def explanation_of(
    request: HttpRequest, customer: Customer, *, on: datetime.date
) -> Explanation | None:
    """Made once a request, however many panels ask."""
    known: dict[Any, Explanation | None] = request.__dict__.setdefault("_explanations", {})
    if (customer.pk, on) not in known:
        known[customer.pk, on] = _explanation_of(request, customer, on=on)
    return known[customer.pk, on]


def _explanation_of(
    request: HttpRequest, customer: Customer, *, on: datetime.date
) -> Explanation | None:
    """Today's is made of what the page has read anyway; that of another day is worked out."""
    if on < today():
        return explain(customer.pk, on=on)
    current = current_of(request)
    if current is None:  # before the first night
        return None
    change = change_on(request, customer.pk, on=on)
    if change is None:
        return None
    evaluation, tiers = current.evaluation, current.tiers
    if asks_for_revenue_alone(current):
        revenue = customer.snapshot.trailing_revenue
        found = explained(evaluation, change, revenue=revenue, tiers=tiers)
    else:
        found = with_facts(
            evaluation,
            change,
            facts=of_customer(customer.pk, evaluation),
            asked=asked_of(evaluation.rule_set),
            tiers=tiers,
        )
    return exactly(found, customer.pk, current=evaluation, tiers=current.rules)


def chips_of(request: HttpRequest, explanation: Explanation) -> dict[str, Chip]:
    """The chips of the version that the explanation is about."""
    current = current_of(request)
    if current and current.evaluation.rule_set_id == explanation.rule_set.pk:
        return {chip.code: chip for chip in current.chips.values()}
    return chips(explanation.rule_set)


def reasons(request: HttpRequest, customer: Customer, *, on: datetime.date) -> dict[str, Any]:
    """The explanation in words and lines; empty before the first evaluation."""
    explanation = explanation_of(request, customer, on=on)
    if explanation is None:
        return {"explanation": None}
    chip, unit = chips_of(request, explanation), _unit(request)
    may_margin = access.scope(request).may(Right.MARGIN)
    return {
        "explanation": explanation,
        "earned": chip.get(explanation.earned_tier.code) or unranked(explanation.earned_tier.code),
        "reason": reason_text(explanation, unit=unit),
        "may_margin": may_margin,
        "ways_up": ways_shown(explanation.ways_up, unit=unit),
        "ways_down": ways_shown(explanation.ways_down, unit=unit),
        "share": _share(request, explanation),
        "lines": [
            Line(
                chip=chip.get(one.tier.code) or unranked(one.tier.code),
                criterion=one,
                is_earned=one.tier == explanation.earned_tier,
                is_raw=one.tier == explanation.raw_tier,
                conditions=conditions_shown(one.conditions, unit=unit, may_margin=may_margin),
            )
            for one in explanation.criteria
        ],
        "last_day": explanation.end - datetime.timedelta(days=1),
    }


def as_known_today(
    request: HttpRequest, customer: Customer, *, on: datetime.date, told: Explanation | None
) -> dict[str, Any] | None:
    """Where replays made since have another tier for a past day: their explanation in words."""
    found = explain(customer.pk, on=on, as_known_today=True)
    if found is None or (told and found.earned_tier == told.earned_tier):
        return None
    code = found.earned_tier.code
    return {
        "explanation": found,
        "chip": chips_of(request, found).get(code) or unranked(code),
        "reason": reason_text(found, unit=_unit(request)),
    }


def ladder(request: HttpRequest, rank: int | None) -> dict[str, Any]:
    """The tier and the thresholds alone, for readers without the customer's file."""
    current = current_of(request)
    if current is None:
        return {"rungs": []}
    rule_set, unit = current.evaluation.rule_set, _unit(request)
    return {
        "earned": current.chips.get(rank or 0),
        "rungs": [
            (
                current.chips[rule.rank],
                entry_with(
                    wording.entry_text(rule, rule_set, unit=unit),
                    current.criteria.get(rule.rank, []),
                    unit=unit,
                ),
            )
            for rule in current.rules
        ],
    }


def held_tiers(
    request: HttpRequest,
    customer: Customer,
    *,
    on: datetime.date,
    by_month: Mapping[datetime.date, Decimal] | None,
) -> TierHistory | None:
    """`by_month` is the customer's revenue; None where the reader may not see it."""
    explanation = explanation_of(request, customer, on=today())
    if explanation is None:
        return None
    return history_of(
        changes_of(request, customer.pk),
        explanation,
        chips_of(request, explanation),
        on=on,
        today=today(),
        by_month=by_month,
    )


def _share(request: HttpRequest, explanation: Explanation) -> Decimal | None:
    """The customer's part of the firm's revenue, for who may know the total."""
    if reach_of(access.scope(request)) is not Reach.FIRM:
        return None
    overview = overview_of(request)
    if overview is None or not overview.total:
        return None
    if overview.evaluation != explanation.evaluation or explanation.trailing_revenue <= 0:
        return None
    return 100 * explanation.trailing_revenue / overview.total


def _unit(request: HttpRequest) -> str:
    unit: str = request.user.money_unit  # type: ignore[union-attr]
    return unit
