"""How far the revenue hangs on few customers: tenths, the largest ones, and the HHI.

Counted are the customers whose revenue the reader may see and who brought any in the window of
the last evaluation; the others bring nothing to compare. Places go by descending revenue.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThanOrEqual,
    TupleLessThanOrEqual,
)

from customers.models import CustomerSnapshot
from customers.models.customer import SnapshotQuerySet
from firm.charts import Group
from firm.scope import Scope
from tiering.chips import Chip
from tiering.models import TierRule
from tiering.overview import MOST_GROUPS, Overview, in_reach

TENTHS = 10
# The largest customer, and the largest so many per cent of the customers, rounded half up.
TOPS = (1, 5, 10, 20, 50)

_BY_TIER = """
SELECT rank, count(*), count(*) FILTER (WHERE revenue > 0), sum(greatest(revenue, 0)),
       sum(greatest(revenue, 0) * greatest(revenue, 0))
  FROM ({rows}) reached(revenue, rank, id) GROUP BY rank
"""

_PLACES = """
SELECT place, id, revenue, rank, running
  FROM (SELECT id, revenue, rank, row_number() OVER place_of AS place,
               sum(revenue) OVER place_of AS running
          FROM ({rows}) reached(revenue, rank, id)
        WINDOW place_of AS (ORDER BY revenue DESC, id DESC ROWS UNBOUNDED PRECEDING)) placed
 WHERE place = ANY(%s) ORDER BY place
