"""A customer's revenue by month, and the chart of it."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Sum, TextField
from django.db.models.functions import Cast, JSONObject, TruncMonth

from customers.models.revenue import MONTHS_OF_FILE, RevenueEntry
from firm import charts, formats
from firm.charts import Bar, Scale
from firm.dates import add_months, first_of_month

HEIGHT = 140


@dataclass(frozen=True)
class Month:
    first: datetime.date
    amount: Decimal


@dataclass(frozen=True)
class RevenueChart:
    """Whole months as bars; `current` is the month that is not over, `last_year` the sum of the
    twelve months before the last twelve.
    """

    months: list[tuple[Month, Bar]]
    scale: Scale
    last_twelve: Decimal
    year_before: Decimal
    current: Decimal
    highest: Month

    @property
    def growth(self) -> str:
        """+3.5%; empty where the year before had no revenue."""
        if self.year_before <= 0:
            return ""
        change = 100 * (self.last_twelve - self.year_before) / self.year_before
        return f"{change:+.1f}%".replace("-", formats.MINUS)


def months_read(*, today: datetime.date) -> ArraySubquery:
    """The same months, to be read with the customers of a query; `by_month` reads them."""
    start = add_months(first_of_month(today), -MONTHS_OF_FILE)
    rows = (
        RevenueEntry.objects.live()
        .filter(customer=OuterRef("pk"), date__gte=start, date__lte=today)
        .annotate(month=TruncMonth("date"))
        .order_by()
        .values("month")
        .annotate(total=Sum("amount"))
    )
    return ArraySubquery(
        rows.values(json=JSONObject(month="month", total=Cast("total", TextField())))
    )


def by_month(rows: list[dict[str, str]]) -> dict[datetime.date, Decimal]:
    return {
        datetime.date.fromisoformat(row["month"][:10]): Decimal(row["total"])
        for row in sorted(rows, key=lambda row: row["month"])
    }


def chart_of(
    amounts: dict[datetime.date, Decimal], *, until: datetime.date, months: int = 24
) -> RevenueChart | None:
    """The `months` before `until`, a month's first. None where nothing was ever sold."""
    if not amounts:
        return None
    firsts = [add_months(until, index - months) for index in range(months)]
    series = [Month(first, amounts.get(first, Decimal(0))) for first in firsts]
    values = [month.amount for month in series]
    on = charts.scale(values, height=HEIGHT)
    return RevenueChart(
        months=list(zip(series, charts.bars(values, on), strict=True)),
        scale=on,
        last_twelve=sum(values[-12:], Decimal(0)),
        year_before=sum(values[-24:-12], Decimal(0)),
        current=amounts.get(until, Decimal(0)),
        highest=max(series, key=lambda month: month.amount),
    )
