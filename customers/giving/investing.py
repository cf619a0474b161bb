"""Investments as pages show them: what was used of the cap, what waits for its verdict."""

import datetime
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from customers.models import Activity, Customer, Investment
from firm.scope import Scope

USED = Coalesce(
    Subquery(
        Activity.objects.live()
        .filter(investment=OuterRef("pk"))
        .order_by()
        .values("investment")
        .annotate(minutes=Sum("minutes"))
        .values("minutes")
    ),
    0,
)


@dataclass(frozen=True)
class Usage:
    """Minutes logged on an investment against its cap."""

    used: int
    cap: int

    @property
    def left(self) -> int:
        return max(self.cap - self.used, 0)

    @property
    def beyond(self) -> int:
        return max(self.used - self.cap, 0)

    @property
    def share(self) -> float:
        """Per cent, at most 100."""
        return min(100 * self.used / self.cap, 100)


@dataclass(frozen=True)
class Shown:
    """`investment` with what was used of it, on the day `on`."""

    investment: Investment
    on: datetime.date

    @property
    def usage(self) -> Usage:
        used: int = self.investment.used_minutes  # type: ignore[attr-defined]
        return Usage(used, self.investment.cap_minutes)

    @property
    def is_open(self) -> bool:
        return self.investment.state == Investment.State.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.investment.review_on < self.on


def investments_of(customer: Customer, *, on: datetime.date) -> list[Shown]:
    """The open ones first, by their review; then the latest verdicts."""
    rows = _read(customer.investments.all())
    shown = [Shown(row, on) for row in rows.order_by("review_on", "pk")]
    judged = [one for one in shown if not one.is_open]
    judged.sort(
        key=lambda one: one.investment.decided_at or one.investment.created_at, reverse=True
    )
    return [one for one in shown if one.is_open] + judged


def open_of(scope: Scope) -> QuerySet[Investment]:
    """Of all customers whose file the reader has."""
    theirs = Customer.objects.visible_to(scope)
    return _read(Investment.objects.open().filter(customer__in=theirs))


def _read(rows: QuerySet[Investment]) -> QuerySet[Investment]:
    return rows.select_related("customer", "owner", "decided_by").annotate(used_minutes=USED)