"""


@dataclass(frozen=True)
class Place:
    """The customer at a place; `running` is the revenue of all up to it."""

    number: int
    customer: int
    revenue: Decimal
    rank: int
    running: Decimal


@dataclass(frozen=True)
class Stretch:
    """The customers from place `first` to `last`. Shares are of the revenue in reach and `part`
    of the customers with revenue, in per cent; `lowest` is the revenue of the last one.
    """

    first: int
    last: int
    part: Decimal
    revenue: Decimal
    share: Decimal
    running: Decimal
    lowest: Decimal

    @property
    def customers(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class TierFigures:
    """Evaluated customers of one tier, those without revenue among them."""

    customers: int = 0
    revenue: Decimal = Decimal(0)


@dataclass(frozen=True)
class TierShare:
    """One tier beside those above it, in per cent of the revenue in reach; None without any."""

    rule: TierRule
    chip: Chip
    customers: int
    revenue: Decimal
    share: Decimal | None
    running: Decimal | None


@dataclass(frozen=True)
class Concentration:
    """`customers` have revenue, `without` have none. `hhi` is the sum of the squared shares in
    per cent, 10,000 for one customer alone; None where there is no revenue.
    """

    customers: int
    without: int
    total: Decimal
    hhi: Decimal | None
    tenths: list[Stretch]
    tops: list[Stretch]
    groups: list[Group]
    tiers: dict[int, TierFigures]

    @property
    def equals(self) -> Decimal | None:
        """So many customers of one size would give the same index."""
        return 10_000 / self.hhi if self.hhi else None

    @property
    def is_grouped(self) -> bool:
        return self.customers > MOST_GROUPS

    @property
    def largest(self) -> Stretch | None:
        return self.tops[0] if self.tops else None

    @property
    def top_fifth(self) -> Stretch | None:
        last = _part_of(self.customers, 20)
        return next((top for top in self.tops if top.last == last), None)


def evaluated_in_reach(scope: Scope) -> SnapshotQuerySet:
    return in_reach(scope).filter(tier_rank__isnull=False)


def concentration(scope: Scope) -> Concentration:
    found = _query(_BY_TIER, evaluated_in_reach(scope))
    tiers = {
        rank: TierFigures(customers=every, revenue=revenue)
        for rank, every, _some, revenue, _ in found
    }
    customers = sum(some for _rank, _every, some, _revenue, _ in found)
    total = sum((revenue for *_, revenue, _ in found), Decimal(0))
    squares = sum((squares for *_, squares in found), Decimal(0))
    cuts = {
        "tenths": _even(customers, TENTHS),
        "groups": _even(customers, MOST_GROUPS),
        "tops": sorted({1, *(_part_of(customers, part) for part in TOPS)}) if customers else [],
    }
    places = {
        place.number: place for place in _places(scope, [n for c in cuts.values() for n in c])
    }
    return Concentration(
        customers=customers,
        without=sum(figures.customers for figures in tiers.values()) - customers,
        total=total,
        hhi=10_000 * squares / total**2 if total else None,
        tenths=[
            _stretch(start, end, places, customers, total)
            for start, end in pairwise([0, *cuts["tenths"]])
        ],
        tops=[_stretch(0, end, places, customers, total) for end in cuts["tops"]],
        groups=[
            Group(end - start, _sum(start, end, places), places[end].rank)
            for start, end in pairwise([0, *cuts["groups"]])
        ],
        tiers=tiers,
    )


def tier_shares(report: Concentration, overview: Overview) -> list[TierShare]:
    """From the top; the running share says where the tiers cut the curve."""
    shares, running = [], Decimal(0)
    for card in overview.cards:
        held = report.tiers.get(card.rule.rank, TierFigures())
        running += held.revenue
        shares.append(
            TierShare(
                rule=card.rule,
                chip=card.chip,
                customers=held.customers,
                revenue=held.revenue,
                share=100 * held.revenue / report.total if report.total else None,
                running=100 * running / report.total if report.total else None,
            )
        )
    return shares


def customers_at(scope: Scope, first: int, last: int) -> SnapshotQuerySet:
    """The customers from one place to another whose file the reader has; none where there is no
    such place.
    """
    ends = _places(scope, [first, last])
    if not ends:
        return CustomerSnapshot.objects.none()
    key = Tuple("trailing_revenue", "pk")
    return (
        _with_revenue(scope)
        .visible_to(scope)
        .filter(
            TupleLessThanOrEqual(key, (ends[0].revenue, ends[0].customer)),
            TupleGreaterThanOrEqual(key, (ends[-1].revenue, ends[-1].customer)),
        )
    )


def _with_revenue(scope: Scope) -> SnapshotQuerySet:
    return evaluated_in_reach(scope).filter(trailing_revenue__gt=0)


def _places(scope: Scope, numbers: list[int]) -> list[Place]:
    rows = _query(_PLACES, _with_revenue(scope), sorted(set(numbers)))
    return [Place(*row) for row in rows]


def _query(sql: str, rows: SnapshotQuerySet, *params: Any) -> list[tuple[Any, ...]]:
    if rows.query.is_empty():
        return []
    inner, inner_params = rows.values_list(
        "trailing_revenue", "tier_rank", "pk"
    ).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql.format(rows=inner), [*inner_params, *params])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _even(customers: int, parts: int) -> list[int]:
    """The last places of so many parts; the first ones have one customer more where it does not
    come out even, as SQL's ntile has it.
    """
    size, rest = divmod(customers, parts)
    ends = [size * n + min(n, rest) for n in range(1, parts + 1)]
    return sorted(set(ends) - {0})


def _part_of(customers: int, percent: int) -> int:
    return max((customers * percent + 50) // 100, 1)


def _sum(start: int, end: int, places: dict[int, Place]) -> Decimal:
    """The revenue behind place `start` up to `end`; 0 is before the first."""
    return places[end].running - (places[start].running if start else Decimal(0))


def _stretch(
    start: int, end: int, places: dict[int, Place], customers: int, total: Decimal
) -> Stretch:
    revenue = _sum(start, end, places)
    return Stretch(
        first=start + 1,
        last=end,
        part=Decimal(100 * (end - start)) / customers,
        revenue=revenue,
        share=100 * revenue / total,
        running=100 * places[end].running / total,
        lowest=places[end].revenue,
    )
