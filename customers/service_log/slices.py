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
from django.db.models import DateTimeField, ExpressionWrapper, F, Max, Min, QuerySet

from customers.models import Activity, ActivitySlice
from firm.business_sql import divided
from firm.business_time import ONE_DAY, pieces
from firm.dates import firm_zone, start_of_day
from firm.models import Premium

NIGHT_ENDS, NIGHT_BEGINS = 5 * 60, 22 * 60  # on the clock
# The days after its own that the longest entry reaches: 24 hours from 23:59 before a day of 23.
REACH = 2

_STANDARD = ", ".join(f"{share} AS {name}" for name, share in Premium.STANDARD.items())
_CUT = f"""
WITH piece (day, start_minute, clock_minute, starts_at, ends_at) AS (
    SELECT * FROM unnest(%s::date[], %s::int[], %s::int[], %s::timestamptz[], %s::timestamptz[])
), entry (id, customer_id, day, started_at, ended_at, minutes, grade) AS (
    {{entries}}
), cut AS (
    SELECT id, customer_id, grade, day, NULL::int AS start_minute, NULL::int AS clock_minute,
           minutes
    FROM entry WHERE started_at IS NULL
    UNION ALL
    SELECT e.id, e.customer_id, e.grade, p.day, p.start_minute + since, p.clock_minute + since,
           until - since
    FROM entry e
    CROSS JOIN generate_series(0, {REACH}) AS later
    JOIN piece p
      ON p.day = e.day + later AND p.starts_at < e.ended_at AND p.ends_at > e.started_at
    CROSS JOIN LATERAL (
        SELECT extract(epoch FROM greatest(e.started_at, p.starts_at) - p.starts_at)::int / 60
                   AS since,
               extract(epoch FROM least(e.ended_at, p.ends_at) - p.starts_at)::int / 60 AS until
    ) AS within
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
), hours AS (
    SELECT cut.*, rate.direct, rate.loaded,
           (cut.minutes * 100 + coalesce(d.outside, 0) * premium.after_hours
            + coalesce(d.holiday, 0) * premium.holiday
            + coalesce(night.minutes, 0) * premium.night) / 6000.0 AS paid
    FROM cut
    JOIN premium
      ON cut.day >= premium.valid_from
         AND (premium.valid_until IS NULL OR cut.day < premium.valid_until)
    LEFT JOIN rate
      ON rate.grade = cut.grade AND cut.day >= rate.valid_from
         AND (rate.valid_until IS NULL OR cut.day < rate.valid_until)
    LEFT JOIN {divided("cut", "(SELECT id FROM firm_workcalendar WHERE is_firms)")} AS d ON true
    LEFT JOIN LATERAL (
        SELECT greatest(0, least({NIGHT_ENDS}, cut.clock_minute + cut.minutes) - cut.clock_minute)
             + greatest(0, cut.clock_minute + cut.minutes
                           - greatest({NIGHT_BEGINS}, cut.clock_minute)) AS minutes
        WHERE cut.clock_minute IS NOT NULL
    ) AS night ON true
)
INSERT INTO customers_activityslice
    (activity_id, customer_id, day, start_minute, minutes, cost, loaded_cost)
SELECT id, customer_id, day, start_minute, minutes,
       coalesce(direct * paid, 0), loaded * paid
FROM hours
"""
_ENDED_AT = ExpressionWrapper(
    F("started_at") + F("minutes") * datetime.timedelta(minutes=1), DateTimeField()
)
_TOLD = ("pk", "customer", "day", "started_at", _ENDED_AT, "minutes", "staff__cost_grade")


def write_slices(entries: QuerySet[Activity]) -> int:
    """Slices of entries that have none yet; withdrawn ones get none. Returns how many.

    `cost` is 0 and `loaded_cost` NULL where the person's grade has no rate on that day.
    """
    span = entries.aggregate(first=Min("day"), last=Max("day"))
    if span["first"] is None:
        return 0
    told = entries.order_by().filter(withdrawn_at=None).values_list(*_TOLD).query
    chosen, params = told.sql_with_params()
    days = _days(span["first"], span["last"] + (REACH + 1) * ONE_DAY)
    with connection.cursor() as cursor:
        cursor.execute(_CUT.format(entries=chosen), [*days, *params])
        return int(cursor.rowcount)


@transaction.atomic
def rewrite_slices(entries: QuerySet[Activity]) -> int:
    """The same for entries that were corrected or withdrawn, or whose rates changed."""
    ActivitySlice.objects.filter(activity__in=entries.order_by().values("pk")).delete()
    return write_slices(entries)


def _days(since: datetime.date, until: datetime.date) -> tuple[list[Any], ...]:
    """The pieces of the firm's days `[since, until)`: day, minute since midnight, minute on the
    clock, beginning and end.
    """
    zone = firm_zone()
    rows = []
    start = start_of_day(since).astimezone(datetime.UTC)
    for piece in pieces(start, start_of_day(until), zone):
        end = start + datetime.timedelta(minutes=piece.minutes)
        clock = start.astimezone(zone)
        rows.append((piece.day, piece.start_minute, clock.hour * 60 + clock.minute, start, end))
        start = end
    return tuple(map(list, zip(*rows, strict=True)))
