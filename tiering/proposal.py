"""Thresholds proposed from the firm's own revenue: where the largest customers have so many per
cent of the total, rounded down to an amount that people can remember.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

KEPT = Decimal("0.9")  # of the entry threshold
SHARE_KEPT = 3  # percentage points beyond the share to enter
# Per cent of the revenue down to which the tiers above the lowest go, by their number.
SHARES: dict[int, tuple[int, ...]] = {
    1: (80,),
    2: (60, 90),
    3: (50, 80, 95),
    4: (40, 65, 85, 95),
}

# Of the customers evaluated last, the largest first: the revenue of the one who crosses each line.
_CUTS = """
WITH ranked AS (
    SELECT trailing_revenue AS revenue,
           sum(trailing_revenue) OVER (ORDER BY trailing_revenue DESC) AS running,
           sum(trailing_revenue) OVER () AS total
      FROM customers_customersnapshot
     WHERE tier_rank IS NOT NULL AND trailing_revenue > 0
)
SELECT line, max(revenue) FILTER (WHERE running >= total * line / 100)
  FROM ranked, unnest(%s::numeric[]) AS line
 GROUP BY line ORDER BY line
"""

_HELD = """
SELECT bound, (SELECT count(*) FROM customers_customersnapshot
                WHERE tier_rank IS NOT NULL AND trailing_revenue >= bound)
  FROM unnest(%s::numeric[]) AS bound ORDER BY bound DESC
"""


@dataclass(frozen=True)
class Cut:
    """`customers` would be in this tier by the criteria alone; `share` is the line it rests on."""

    share: int
    enter: Decimal
    keep: Decimal
    customers: int


def lines(tiers: int) -> tuple[int, ...]:
    """The shares in per cent for so many tiers above the lowest."""
    return SHARES.get(tiers) or tuple(100 * step // (tiers + 1) for step in range(1, tiers + 1))


def cuts(tiers: int) -> list[Cut]:
    """One for each of so many tiers above the lowest, from the top; empty where no customer has
    been evaluated with revenue, or too few for so many tiers.
    """
    shares = lines(tiers)
    with connection.cursor() as cursor:
        cursor.execute(_CUTS, [list(shares)])
        bounds = [round_down(revenue) for _line, revenue in cursor.fetchall()]
        if len(set(bounds)) < tiers:
            return []
        cursor.execute(_HELD, [bounds])
        held = [count for _bound, count in cursor.fetchall()]
    above = [0, *held]
    return [
        Cut(share, bound, round_down(bound * KEPT), held[at] - above[at])
        for at, (share, bound) in enumerate(zip(shares, bounds, strict=True))
    ]


def round_down(amount: Decimal) -> Decimal:
    """To two significant digits, 2,849,300 is 2,800,000; under 100 to the whole unit above 0."""
    whole = max(int(amount), 1)
    step = 10 ** max(len(str(whole)) - 2, 0)
    return Decimal(whole // step * step)
