"""What an import does to its source, in all and month by month: sums of whatever its kind
measures, amounts or minutes, as text.
"""

import datetime
from collections import defaultdict
from decimal import Decimal
from typing import Any

from customers.imports.work import rows
from firm.dates import add_months, first_of_month
from firm.models import ClosedMonth


def sums(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Of rows with `lines`, `before` and, where something follows, `after`."""
    return {
        "lines": sum(part["lines"] for part in parts),
        "before": str(sum((part["before"] or 0 for part in parts), Decimal())),
        "after": str(sum((part.get("after") or 0 for part in parts), Decimal())),
    }


def months(
    totals: str, fates: list[dict[str, Any]], vanished: list[dict[str, Any]], *, source: str
) -> list[dict[str, Any]]:
    """The source's total before and after, of the months that the import touches.

    `fates` have the `date` and `live_date` of what is the same before and after besides their
    sums; `totals` selects (month, before) of the source from %(start)s to before %(end)s.
    """
    change = _changes(fates, vanished)
    if not change:
        return []
    span = {"start": min(change), "end": add_months(max(change), 1)}
    before = {row["month"]: row["before"] for row in rows(totals, source=source, **span)}
    closed = set(
        ClosedMonth.objects.filter(month__in=change, reopened_at=None).values_list(
            "month", flat=True
        )
    )
    return [
        {
            "month": month.isoformat(),
            "before": str(before.get(month, 0)),
            "after": str(before.get(month, 0) + change[month]),
            "closed": month in closed,
        }
        for month in sorted(change)
    ]


def _changes(
    fates: list[dict[str, Any]], vanished: list[dict[str, Any]]
) -> dict[datetime.date, Decimal]:
    """By the first day of each month touched, also where its sum stays the same."""
    change: dict[datetime.date, Decimal] = defaultdict(Decimal)
    for row in fates + vanished:
        if row.get("fate") in ("unchanged", "kept"):
            continue
        if row.get("after") is not None:
            change[first_of_month(row["date"])] += row["after"]
        if row["before"] is not None:
            change[first_of_month(row.get("live_date") or row["date"])] -= row["before"]
    return change
