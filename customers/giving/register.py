"""The register of goodwill work: queries over marked entries of the service log, never copies."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from customers.models import Activity, CustomerSnapshot
from firm import text
from firm.dates import add_months
from firm.scope import Scope

PERIODS = (3, 6, 12, 24)  # months to choose from
USUAL_PERIOD = 6
# 当たり前化: so many of one category in so many months.
EXPECTED_TIMES, EXPECTED_MONTHS = 3, 3


@dataclass(frozen=True)
class Given:
    """Goodwill work summed up; `usual_price` is what it would have cost."""

    count: int = 0
    minutes: int = 0
    usual_price: Decimal = Decimal(0)
    budget_minutes: int = 0  # of them, from the tier's goodwill budget
    unknown: int = 0  # of them, how many the customer does not know of


# Named apart from the columns that they sum up.
_SUMS: dict[str, Any] = {
    "sum_count": Count("pk"),
    "sum_minutes": Sum("minutes", default=0),
    "sum_usual_price": Sum("favor__usual_price", default=Decimal(0)),
    "sum_budget_minutes": Sum("minutes", filter=Q(favor__from_budget=True), default=0),
    "sum_unknown": Count("pk", filter=Q(favor__customer_knows=False)),
}


def _given(row: Mapping[str, Any]) -> Given:
    return Given(**{name.removeprefix("sum_"): row[name] for name in _SUMS})


def marked() -> QuerySet[Activity]:
    """Entries that stand and bear the mark."""
    return Activity.objects.live().filter(favor__isnull=False, favor__withdrawn_at__isnull=True)


def given_to(
    customer_id: int, *, since: datetime.date | None, until: datetime.date, category: str = ""
) -> QuerySet[Activity]:
    """Of one customer in `[since, until]`, from the beginning where `since` is None."""
    rows = marked().filter(customer=customer_id, day__lte=until)
    if since is not None:
        rows = rows.filter(day__gte=since)
    return rows.filter(favor__category=category) if category else rows


def first_day(on: datetime.date, *, months: int) -> datetime.date:
    """Of the months that end with this day."""
    return add_months(on, -months) + datetime.timedelta(days=1)


def sum_of(rows: QuerySet[Activity]) -> Given:
    return _given(rows.aggregate(**_SUMS))


def usually_given(customer_id: int, *, on: datetime.date) -> Given:
    """The sum of the usual six months."""
    return sum_of(given_to(customer_id, since=first_day(on, months=USUAL_PERIOD), until=on))


def by_month(rows: QuerySet[Activity]) -> list[tuple[datetime.date, Given]]:
    """The latest month first; months without any are left out."""
    months = rows.annotate(month=TruncMonth("day")).values("month").order_by("-month")
    return [(row["month"], _given(row)) for row in months.annotate(**_SUMS)]


def categories_of(customer_id: int) -> list[str]:
    """Those used for this customer, to choose from."""
    rows = marked().filter(customer=customer_id).exclude(favor__category="")
    names = rows.order_by("favor__category").values_list("favor__category", flat=True)
    return list(names.distinct())


def becoming_expected(categories: Iterable[str]) -> list[tuple[str, int]]:
    """Of the categories of the last three months' entries those given three times or more, with
    how often, the most frequent first. Another width or case is the same category.
    """
    named = [category for category in categories if category]
    spelling = {text.fold(category): category for category in named}
    counted = Counter(map(text.fold, named)).most_common()
    return [(spelling[folded], times) for folded, times in counted if times >= EXPECTED_TIMES]


def expected_by(customer_id: int, *, on: datetime.date) -> list[tuple[str, int]]:
    """What is becoming expected by this customer on the day."""
    rows = given_to(customer_id, since=first_day(on, months=EXPECTED_MONTHS), until=on)
    return becoming_expected(rows.values_list("favor__category", flat=True))


def customers_given(
    scope: Scope, *, since: datetime.date, until: datetime.date
) -> QuerySet[CustomerSnapshot]:
    """Customers whose file the reader has and who were given something in the period."""
    rows = marked().filter(customer=OuterRef("customer"), day__range=(since, until))
    return CustomerSnapshot.objects.visible_to(scope).filter(Exists(rows))


def sums_of(
    customers: Sequence[int], *, since: datetime.date, until: datetime.date
) -> dict[int, Given]:
    """For the rows of a page, by the customer's id."""
    rows = marked().filter(customer__in=customers, day__range=(since, until))
    sums = rows.order_by().values("customer").annotate(**_SUMS)
    return {row["customer"]: _given(row) for row in sums}


def expected_by_each(
    customers: Sequence[int], *, on: datetime.date
) -> dict[int, list[tuple[str, int]]]:
    """For the rows of a page; customers by whom nothing is becoming expected are left out."""
    since = first_day(on, months=EXPECTED_MONTHS)
    rows = marked().filter(customer__in=customers, day__range=(since, on))
    rows = rows.exclude(favor__category="").order_by("customer")
    pairs = rows.values_list("customer", "favor__category")
    found = {
        customer: becoming_expected(category for _customer, category in group)
        for customer, group in groupby(pairs, key=itemgetter(0))
    }
    return {customer: expected for customer, expected in found.items() if expected}
