"""Work outside the effective support hours: per entry as it is, per customer and day as it counts.

The support hours of a day are those of the contract in force, else the firm's; of several
contracts the ones that include the most of the work. A customer's day with at most TOLERANCE
minutes outside counts as none, above it all of them count. Only our own work and contacts from
our side count: when a customer reaches out is not ours to decide.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from customers.consumption.counting import ASKED, COUNTS_ELSEWHERE, TERMS, in_force, parameters
from firm.business_sql import divided, divided_by
from firm.business_time import pieces
from firm.dates import firm_zone

TOLERANCE = 15

# The calendars a slice is held against: each contract's with support hours of its own or the
# firm's, and the firm's where no contract says anything.
SUPPORT_CALENDARS = f"""(
    SELECT coalesce(t.calendar_id, (SELECT id FROM firm_workcalendar WHERE is_firms)) AS id
    FROM {TERMS}
    WHERE c.customer_id = s.customer_id AND t.kind = 'support_hours' AND {in_force("r", "s.day")}
    UNION
    SELECT w.id FROM firm_workcalendar w
    WHERE w.is_firms AND NOT EXISTS (
        SELECT FROM {TERMS}
        WHERE c.customer_id = s.customer_id AND t.kind = 'support_hours'
          AND {in_force("r", "s.day")}))"""

# A row `(inside, outside, holiday)` for each slice `s` that has a time of day.
EFFECTIVE = f"""LATERAL (
    SELECT h.inside, h.outside, h.holiday
    FROM {SUPPORT_CALENDARS} AS k CROSS JOIN {divided("s", "k.id")} AS h
    ORDER BY h.inside DESC, h.holiday, k.id LIMIT 1
)"""

OURS = "NOT (a.kind = 'contact' AND a.direction = 'in')"


@dataclass(frozen=True)
class OutsideDay:
    """A customer's day, in minutes; `outside` and `holiday` are 0 within the tolerance."""

    customer_id: int
    day: datetime.date
    outside: int
    holiday: int


@dataclass(frozen=True)
class Divided:
    """The minutes of one piece of work."""

    inside: int
    outside: int
    holiday: int

    @property
    def beyond(self) -> int:
        return self.outside + self.holiday

    @property
    def is_beyond(self) -> bool:
        """Whether it would count, were it the only work of its day."""
        return self.beyond > TOLERANCE


def divided_if(customer_id: int, *, start: datetime.datetime, minutes: int) -> Divided | None:
    """How work from then on would divide; None where no calendar tells the days."""
    end = start + datetime.timedelta(minutes=minutes)
    cut = list(pieces(start, end, firm_zone()))
    values: dict[str, Any] = {
        "customer": customer_id,
        "days": [piece.day for piece in cut],
        "starts": [piece.start_minute for piece in cut],
        "minutes": [piece.minutes for piece in cut],
    }
    with connection.cursor() as cursor:
        cursor.execute(_DIVIDED_IF, values)
        (row,) = cursor.fetchall()
    return None if row[0] is None else Divided(*row)


def divided_of(entries: Collection[int]) -> dict[int, Divided]:
    """How entries divide, by their id; those without a time of day are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_DIVIDED, {"entries": list(entries)})
        return {pk: Divided(*row) for pk, *row in cursor.fetchall()}


def outside_hours(
    customers: Collection[int] | None,
    *,
    since: datetime.date,
    until: datetime.date,
    tolerance: int = TOLERANCE,
) -> list[OutsideDay]:
    """The days of `[since, until)` on which something counts, by customer and day."""
    with connection.cursor() as cursor:
        values = parameters(customers, since=since, until=until, tolerance=tolerance)
        cursor.execute(_OUTSIDE_DAYS, values)
        return [OutsideDay(*row) for row in cursor.fetchall()]


def outside_slices(since: str, until: str) -> str:
    """Our own work of the days of customers `asked`: a row a slice, with what of it lies outside
    the support hours or on a holiday, on days on which that is more than %(tolerance)s.

    The same as EFFECTIVE for many slices at once: which calendars each is held against, then each
    kind of slice divided once.
    """
    return f"""
SELECT * FROM (
    WITH firms AS (SELECT id FROM firm_workcalendar WHERE is_firms), worked AS MATERIALIZED (
        SELECT s.id, s.customer_id, s.day, s.start_minute, s.minutes, s.cost, s.activity_id
        FROM asked
        JOIN customers_activityslice s ON s.customer_id = asked.id
                                      AND s.day >= {since} AND s.day < {until}
        -- Its entry is of the same day or of the one before: so that not all need be read.
        JOIN customers_activity a ON a.id = s.activity_id
                                 AND a.day >= {since}::date - 1 AND a.day < {until}
        WHERE s.start_minute IS NOT NULL AND {COUNTS_ELSEWHERE} AND {OURS}
    ), agreed AS MATERIALIZED (
        SELECT DISTINCT w.id, coalesce(t.calendar_id, firms.id) AS calendar
        FROM worked w
        JOIN customers_contract c ON c.customer_id = w.customer_id
        JOIN customers_contractrevision r ON r.contract_id = c.id AND {in_force("r", "w.day")}
        JOIN customers_scopeterm t ON t.revision_id = r.id AND t.kind = 'support_hours'
        CROSS JOIN firms
    ), held AS MATERIALIZED (
        SELECT w.*, coalesce(agreed.calendar, firms.id) AS calendar
        FROM worked w LEFT JOIN agreed USING (id) CROSS JOIN firms
    ), effective AS (
        SELECT DISTINCT ON (held.id) held.*, h.outside, h.holiday
        FROM held
        JOIN {divided_by("SELECT calendar, day, start_minute, minutes FROM held")} AS h
             USING (calendar, day, start_minute, minutes)
        ORDER BY held.id, h.inside DESC, h.holiday, held.calendar
    )
    SELECT customer_id, day, activity_id, minutes, cost, outside, holiday,
           sum(outside + holiday) OVER (PARTITION BY customer_id, day) AS of_day
    FROM effective
) AS worked
WHERE of_day > %(tolerance)s"""


_OUTSIDE_DAYS = f"""
WITH {ASKED}
SELECT customer_id, day, sum(outside)::int, sum(holiday)::int
FROM ({outside_slices("%(since)s", "%(until)s")}) AS slices
GROUP BY customer_id, day
ORDER BY customer_id, day
"""

_DIVIDED = f"""
SELECT s.activity_id, sum(h.inside)::int, sum(h.outside)::int, sum(h.holiday)::int
FROM customers_activityslice s CROSS JOIN {EFFECTIVE} AS h
WHERE s.activity_id = ANY(%(entries)s::bigint[]) AND s.start_minute IS NOT NULL
GROUP BY s.activity_id
"""

_DIVIDED_IF = f"""
SELECT sum(h.inside)::int, sum(h.outside)::int, sum(h.holiday)::int
FROM (
    SELECT %(customer)s::bigint AS customer_id, day, start_minute, minutes
    FROM unnest(%(days)s::date[], %(starts)s::int[], %(minutes)s::int[])
         AS piece(day, start_minute, minutes)
) AS s CROSS JOIN {EFFECTIVE} AS h
"""
