"""Customers by tier and the concentration of revenue, as far as the reader may see revenue.

The firm's figures are those stored with the last evaluation; of one's own customers they are
added up from the list's rows.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from customers.models import CustomerSnapshot
from customers.models.customer import SnapshotQuerySet
from firm import access
from firm.charts import Group, Pareto, pareto, share_of_top
from firm.refusals import Refused
from firm.roles import Right
from firm.scope import Scope
from tiering.chips import Chip, chip_of
from tiering.current import Current, Move, current_of, latest
from tiering.models import Evaluation, TierRule
from tiering.standings import latest_evaluation

MOST_GROUPS = 120
CHART_HEIGHT = 132
STEPS = (Decimal("0.01"), Decimal("0.05"), Decimal("0.1"), Decimal("0.2"), Decimal("0.5"))


Grace = tuple[datetime.date, datetime.date, str, int]


class Reach(StrEnum):
    """Whose revenue the reader may see."""

    FIRM = "firm"
    OWN = "own"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Card:
    """One tier. `share` is its part of the revenue in reach, `part` of the customers, in per
    cent; None where there is nothing to compare with.
    """

    rule: TierRule
    chip: Chip
    customers: int
    revenue: Decimal | None
    share: Decimal | None
    part: Decimal | None

    @property
    def share_text(self) -> str:
        """31.2; written here, because the template's own filter takes most of a card's time."""
        return "" if self.share is None else f"{self.share:.1f}"

    @property
    def part_text(self) -> str:
        return "" if self.part is None else f"{self.part:.1f}"

    @property
    def customers_text(self) -> str:
        return f"{self.customers:,}"


@dataclass(frozen=True)
class Overview:
    """`total` is the sum of the positive revenues in reach, None where none may be seen; `groups`
    are the customers in reach in descending order of revenue. Everything is by the tier in force.
    """

    evaluation: Evaluation
    reach: Reach
    cards: list[Card]
    groups: tuple[Group, ...]
    customers: int
    total: Decimal | None
    # Below since, in their tier since, why, how many: known for one's own customers.
    grace: tuple[Grace, ...] | None = None
    # Counted under another tier than the earned one; known for the firm's figures.
    moved: int = 0

    @property
    def chips(self) -> dict[int, Chip]:
        """By rank, as the list's rows name tiers."""
        return {card.rule.rank: card.chip for card in self.cards}


@dataclass(frozen=True)
class Step:
    """The largest `customers` (`part` per cent of all) bring `share` per cent of the revenue."""

    customers: int
    part: Decimal
    share: float

    @property
    def share_text(self) -> str:
        return f"{self.share:.1f}"

    @property
    def part_text(self) -> str:
        return f"{self.part:.1f}"


@dataclass(frozen=True, eq=False)
class Concentration:
    """The concentration of revenue, drawn: told apart by which object it is, `drawn` keeps it."""

    chart: Pareto
    steps: tuple[Step, ...]
    herfindahl: int
    is_grouped: bool


def reach_of(scope: Scope) -> Reach:
    if scope.may(Right.FIRM_REVENUE) or (scope.may(Right.REVENUE) and scope.sees_all_files):
        return Reach.FIRM
    return Reach.OWN if scope.may(Right.REVENUE) else Reach.NOBODY


def in_reach(scope: Scope) -> SnapshotQuerySet:
    """The customers whose revenue the reader may see."""
    match reach_of(scope):
        case Reach.FIRM:
            return CustomerSnapshot.objects.all()
        case Reach.OWN:
            return CustomerSnapshot.objects.visible_to(scope)
        case _nobody:
            return CustomerSnapshot.objects.none()


def names_by_rank() -> dict[int, str]:
    """The tiers of the last evaluation in the reader's language."""
    evaluation = latest_evaluation()
    if evaluation is None:
        return {}
    rules = evaluation.rule_set.tiers.select_related("tier")
    return {rule.rank: str(rule.tier) for rule in rules}


def overview_of(request: HttpRequest | Request) -> Overview | None:
    """The overview for the reader, worked out once a request; None before the first night."""
    if not hasattr(request, "_tier_overview"):
        current = current_of(request)
        found = overview(current, access.scope(request)) if current else None
        request._tier_overview = found  # type: ignore[attr-defined]
    return request._tier_overview  # type: ignore[union-attr]


def evaluated(request: HttpRequest | Request) -> Overview:
    """The same for what cannot do without; raises Refused before the first night."""
    found = overview_of(request)
    if found is None:
        raise Refused(_("No nightly run has evaluated the customers yet."))
    return found


def current_overview(scope: Scope) -> Overview | None:
    current = latest()
    return overview(current, scope) if current else None


def held_by_rank(current: Current) -> dict[int, tuple[int, Decimal]]:
    """Customers and revenue of the whole firm by the tier in force."""
    return _moved(_stored(current.evaluation), current.moves)


def overview(current: Current, scope: Scope) -> Overview:
    evaluation, moves, reach = current.evaluation, current.moves, reach_of(scope)
    groups, grace = _own(scope) if reach is Reach.OWN else ((), None)
    held = _summed(groups) if reach is Reach.OWN else _moved(_stored(evaluation), moves)
    customers = sum(count for count, _revenue in held.values())
    total = None
    if reach is not Reach.NOBODY:
        total = sum((revenue for _count, revenue in held.values()), Decimal(0))
    cards = [
        _card(rule, *held.get(rule.rank, (0, Decimal(0))), customers=customers, total=total)
        for rule in current.rules
    ]
    if reach is Reach.FIRM:
        stored = evaluation.counts.get("concentration", {}).get("groups", ())
        groups = _stored_groups(tuple(map(tuple, stored)), tuple(_last_places(cards)))
    return Overview(
        evaluation=evaluation,
        reach=reach,
        cards=cards,
        groups=groups,
        customers=customers,
        total=total,
        grace=grace,
        moved=0 if reach is Reach.OWN else sum(move.customers for move in moves),
    )


