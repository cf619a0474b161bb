"""The evaluation that today's tiers are from, with its tiers, in one query for the whole page."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from django.db import connection
from django.http import HttpRequest
from rest_framework.request import Request

from firm.dates import today
from firm.rows import columns, instance
from tiering.chips import Chip, chip_of
from tiering.criteria_file import CriterionLine
from tiering.models import Evaluation, GuardRule, RuleSet, Tier, TierRule


@dataclass(frozen=True)
class Move:
    """Customers who have earned one tier and hold another, by override or payment stop."""

    earned: int | None
    held: int | None
    customers: int
    revenue: Decimal


@dataclass(frozen=True)
class Current:
    """`rules` are the tiers of the evaluation's version from the top; `is_guarded` where that
    asks for a margin, too; `criteria` by rank what else tiers ask for.
    """

    evaluation: Evaluation
    rules: list[TierRule]
    moves: list[Move]
    is_guarded: bool
    criteria: dict[int, list[CriterionLine]]

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


def criteria_in_force(request: HttpRequest) -> dict[int, list[CriterionLine]]:
    """By rank, what tiers ask for beside the revenue; empty before the first night."""
    current = current_of(request)
    return current.criteria if current else {}


def latest() -> Current | None:
    with connection.cursor() as cursor:
        cursor.execute(_latest(), {"on": today(), "margin": GuardRule.Fact.MARGIN})
        row = cursor.fetchone()
    if row is None:
        return None
    *values, rules, moves, is_guarded, criteria = row
    evaluation = instance(Evaluation, values)
    evaluation.rule_set = instance(RuleSet, values[len(Evaluation._meta.concrete_fields) :])
    return Current(
        evaluation=evaluation,
        rules=[_rule_of(evaluation.rule_set, **rule) for rule in rules or ()],
        moves=[_move(**move) for move in moves or ()],
        is_guarded=is_guarded,
        criteria=_by_rank(criteria or ()),
    )


@cache
def _latest() -> str:
    """The last evaluation with its version, the tiers of this from the top, and how many customers
    hold another tier than the earned one.
    """
    return f"""
    SELECT {columns(Evaluation, "e")}, {columns(RuleSet, "r")},
           (SELECT json_agg(json_build_object(
                       'rank', t.rank, 'enter', t.enter::text, 'keep', t.keep::text,
                       'instruction', t.instruction, 'tier', tier.id, 'code', tier.code,
                       'name', tier.name, 'name_en', tier.name_en) ORDER BY t.rank)
              FROM tiering_tierrule t JOIN tiering_tier tier ON tier.id = t.tier_id
             WHERE t.rule_set_id = r.id) AS rules,
           (SELECT json_agg(moves)
              FROM (SELECT earned_rank AS earned, tier_rank AS held, count(*) AS customers,
                           sum(trailing_revenue)::text AS revenue
                      FROM customers_customersnapshot
                     WHERE tier_source <> 'earned' AND tier_rank IS DISTINCT FROM earned_rank
                     GROUP BY earned_rank, tier_rank) AS moves) AS moves,
           EXISTS (SELECT FROM tiering_guardrule g
                    WHERE g.rule_set_id = r.id AND g.fact = %(margin)s) AS is_guarded,
           (SELECT json_agg(json_build_object(
                       'rank', t.rank, 'needs', c.needs, 'fact', c.fact, 'choice', c.choice,
                       'enter', c.enter::text, 'keep', c.keep::text) ORDER BY c.needs, c.id)
              FROM tiering_tiercriterion c JOIN tiering_tierrule t ON t.id = c.rule_id
             WHERE t.rule_set_id = r.id) AS criteria
      FROM tiering_evaluation e
      JOIN tiering_ruleset r ON r.id = e.rule_set_id
     WHERE NOT e.is_ahead AND e.known_from <= %(on)s
     ORDER BY e.as_of DESC, e.id DESC
     LIMIT 1"""


def _rule_of(
    rule_set: RuleSet,
    *,
    rank: int,
    enter: str | None,
    keep: str | None,
    instruction: str,
    tier: int,
    code: str,
    name: str,
    name_en: str,
) -> TierRule:
    return TierRule(
        rule_set=rule_set,
        rank=rank,
        enter=None if enter is None else Decimal(enter),
        keep=None if keep is None else Decimal(keep),
        instruction=instruction,
        tier=Tier(pk=tier, code=code, name=name, name_en=name_en),
    )


def _move(*, earned: int | None, held: int | None, customers: int, revenue: str) -> Move:
    return Move(earned, held, customers, Decimal(revenue))


def _by_rank(rows: Iterable[dict[str, Any]]) -> dict[int, list[CriterionLine]]:
    found: dict[int, list[CriterionLine]] = {}
    for row in rows:
        bounds = {key: row[key] and Decimal(row[key]) for key in ("enter", "keep")}
        line = CriterionLine(row["needs"], row["fact"], row["choice"], **bounds)
        found.setdefault(row["rank"], []).append(line)
    return found


def asks_for_revenue_alone(current: Current) -> bool:
    """Whether the trailing revenue is all that decides."""
    rules = current.evaluation.rule_set
    is_plain = rules.one_off_weight == 1 and not rules.cold_start_months and not rules.rolls_up
    return is_plain and not current.is_guarded and not current.criteria
