"""What is stored with an evaluation, so that no page has to count a million rows."""

from decimal import Decimal
from typing import Any

from django.db.backends.utils import CursorWrapper

from tiering.engine import facts
from tiering.engine.bounds import Ladder
from tiering.engine.facts import BUCKETS
from tiering.models.standing import Reason

GROUPS = 120  # steps of the concentration curve
SUMS = ("customers", "entries", "cost", "total")

_PER_TIER = """
SELECT earned_tier_id, reason, count(*), sum(trailing_revenue), sum(cost_to_serve)
  FROM {fold} GROUP BY earned_tier_id, reason
"""

_SUMS = f"""
SELECT bucket, customers, revenue, entries, cost
  FROM buckets WHERE bucket <= {BUCKETS} OR bucket IS NULL
 ORDER BY bucket DESC NULLS LAST
"""


def totals(cursor: CursorWrapper) -> dict[str, Any]:
    """Sums over the facts; `total` is of the positive revenues."""
    facts.sum_up(cursor)
    cursor.execute(_SUMS)
    rows = cursor.fetchall()
    positive = [(customers, revenue) for bucket, customers, revenue, *_ in rows if bucket]
    return {
        "customers": sum(customers for _, customers, *_ in rows),
        "entries": int(sum(entries for *_, entries, _ in rows)),
        "cost": _text(sum((cost for *_, cost in rows), Decimal())),
        "total": _text(sum((revenue for _, revenue in positive), Decimal())),
        "concentration": {"groups": _grouped(positive)},
    }


def _grouped(buckets: list[tuple[int, Decimal]]) -> list[list[Any]]:
    """Customers of like revenue from the top: how many, their sum, the rank of the first."""
    size = -(-sum(count for count, _ in buckets) // GROUPS)
    groups: list[list[Any]] = []
    rank = 1
    for count, revenue in buckets:
        if groups and groups[-1][0] + count <= size:
            groups[-1][0] += count
            groups[-1][1] += revenue
        else:
            groups.append([count, revenue, rank])
        rank += count
    return [[count, _text(revenue), first] for count, revenue, first in groups]


def of_tiers(cursor: CursorWrapper, *, fold: str, ladder: Ladder) -> dict[str, Any]:
    """Customers and revenue per tier, and how many moved."""
    tiers: dict[int, dict[str, Any]] = {
        bound.tier: {
            "rank": bound.rank,
            "enter": _text(bound.enter),
            "keep": _text(bound.keep),
            "customers": 0,
            "revenue": Decimal(),
            "cost": Decimal(),
        }
        | ({"asks_more": True} if bound.asks_more else {})
        for bound in ladder.bounds
    }
    reasons = dict.fromkeys(Reason, 0)
    cursor.execute(_PER_TIER.format(fold=fold))
    for tier, reason, customers, revenue, cost in cursor.fetchall():
        reasons[Reason(reason)] += customers
        if tier in tiers:
            tiers[tier]["customers"] += customers
            tiers[tier]["revenue"] += revenue
            tiers[tier]["cost"] += cost
    for figures in tiers.values():
        figures["revenue"], figures["cost"] = _text(figures["revenue"]), _text(figures["cost"])
    return {
        "tiers": {bound.code: tiers[bound.tier] for bound in ladder.bounds},
        "first": reasons[Reason.INITIAL],
        "upgraded": reasons[Reason.UPGRADED],
        "downgraded": reasons[Reason.DOWNGRADED] + reasons[Reason.NONPOSITIVE],
        "grace": reasons[Reason.GRACE],
    }


def same_totals(recorded: dict[str, Any], totals: dict[str, Any]) -> bool:
    """Whether a recorded evaluation came to the same sums over its facts."""
    return all(recorded.get(key) == totals[key] for key in SUMS)


def cuts_of(ladder: Ladder) -> dict[str, str | None]:
    """The entry bounds by tier, for the method under which they move with every night."""
    return {bound.code: _text(bound.enter) for bound in ladder.bounds[:-1]}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
