"""What is stored with an evaluation, so that no page has to count a million rows."""

from decimal import Decimal
from typing import Any

from django.db.backends.utils import CursorWrapper

from tiering.engine.bounds import Ladder
from tiering.engine.facts import BUCKET_OF
from tiering.models.standing import Reason

GROUPS = 120  # steps of the concentration curve
SUMS = ("customers", "entries", "cost", "total")

_PER_TIER = """
SELECT earned_tier_id, reason, count(*), sum(trailing_revenue), sum(cost_to_serve)
  FROM {fold} GROUP BY earned_tier_id, reason
"""

# One scan: the customers without revenue are the row whose bucket is NULL.
_BUCKETS = f"""
SELECT CASE WHEN revenue > 0 THEN {BUCKET_OF} END AS bucket,
       count(*), sum(revenue), sum(entries), sum(cost)
  FROM facts GROUP BY 1 ORDER BY 1 DESC NULLS LAST
"""


def totals(cursor: CursorWrapper) -> dict[str, Any]:
    """Sums over the facts; `total` is of the positive revenues."""
    cursor.execute(_BUCKETS)
    buckets = cursor.fetchall()
    positive = [(count, revenue) for bucket, count, revenue, _, _ in buckets if bucket is not None]
    return {
        "customers": sum(count for _, count, _, _, _ in buckets),
        "entries": int(sum(entries for _, _, _, entries, _ in buckets)),
        "cost": _text(sum((cost for _, _, _, _, cost in buckets), Decimal())),
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
