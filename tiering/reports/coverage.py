"""Segment coverage: active customers with a tier from complete inputs ÷ active customers.

Each customer who is not covered counts under one gap, the first that applies. What the inputs
are is said here alone: a further one, such as a contract, is one more line of GAPS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q

from customers.models import RevenueEntry
from customers.models.customer import SnapshotQuerySet
from firm.scope import Scope
from tiering.overview import in_reach


class Line(StrEnum):
    """A number of the report; each opens its rows."""

    ACTIVE = "active"
    COVERED = "covered"
    NOT_EVALUATED = "not_evaluated"
    NO_REVENUE = "no_revenue"
    NO_OWNER = "no_owner"
    NO_BACKUP = "no_backup"


def _has_entries() -> Exists:
    return Exists(RevenueEntry.objects.live().filter(customer=OuterRef("pk")))


GAPS: dict[Line, Callable[[], Q]] = {
    Line.NOT_EVALUATED: lambda: Q(tier_rank__isnull=True),
    Line.NO_REVENUE: lambda: ~Q(_has_entries()),
}
# Not needed for a tier, but for looking after the customer; they overlap with the gaps.
QUALITY: dict[Line, Callable[[], Q]] = {
    Line.NO_OWNER: lambda: Q(owner__isnull=True),
    Line.NO_BACKUP: lambda: Q(backup__isnull=True),
}
# Who is in these lines says something of a customer's revenue, so their rows need the file; the
# others say what every card says.
NEEDING_FILE = {Line.COVERED, Line.NO_REVENUE}


@dataclass(frozen=True)
class Coverage:
    """Customers by line; `rate` in per cent, None where no customer is active."""

    counts: dict[Line, int]

    @property
    def active(self) -> int:
        return self.counts[Line.ACTIVE]

    @property
    def covered(self) -> int:
        return self.counts[Line.COVERED]

    @property
    def rate(self) -> Decimal | None:
        return self.part(Line.COVERED)

    def part(self, line: Line) -> Decimal | None:
        return Decimal(100 * self.counts[line]) / self.active if self.active else None


def coverage(scope: Scope) -> Coverage:
    counted = (
        in_reach(scope)
        .active()
        .aggregate(**{line.value: Count("pk", filter=_condition(line)) for line in Line})
    )
    return Coverage(counts={line: counted[line.value] for line in Line})


def rows_of(scope: Scope, line: Line) -> SnapshotQuerySet:
    """The customers of a line whose names this reader may see in it."""
    rows = in_reach(scope).active().filter(_condition(line))
    return rows.visible_to(scope) if line in NEEDING_FILE else rows


def _condition(line: Line) -> Q:
    if line in QUALITY:
        return QUALITY[line]()
    condition = Q(pk__isnull=False)
    if line is Line.ACTIVE:
        return condition
    for gap, applies in GAPS.items():
        if gap is line:
            return condition & applies()
        condition &= ~applies()
    return condition