def _moved(
    held: dict[int, tuple[int, Decimal]], moves: list[Move]
) -> dict[int, tuple[int, Decimal]]:
    """What is stored by earned tier, by the tier in force: as the list's filter finds it."""
    for move in moves:
        for rank, sign in ((move.earned, -1), (move.held, 1)):
            if rank is not None:
                count, revenue = held.get(rank, (0, Decimal(0)))
                held[rank] = (
                    count + sign * move.customers,
                    revenue + sign * Decimal(move.revenue),
                )
    return held


def _card(
    rule: TierRule, count: int, revenue: Decimal, *, customers: int, total: Decimal | None
) -> Card:
    return Card(
        rule=rule,
        chip=chip_of(rule),
        customers=count,
        revenue=None if total is None else revenue,
        share=100 * revenue / total if total else None,
        part=Decimal(100 * count) / customers if customers else None,
    )


def _stored(evaluation: Evaluation) -> dict[int, tuple[int, Decimal]]:
    """Customers and revenue of the whole firm by rank."""
    tiers: dict[str, Any] = evaluation.counts.get("tiers", {})
    return {
        figures["rank"]: (figures["customers"], Decimal(figures["revenue"]))
        for figures in tiers.values()
    }


def _summed(groups: tuple[Group, ...]) -> dict[int, tuple[int, Decimal]]:
    """Customers and revenue of the groups by rank."""
    held: dict[int, tuple[int, Decimal]] = {}
    for group in groups:
        count, revenue = held.get(group.rank or 0, (0, Decimal(0)))
        held[group.rank or 0] = (count + group.customers, revenue + group.revenue)
    return held


@lru_cache(maxsize=16)
def _stored_groups(
    stored: tuple[tuple[int, str, int], ...], last_places: tuple[tuple[int, int], ...]
) -> tuple[Group, ...]:
    """As the run wrote them (customers, revenue, place), each in the tier of the customer at its
    place, were tiers handed out by revenue alone.

    A customer who is kept in a tier stands in the neighbour's colour; the cards count exactly.
    """
    return tuple(
        Group(
            customers,
            Decimal(revenue),
            next((rank for last, rank in last_places if place <= last), None),
        )
        for customers, revenue, place in stored
    )


def _last_places(cards: list[Card]) -> Iterator[tuple[int, int]]:
    """The place by revenue at which each tier ends, with its rank."""
    reached = 0
    for card in cards:
        reached += card.customers
        yield reached, card.rule.rank


def _own(scope: Scope) -> tuple[tuple[Group, ...], tuple[Grace, ...]]:
    """The reader's own customers in descending order of revenue, at most about MOST_GROUPS groups
    within one tier each, revenue below zero as none; and those in their grace period.
    """
    rows, params = (
        CustomerSnapshot.objects.visible_to(scope)
        .filter(tier_rank__isnull=False)
        .values_list("trailing_revenue", "tier_rank", "pk")
        .query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH own(revenue, rank, id) AS ({rows}),
                 grouped AS (SELECT revenue, rank,
                                    ntile(%s) OVER (ORDER BY revenue DESC, id DESC) AS number
                               FROM own)
            SELECT number, count(*), sum(greatest(revenue, 0)), min(rank),
                   NULL::date, NULL::date, NULL
              FROM grouped GROUP BY number, rank
             UNION ALL
            SELECT NULL, count(*), NULL, NULL, below_since, earned_since, reason
              FROM own JOIN tiering_standing standing ON standing.customer_id = own.id
             WHERE below_since IS NOT NULL GROUP BY below_since, earned_since, reason
             ORDER BY 1, 4
            """,
            [*params, MOST_GROUPS],
        )
        found = cursor.fetchall()
    groups = tuple(Group(*row[1:4]) for row in found if row[0] is not None)
    return groups, tuple((*row[4:], row[1]) for row in found if row[0] is None)


@lru_cache(maxsize=64)
def drawn(groups: tuple[Group, ...]) -> Concentration | None:
    """None where nobody has revenue. Drawn once for these groups: those of the firm stay the same
    from one run to the next.
    """
    chart = pareto(groups, height=CHART_HEIGHT)
    if chart is None:
        return None
    return Concentration(
        chart=chart,
        steps=tuple(steps(groups)),
        herfindahl=herfindahl(groups),
        is_grouped=any(group.customers > 1 for group in groups),
    )


def steps(groups: Sequence[Group]) -> list[Step]:
    """The largest one, and the largest 1, 5, 10, 20 and 50 per cent of the customers."""
    customers = sum(group.customers for group in groups)
    counts = sorted({1, *(max(round(customers * part), 1) for part in STEPS)})
    return [
        Step(
            customers=count,
            part=Decimal(100 * count) / customers,
            share=100 * share_of_top(groups, count),
        )
        for count in counts
        if count <= customers
    ]


def herfindahl(groups: Sequence[Group]) -> int:
    """The sum of the squared shares in per cent: 10,000 is one customer alone, 0 very many."""
    total = float(sum(group.revenue for group in groups))
    if not total:
        return 0
    return round(
        sum(g.customers * (100 * float(g.revenue) / g.customers / total) ** 2 for g in groups)
    )
