"""What serving one customer brings: margin of the last twelve months, by month, and an estimate of
what it will bring as long as it stays.

Margin = revenue - direct expenses - cost of time; the direct cost of time is pay, the loaded one
carries the overhead. Revenue and expenses are from the ledger as it stands, all entries in full.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from customers.models import ActivitySlice, Customer, CustomerSnapshot, RevenueEntry
from firm.dates import add_months

MONTHS = 12
LONGEST_YEARS = 7
CHURN_YEARS = 2


@dataclass(frozen=True)
class Profit:
    """Sums of one month, or of several. Minutes None: no work is recorded; `loaded` None: there
    is work whose loaded cost is not known.
    """

    revenue: Decimal
    expenses: Decimal
    minutes: int | None
    direct: Decimal
    loaded: Decimal | None

    @property
    def hours(self) -> Decimal | None:
        return None if self.minutes is None else Decimal(self.minutes) / 60

    @property
    def margin(self) -> Decimal | None:
        """After the direct cost of time; None where no work is recorded."""
        return None if self.minutes is None else self.revenue - self.expenses - self.direct

    @property
    def loaded_margin(self) -> Decimal | None:
        if self.minutes is None or self.loaded is None:
            return None
        return self.revenue - self.expenses - self.loaded

    @property
    def margin_rate(self) -> Decimal | None:
        """In per cent of the revenue."""
        if self.margin is None or self.revenue <= 0:
            return None
        return 100 * self.margin / self.revenue


@dataclass(frozen=True)
class Lifetime:
    """Mean annual loaded margin x years; `years` is 1 ÷ churn, at most seven.

    `churn` is of the tier, a year, in per cent: `ended` customers of it in two years, halved, of
    those and the `staying` ones.
    """

    margin: Decimal
    staying: int
    ended: int

    @property
    def churn(self) -> Decimal | None:
        customers = self.staying + self.ended
        return Decimal(100 * self.ended) / CHURN_YEARS / customers if customers else None

    @property
    def years(self) -> Decimal:
        if not self.churn:
            return Decimal(LONGEST_YEARS)
        return min(100 / self.churn, Decimal(LONGEST_YEARS))

    @property
    def value(self) -> Decimal:
        return self.margin * self.years


@dataclass(frozen=True)
class CustomerProfit:
    """Whole months, the oldest first: two years of them."""

    months: list[tuple[datetime.date, Profit]]
    lifetime: Lifetime | None

    @property
    def year(self) -> Profit:
        return _together([profit for _month, profit in self.months[-MONTHS:]])

    @property
    def year_before(self) -> Profit:
        return _together([profit for _month, profit in self.months[:-MONTHS]])

    @property
    def has_work(self) -> bool:
        return any(profit.minutes is not None for _month, profit in self.months)

    @property
    def is_unprofitable(self) -> bool:
        margin = self.year.margin
        return margin is not None and margin < 0


def profit_of(customer: Customer, *, until: datetime.date) -> CustomerProfit:
    """The 24 months before `until`, the first day of a month."""
    start = add_months(until, -2 * MONTHS)
    sold = _by_month(
        RevenueEntry.objects.live().filter(customer=customer, date__gte=start, date__lt=until),
        "date",
        revenue=Sum("amount"),
        expenses=Sum("cost"),
    )
    worked = _by_month(
        ActivitySlice.objects.filter(customer=customer, day__gte=start, day__lt=until),
        "day",
        minutes=Sum("minutes"),
        direct=Sum("cost"),
        loaded=Sum("loaded_cost"),
        unknown=Count("pk", filter=Q(loaded_cost__isnull=True)),
    )
    months = [add_months(start, number) for number in range(2 * MONTHS)]
    found = [(month, _profit(sold.get(month, {}), worked.get(month))) for month in months]
    return CustomerProfit(found, _lifetime(customer, found, until=until))


def _by_month(rows: QuerySet[Any], column: str, **sums: Any) -> dict[datetime.date, dict[str, Any]]:
    grouped = rows.annotate(month=TruncMonth(column)).values("month").annotate(**sums)
    return {row["month"]: row for row in grouped.order_by("month")}


def _profit(sold: dict[str, Any], worked: dict[str, Any] | None) -> Profit:
    work = worked or {}
    return Profit(
        revenue=sold.get("revenue") or Decimal(0),
        expenses=sold.get("expenses") or Decimal(0),
        minutes=None if worked is None else int(work["minutes"]),
        direct=Decimal(work.get("direct") or 0),
        loaded=None if work.get("unknown") else Decimal(work.get("loaded") or 0),
    )


def _together(parts: Sequence[Profit]) -> Profit:
    minutes = [part.minutes for part in parts if part.minutes is not None]
    loaded = [part.loaded for part in parts]
    return Profit(
        revenue=sum((part.revenue for part in parts), Decimal(0)),
        expenses=sum((part.expenses for part in parts), Decimal(0)),
        minutes=sum(minutes) if minutes else None,
        direct=sum((part.direct for part in parts), Decimal(0)),
        loaded=None if None in loaded else sum((one for one in loaded if one), Decimal(0)),
    )


def _lifetime(
    customer: Customer, months: list[tuple[datetime.date, Profit]], *, until: datetime.date
) -> Lifetime | None:
    """None without a loaded margin of at least a year, and for a customer that has no tier."""
    rank = customer.snapshot.earned_rank
    began = next((index for index, (_, one) in enumerate(months) if one.minutes is not None), None)
    if rank is None or began is None or len(months) - began < MONTHS:
        return None
    known = [profit for _month, profit in months[began:]]
    margin = _together(known).loaded_margin
    if margin is None:
        return None
    same = CustomerSnapshot.objects.filter(earned_rank=rank)
    since = add_months(until, -CHURN_YEARS * 12)
    counts = same.aggregate(
        staying=Count("pk", filter=Q(status=Customer.Status.ACTIVE)),
        ended=Count("pk", filter=Q(customer__ended_on__gte=since, customer__ended_on__lt=until)),
    )
    return Lifetime(margin * 12 / len(known), **counts)
