"""Slices of logged work: where it lies in the firm's days, and what it cost.

Set-based, for one entry or a million: the firm's days between the first and the last entry go
into the statement as rows, cut by firm.business_time, so SQL needs to know no time zone.

The premiums (firm.models.Premium) are factors for management, by the time at which the person
worked and the firm's own calendar; they are no payroll. An entry without a time of day costs the
plain rate.
"""

import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min, QuerySet

from customers.models import Activity, ActivitySlice
from firm.business_sql import divided_all
from firm.business_time import ONE_DAY, pieces
from firm.dates import firm_zone, start_of_day
from firm.models import Premium

NIGHT_ENDS, NIGHT_BEGINS = 5 * 60, 22 * 60  # on the clock
# The days after its own that the longest entry reaches: 24 hours from 23:59 before a day of 23.
REACH = 2

_STANDARD = ", ".join(f"{share} AS {name}" for name, share in Premium.STANDARD.items())
# Of a slice with a time of day; the others have none that is known.
_NIGHT_MINUTES = f"""CASE WHEN cut.clock_minute IS NULL THEN 0 ELSE
    greatest(0, least({NIGHT_ENDS}, cut.clock_minute + cut.minutes) - cut.clock_minute)
    + greatest(0, cut.clock_minute + cut.minutes - greatest({NIGHT_BEGINS}, cut.clock_minute))
    END"""
_CUT = f"""
WITH piece (entry_day, day, start_minute, clock_minute, starts_at, ends_at) AS (
    SELECT day - later, told.*
    FROM unnest(%s::date[], %s::int[], %s::int[], %s::bigint[], %s::bigint[])
             AS told (day, start_minute, clock_minute, starts_at, ends_at)
    CROSS JOIN generate_series(0, {REACH}) AS later
), rate AS (
    SELECT grade, direct, loaded, valid_from,
           lead(valid_from) OVER (PARTITION BY grade ORDER BY valid_from) AS valid_until
    FROM firm_costrate
), premium AS (
    SELECT *, lead(valid_from) OVER (ORDER BY valid_from) AS valid_until
    FROM (
        SELECT '-infinity'::date AS valid_from, {_STANDARD}
        UNION ALL SELECT valid_from, after_hours, holiday, night FROM firm_premium
    ) AS dated
), entry AS MATERIALIZED (
    SELECT id, customer_id, day, minutes, grade, extract(epoch FROM started_at)::bigint AS starts_at
    FROM ({{entries}}) AS told (id, customer_id, day, started_at, minutes, grade)
), cut AS MATERIALIZED (
    SELECT e.id, e.customer_id, within.*, rate.direct, rate.loaded
    FROM entry e
    LEFT JOIN piece p ON p.entry_day = e.day AND p.ends_at > e.starts_at
                     AND p.starts_at < e.starts_at + e.minutes * 60
    CROSS JOIN LATERAL (
        SELECT (greatest(0, e.starts_at - p.starts_at) / 60)::int AS since,
               ((least(e.starts_at + e.minutes * 60, p.ends_at) - p.starts_at) / 60)::int AS until
    ) AS part
    CROSS JOIN LATERAL (
        SELECT coalesce(p.day, e.day) AS day, p.start_minute + since AS start_minute,
               p.clock_minute + since AS clock_minute,
               CASE WHEN p.day IS NULL THEN e.minutes ELSE until - since END AS minutes
    ) AS within
    LEFT JOIN rate
      ON rate.grade = e.grade AND within.day >= rate.valid_from
         AND (rate.valid_until IS NULL OR within.day < rate.valid_until)
), hours AS (
    SELECT cut.*,
           (cut.minutes * 100 + coalesce(d.outside, 0) * premium.after_hours
            + coalesce(d.holiday, 0) * premium.holiday
            + {_NIGHT_MINUTES} * premium.night) / 6000.0 AS paid
    FROM cut
    JOIN premium
      ON cut.day >= premium.valid_from
         AND (premium.valid_until IS NULL OR cut.day < premium.valid_until)
    LEFT JOIN {divided_all("SELECT * FROM cut WHERE direct IS NOT NULL")} AS d
      ON d.day = cut.day AND d.start_minute = cut.start_minute AND d.minutes = cut.minutes
)
INSERT INTO customers_activityslice
    (activity_id, customer_id, day, start_minute, minutes, cost, loaded_cost)
SELECT id, customer_id, day, start_minute, minutes,
       coalesce(direct * paid, 0), loaded * paid
FROM hours
"""
_TOLD = ("pk", "customer", "day", "started_at", "minutes", "staff__cost_grade")


def write_slices(entries: QuerySet[Activity]) -> int:
    """Slices of entries that have none yet; withdrawn ones get none. Returns how many.

    `cost` is 0 and `loaded_cost` NULL where the person's grade has no rate on that day.
    """
    span = entries.aggregate(first=Min("day"), last=Max("day"))
    if span["first"] is None:
        return 0
    told = entries.order_by().filter(withdrawn_at=None).values_list(*_TOLD).query
    chosen, params = told.sql_with_params()
    return cut(chosen, params, first=span["first"], last=span["last"])


def cut(entries: str, params: Any, *, first: datetime.date, last: datetime.date) -> int:
    """The same for what a statement selects: (id, customer, day, started_at, minutes, cost grade)
    of live entries from the first to the last of these days.
    """
    days = _days(first, last + (REACH + 1) * ONE_DAY)
    with connection.cursor() as cursor:
        cursor.execute(_CUT.format(entries=entries), [*days, *params])
        return int(cursor.rowcount)


@transaction.atomic
def rewrite_slices(entries: QuerySet[Activity]) -> int:
    """The same for entries that were corrected or withdrawn, or whose rates changed."""
    ActivitySlice.objects.filter(activity__in=entries.order_by().values("pk")).delete()
    return write_slices(entries)


def _days(since: datetime.date, until: datetime.date) -> tuple[list[Any], ...]:
    """The pieces of the firm's days `[since, until)`: day, minute since midnight, minute on the
    clock, beginning and end in seconds since 1970.
    """
    zone = firm_zone()
    rows = []
    second = int(start_of_day(since).timestamp())
    for piece in pieces(start_of_day(since), start_of_day(until), zone):
        end = second + piece.minutes * 60
        clock = datetime.datetime.fromtimestamp(second, zone)
        rows.append((piece.day, piece.start_minute, clock.hour * 60 + clock.minute, second, end))
        second = end
    return tuple(map(list, zip(*rows, strict=True)))
