"""Tier flow: the tiers that held on two dates, from × to, and who stands behind each number.

What held on a date is what the nights in the books on that day had said (`standing_on`); later
replays don't count. It is the earned tier, or the one in force by overrides and payment stops.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerSnapshot
from firm.scope import Scope
from tiering.chips import Chip, chip_of, unranked
from tiering.in_force import Source, instead_sql, rules_on
from tiering.models import Evaluation, Tier
from tiering.overview import in_reach
from tiering.standings import evaluation_on

NEW = 0  # not evaluated yet on the earlier date

Pair = tuple[int, int]


class Held(models.TextChoices):
    """Which tier of a date is meant."""

    EARNED = "earned", _("Earned tier")
    IN_FORCE = "in_force", _("Tier in force")


_EARNED = """
SELECT DISTINCT ON (change.customer_id) change.customer_id, change.earned_tier_id AS tier,
       change.earned_since, 'earned' AS source
  FROM tiering_tierchange change
  JOIN tiering_evaluation evaluation ON evaluation.id = change.evaluation_id
 WHERE NOT evaluation.is_ahead AND evaluation.known_from <= DATE '{date}'
 ORDER BY change.customer_id, change.as_of DESC, change.evaluation_id DESC
"""

# As `Instead.over` says it: an override holds, a payment stop only lowers.
_IN_FORCE = """
SELECT held.customer_id, held.earned_since,
       CASE WHEN differs THEN there.tier_id ELSE held.tier END AS tier,
       CASE WHEN differs THEN instead.source ELSE 'earned' END AS source
  FROM ({earned}) held
  LEFT JOIN ({instead}) instead USING (customer_id)
  LEFT JOIN tiering_tierrule earned ON earned.rule_set_id = {rules} AND earned.tier_id = held.tier
  LEFT JOIN tiering_tierrule there
    ON there.rule_set_id = {rules} AND there.rank = instead.rank
 CROSS JOIN LATERAL (
       SELECT instead.source = 'override' OR instead.rank > earned.rank AS differs) one
"""

_FLOW = """
SELECT later.customer_id, coalesce(earlier.tier, {new}) AS before, later.tier AS after,
       later.earned_since AS since, later.source
  FROM ({later}) later LEFT JOIN ({earlier}) earlier USING (customer_id)
"""

_AMONG = """
SELECT customer_id FROM ({flow}) flow
 WHERE (before, after) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))
"""


@dataclass(frozen=True)
class Level:
    """A tier of either date; those of the later date's rules come first, from the top."""

    tier: int
    chip: Chip


@dataclass(frozen=True)
class Flow:
    """Customers by (tier before, tier after); NEW stands for not evaluated yet. `sql` are the
    rows of them all: customer_id, before, after, since, source.
    """

    start: datetime.date
    end: datetime.date
    held: Held
    sql: str
    earlier: Evaluation | None
    later: Evaluation | None
    levels: list[Level]
    cells: dict[Pair, int]

    def count(self, pairs: set[Pair]) -> int:
        return sum(count for pair, count in self.cells.items() if pair in pairs)

    def among(self, *, before: int | None = None, after: int | None = None) -> set[Pair]:
        """The cells of a row, a column, both or the whole."""
        return {
            pair for pair in self.cells if before in (None, pair[0]) and after in (None, pair[1])
        }

    def moved(self, way: str) -> set[Pair]:
        """The cells of those who went `up`, went `down`, stayed the `same` or are `new`."""
        order = {level.tier: place for place, level in enumerate(self.levels)}
        return {
            (before, after)
            for before, after in self.cells
            if way == _way(order.get(before), order[after])
        }


@dataclass(frozen=True)
class Mover:
    """Where a customer stood before and after; `before` is None for a new one. `since` when is
    known of the earned tier alone; `source` says what holds instead of it.
    """

    row: CustomerSnapshot
    before: Chip | None
    after: Chip
    since: datetime.date | None
    source: Source
    has_file: bool


def flow(
    scope: Scope, *, start: datetime.date, end: datetime.date, held: Held = Held.EARNED
) -> Flow:
    """Between what held on `start` and what held on `end`."""
    earlier, later = evaluation_on(start), evaluation_on(end)
    everybody = _FLOW.format(new=NEW, later=_held(end, held), earlier=_held(start, held))
    reached, params = in_reach(scope).values("pk").query.sql_with_params()
    sql = f"""SELECT before, after, count(*) FROM ({everybody}) flow
               WHERE customer_id IN ({reached}) GROUP BY before, after"""
    cells = {(before, after): count for before, after, count in _query(sql, *params)}
    return Flow(
        start=start,
        end=end,
        held=held,
        sql=everybody,
        earlier=earlier,
        later=later,
        levels=_levels([later, earlier], cells),
        cells=cells,
    )


def movers_of(found: Flow, pairs: set[Pair], scope: Scope) -> QuerySet[CustomerSnapshot]:
    """The customers in these cells, by kana."""
    before, after = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    among = RawSQL(_AMONG.format(flow=found.sql), [before, after])
    return in_reach(scope).filter(pk__in=among).select_related("owner").order_by("sort_key", "pk")


def movers(found: Flow, rows: list[CustomerSnapshot], scope: Scope) -> list[Mover]:
    chips = {level.tier: level.chip for level in found.levels}
    sql = f"SELECT * FROM ({found.sql}) flow WHERE customer_id = ANY(%s)"
    held = {customer: rest for customer, *rest in _query(sql, [row.pk for row in rows])}
    return [
        Mover(
            row=row,
            before=chips.get(held[row.pk][0]),
            after=chips[held[row.pk][1]],
            since=held[row.pk][2] if held[row.pk][3] == Source.EARNED else None,
            source=Source(held[row.pk][3]),
            has_file=scope.has_file(row.owner_id, row.backup_id),
        )
        for row in rows
    ]


def _held(date: datetime.date, held: Held) -> str:
    """Rows of customer_id, tier, earned_since and source: dates and ids are written into it."""
    earned = _EARNED.format(date=date.isoformat())
    rules = rules_on(date) if held == Held.IN_FORCE else None
    if rules is None:
        return earned
    instead = instead_sql(on=date, rules=rules.pk)
    return _IN_FORCE.format(earned=earned, instead=instead, rules=rules.pk)


def _way(before: int | None, after: int) -> str:
    if before is None:
        return "new"
    return "same" if before == after else "up" if after < before else "down"


def _levels(evaluations: list[Evaluation | None], cells: dict[Pair, int]) -> list[Level]:
    levels: dict[int, Level] = {}
    for rule_set in dict.fromkeys(one.rule_set for one in evaluations if one):
        for rule in rule_set.tiers.select_related("tier").order_by("rank"):
            levels.setdefault(rule.tier_id, Level(rule.tier_id, chip_of(rule)))
    # A customer who could not be evaluated keeps a tier that neither version has.
    if others := {tier for pair in cells for tier in pair} - {NEW, *levels}:
        for tier in Tier.objects.filter(pk__in=others).order_by("pk"):
            levels[tier.pk] = Level(tier.pk, unranked(tier.code))
    return list(levels.values())


def _query(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
