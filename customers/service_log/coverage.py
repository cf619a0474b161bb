"""Logging coverage: of the active customers' weeks, how many have an entry or a confirmed nothing.

Figures drawn from the log are worth as much as this says. It is about customers, never about one
person: a department whose customers fewer than three people look after has no share of its own.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from firm.business_sql import begins
from firm.scope import FEWEST_PEOPLE

WEEKS = 8
FINE, POOR = Decimal("0.8"), Decimal("0.5")
A_WEEK = datetime.timedelta(weeks=1)


class State(TextChoices):
    """Without a single entry nothing was logged at all: no figure, and not a bad one either."""

    NO_DATA = "no_data", _("No data")
    FINE = "fine", _("Fine")
    PARTIAL = "partial", _("Incomplete")
    POOR = "poor", _("Poor")


@dataclass(frozen=True)
class Coverage:
    """Of `expected` customer weeks, `covered` have an entry or a confirmed nothing."""

    expected: int
    covered: int

    @property
    def share(self) -> Decimal | None:
        """0 to 1; None where there is nothing to judge by."""
        if self.state == State.NO_DATA:
            return None
        return Decimal(self.covered) / self.expected

    @property
    def per_cent(self) -> Decimal | None:
        return None if self.share is None else self.share * 100

    @property
    def state(self) -> State:
        if not self.covered:
            return State.NO_DATA
        if self.covered >= FINE * self.expected:
            return State.FINE
        return State.POOR if self.covered < POOR * self.expected else State.PARTIAL


@dataclass(frozen=True)
class Section:
    """The customers of a department; those of no department have `department` None. `coverage`
    is None where fewer than three people look after them.
    """

    department: int | None
    customers: int
    coverage: Coverage | None


@dataclass(frozen=True)
class Gap:
    """A customer and its weeks without anything, by their Mondays, ascending."""

    customer: int
    code: str
    name: str
    weeks: list[datetime.date]


def monday_of(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=day.weekday())


def closed_weeks(*, on: datetime.date, count: int = WEEKS) -> list[datetime.date]:
    """The Mondays of the last `count` weeks that were over on this day, ascending."""
    this_week = monday_of(on)
    return [this_week - back * A_WEEK for back in range(count, 0, -1)]


# Nobody's to fill in: weeks in which the firm was closed throughout, and those before a customer's
# first day and after its last.
_TOLD = f"""
WITH weeks AS MATERIALIZED (
    SELECT week FROM unnest(%s::date[]) AS asked (week)
    WHERE NOT EXISTS (
        SELECT FROM firm_workcalendar f
        WHERE f.is_firms AND week >= f.told_since AND week + 7 <= f.told_until
          AND NOT EXISTS (
              SELECT FROM firm_calendarday d
              WHERE d.calendar_id = f.id AND d.day >= week AND d.day < week + 7 AND {begins("d")}))
), expected AS (
    SELECT c.id AS customer, c.department_id AS department, c.owner_id, c.backup_id, w.week
    FROM customers_customer c CROSS JOIN weeks w
    WHERE c.status = 'active' AND c.id IN ({{customers}})
      AND (c.started_on IS NULL OR c.started_on < w.week + 7)
      AND (c.ended_on IS NULL OR c.ended_on >= w.week)
), told AS (
    SELECT expected.*,
           EXISTS (SELECT FROM customers_activity a
                   WHERE a.customer_id = expected.customer AND a.withdrawn_at IS NULL
                     AND a.day >= expected.week AND a.day < expected.week + 7)
           OR EXISTS (SELECT FROM customers_quietweek q
                      WHERE q.customer_id = expected.customer AND q.week = expected.week)
               AS is_covered
    FROM expected
)
"""
_WHOLE = "SELECT count(*), count(*) FILTER (WHERE is_covered) FROM told"
_SECTIONS = """
SELECT department, count(DISTINCT customer), count(*), count(*) FILTER (WHERE is_covered),
       (SELECT count(DISTINCT person)
        FROM told t CROSS JOIN LATERAL (VALUES (t.owner_id), (t.backup_id)) AS p (person)
        WHERE t.department IS NOT DISTINCT FROM told.department)
FROM told GROUP BY department
"""
_GAPS = """
SELECT c.id, c.code, c.name, array_agg(told.week ORDER BY told.week)
FROM told JOIN customers_customer c ON c.id = told.customer
WHERE NOT told.is_covered
GROUP BY c.id ORDER BY count(*) DESC, c.code LIMIT %s
"""


def coverage_of(customers: QuerySet[Customer], *, weeks: Sequence[datetime.date]) -> Coverage:
    """Of these customers, over these weeks by their Mondays."""
    ((expected, covered),) = _asked(customers, weeks, _WHOLE)
    return Coverage(expected, covered)


def coverage_by_section(
    customers: QuerySet[Customer], *, weeks: Sequence[datetime.date]
) -> list[Section]:
    """The same by the customers' departments, in no order."""
    return [
        Section(
            department=department,
            customers=count,
            coverage=Coverage(expected, covered) if people >= FEWEST_PEOPLE else None,
        )
        for department, count, expected, covered, people in _asked(customers, weeks, _SECTIONS)
    ]


def weeks_without(
    customers: QuerySet[Customer], *, weeks: Sequence[datetime.date], most: int = 200
) -> list[Gap]:
    """The customers with weeks of nothing, those with the most first, `most` at most."""
    return [Gap(*row) for row in _asked(customers, weeks, _GAPS, most)]


def _asked(
    customers: QuerySet[Customer], weeks: Sequence[datetime.date], select: str, *more: Any
) -> Iterator[tuple[Any, ...]]:
    try:
        chosen, params = customers.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # Django's word for a set that cannot have anything in it
        chosen, params = "NULL", ()
    with connection.cursor() as cursor:
        cursor.execute(_TOLD.format(customers=chosen) + select, [list(weeks), *params, *more])
        return iter(cursor.fetchall())
