"""Hours of a month: what was used of them, what the contracts include, what was carried over.

An hours term for longer than a month gives each month its share. Prorated by the calendar days on
which the revision is in force, and rounded to whole minutes, term by term. Several contracts of
one customer are added up: an entry does not say which of them it belongs to.

Unused time of a month goes into the next as the revision in force on its last day says, and only
while there is an hours term: the oldest is used first, then the month's own, then extensions,
which are for their own period alone. Nothing is carried out of the months before the customer's
first entry: of those nobody knows what was used.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from customers.consumption.counting import ASKED, BOUNDED, COUNTED_MINUTES, parameters
from firm.business_sql import begins
from firm.dates import add_months, first_of_month


@dataclass(frozen=True)
class Hours:
    """Minutes of one customer and month, up to the day asked for.

    `used` is what counts on days on which an hours term is in force, `elsewhere` on the others;
    `own` what the terms include, `extended` what extensions add (the part that no linked work
    has used), `carried` what comes from the months before, `owed` what they have overrun.
    """

    customer_id: int
    month: datetime.date
    has_terms: bool
    used: int
    elsewhere: int
    own: int
    extended: int
    carried: int
    owed: int
    # Of the firm's business days in the month, those up to the day asked for.
    days_gone: int = 0
    days: int = 0

    @property
    def last_day(self) -> datetime.date:
        return add_months(self.month, 1) - datetime.timedelta(days=1)

    @property
    def included(self) -> int:
        return max(0, self.own + self.extended + self.carried - self.owed)

    @property
    def left(self) -> int:
        return max(0, self.included - self.used)

    @property
    def beyond(self) -> int:
        return max(0, self.used - self.included)

    @property
    def burn(self) -> Decimal | None:
        """Used in per cent of what is included."""
        return _percent(self.used, self.included)

    @property
    def elapsed(self) -> Decimal | None:
        """Business days gone, in per cent of the month's."""
        return _percent(self.days_gone, self.days)

    @property
    def forecast(self) -> int | None:
        """Minutes at the month's end if it goes on like this; None before its first business
        day.
        """
        if not self.days_gone:
            return None
        return int((Decimal(self.used) * self.days / self.days_gone).quantize(0, ROUND_HALF_UP))

    @property
    def is_short(self) -> bool:
        """Worth a warning: used up faster than the days go by, or nearly used up."""
        if self.burn is None:
            return self.used > 0
        return self.burn >= 80 or (
            self.burn >= 50 and self.elapsed is not None and self.burn - self.elapsed >= 25
        )


def _percent(part: int, whole: int) -> Decimal | None:
    return Decimal(100 * part) / whole if whole else None


def hours_of(customers: Collection[int] | None, *, on: datetime.date) -> dict[int, Hours]:
    """The month of the day `on`, up to that day, by customer; None is every customer."""
    rows = hours_between(customers, since=first_of_month(on), on=on)
    return {row.customer_id: row for row in rows}


def hours_between(
    customers: Collection[int] | None, *, since: datetime.date, on: datetime.date
) -> list[Hours]:
    """The months from that of `since` to that of `on`, by customer and month."""
    with connection.cursor() as cursor:
        values = parameters(customers, since=first_of_month(since), on=on)
        cursor.execute(_HOURS, values)
        return [Hours(*row) for row in cursor.fetchall()]


HOURS_TERMS = """terms AS (
    SELECT c.customer_id, r.valid_from AS since, coalesce(r.valid_to, 'infinity'::date) AS until,
           t.amount::numeric / CASE t.period WHEN 'month' THEN 1 WHEN 'quarter' THEN 3
                                             WHEN 'half' THEN 6 ELSE 12 END AS a_month,
           r.carry_over, coalesce(r.carry_cap, 0) AS cap, r.carry_months, r.carries_deficit
    FROM asked
    JOIN customers_contract c ON c.customer_id = asked.id
    JOIN customers_contractrevision r ON r.contract_id = c.id
    JOIN customers_scopeterm t ON t.revision_id = r.id AND t.kind = 'hours'
    WHERE r.valid_to IS NULL OR r.valid_to > r.valid_from)"""

# The days on which an hours term is in force.
AGREED_DAYS = """agreed AS (
    SELECT customer_id, range_agg(daterange(since, until)) AS days
    FROM terms GROUP BY customer_id)"""

# Whose history matters, and from which month on.
_CARRYING = """carrying AS (
    SELECT t.customer_id, date_trunc('month', greatest(t.since, l.first_day))::date AS first_month
    FROM (SELECT customer_id, min(since) AS since FROM terms GROUP BY customer_id
          HAVING bool_or(carry_over <> 'none' OR carries_deficit)) AS t
    CROSS JOIN LATERAL (SELECT min(s.day) AS first_day FROM customers_activityslice s
                        WHERE s.customer_id = t.customer_id) AS l
    WHERE l.first_day IS NOT NULL)"""

_SPANS = """spans AS (
    SELECT asked.id AS customer_id, least(%(since)s::date, k.first_month) AS since
    FROM asked LEFT JOIN carrying k ON k.customer_id = asked.id)"""

_MONTHS = """months AS (
    SELECT customer_id, m::date AS month, (m + interval '1 month')::date AS next
    FROM spans
    CROSS JOIN LATERAL generate_series(
        since::timestamp, %(on)s::date::timestamp, '1 month'
    ) AS m)"""

# Minutes that nobody carries over: far above what contracts include, far below the type's bound.
_NO_LIMIT = 100_000_000

# `room` is what may be carried out of the month, `keeps` for how many months (NULL: for good).
_OWN = f"""own AS (
    SELECT m.customer_id, m.month,
           sum(round(t.a_month * (least(t.until, m.next) - greatest(t.since, m.month))
                     / (m.next - m.month)))::int AS minutes,
           least(coalesce(sum(CASE t.carry_over WHEN 'all' THEN {_NO_LIMIT}
                                                WHEN 'capped' THEN round(t.a_month * t.cap / 100)
                                                ELSE 0 END) FILTER (WHERE t.until >= m.next), 0),
                 {_NO_LIMIT})::int AS room,
           CASE WHEN bool_or(t.carry_over <> 'none' AND t.carry_months IS NULL)
                     FILTER (WHERE t.until >= m.next)
                THEN NULL
                ELSE max(t.carry_months) FILTER (WHERE t.carry_over <> 'none'
                                                   AND t.until >= m.next) END AS keeps,
           coalesce(bool_or(t.carries_deficit) FILTER (WHERE t.until >= m.next), false) AS owes
    FROM months m
    JOIN terms t ON t.customer_id = m.customer_id AND t.since < m.next AND t.until > m.month
    GROUP BY m.customer_id, m.month)"""

# What linked work has not used of an extension, spread over the days of its period.
_EXTENDED = """extended AS (
    SELECT m.customer_id, m.month,
           sum(round(x.free * (least(x.ends_on, m.next) - x.starts_on) / x.days)
             - round(x.free * (greatest(x.starts_on, m.month) - x.starts_on) / x.days))::int
               AS minutes
    FROM (
        SELECT c.customer_id, e.starts_on, e.ends_on, e.ends_on - e.starts_on AS days,
               (e.amount - coalesce(met.minutes, 0))::numeric AS free
        FROM asked
        JOIN customers_contract c ON c.customer_id = asked.id
        JOIN customers_scopeextension e ON e.contract_id = c.id AND e.kind = 'hours'
        LEFT JOIN (SELECT extension_id, sum(minutes - beyond) AS minutes
                   FROM bounded GROUP BY extension_id) AS met ON met.extension_id = e.id
    ) AS x
    JOIN months m ON m.customer_id = x.customer_id
                 AND x.starts_on < m.next AND x.ends_on > m.month
    GROUP BY m.customer_id, m.month)"""

_USED = f"""used AS (
    SELECT customer_id, month, coalesce(sum(counted) FILTER (WHERE agreed), 0)::int AS minutes,
           coalesce(sum(counted) FILTER (WHERE NOT agreed), 0)::int AS elsewhere
    FROM (
        SELECT s.customer_id, date_trunc('month', s.day)::date AS month,
               {COUNTED_MINUTES} AS counted,
               coalesce(agreed.days @> s.day, false) AS agreed
        FROM spans
        JOIN customers_activityslice s ON s.customer_id = spans.customer_id
                                      AND s.day >= spans.since AND s.day <= %(on)s
        JOIN customers_activity a ON a.id = s.activity_id
        LEFT JOIN bounded b ON b.id = s.id
        LEFT JOIN agreed ON agreed.customer_id = s.customer_id
    ) AS slices
    GROUP BY customer_id, month)"""

_ROWS = """rows AS (
    SELECT m.customer_id, m.month, m.next, o.minutes IS NOT NULL AS has_terms,
           coalesce(u.minutes, 0) AS used, coalesce(u.elsewhere, 0) AS elsewhere,
           coalesce(o.minutes, 0) AS own, coalesce(x.minutes, 0) AS extended,
           coalesce(o.room, 0) AS room, o.keeps, coalesce(o.owes, false) AS owes
    FROM months m
    LEFT JOIN own o USING (customer_id, month)
    LEFT JOIN extended x USING (customer_id, month)
    LEFT JOIN used u USING (customer_id, month))"""

# The months of those who carry, a customer a row, so that a step of the fold finds the next month
# by its number: joined by month, every step would read all the months of all customers.
_HISTORY = """history AS (
    SELECT customer_id, array_agg(month ORDER BY month) AS months,
           array_agg(has_terms ORDER BY month) AS have_terms,
           array_agg(used ORDER BY month) AS used, array_agg(own ORDER BY month) AS own,
           array_agg(extended ORDER BY month) AS extended, array_agg(room ORDER BY month) AS room,
           array_agg(keeps ORDER BY month) AS keeps, array_agg(owes ORDER BY month) AS owes
    FROM rows JOIN carrying USING (customer_id)
    WHERE month >= first_month
    GROUP BY customer_id)"""

# Month by month: `lots` are the minutes carried into it, the oldest first, each with the first
# month in which it has expired. Innermost: what the month before leaves of each and of its own.
_FOLD = """fold AS (
    SELECT customer_id, 1 AS no, months[1] AS month, 0 AS carried, 0 AS owed, '{}'::int[] AS lots,
           '{}'::date[] AS ends
    FROM history
    UNION ALL
    SELECT f.customer_id, f.no + 1, n.month, kept.carried,
           CASE WHEN r.owes AND n.has_terms
                THEN greatest(0, r.used + f.owed - f.carried - r.own - r.extended) ELSE 0 END,
           kept.lots, kept.ends
    FROM fold f
    JOIN history h ON h.customer_id = f.customer_id AND cardinality(h.months) > f.no
    CROSS JOIN LATERAL (
        SELECT h.used[f.no] AS used, h.own[f.no] AS own, h.extended[f.no] AS extended,
               h.room[f.no] AS room, h.keeps[f.no] AS keeps, h.owes[f.no] AS owes
    ) AS r
    CROSS JOIN LATERAL (
        SELECT h.months[f.no + 1] AS month, h.have_terms[f.no + 1] AS has_terms
    ) AS n
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(minutes), 0)::int AS carried,
               coalesce(array_agg(minutes ORDER BY nth), '{}') AS lots,
               coalesce(array_agg(ends ORDER BY nth), '{}') AS ends
        FROM (
            SELECT nth, ends, least(minutes, greatest(0, room - newer))::int AS minutes
            FROM (
                SELECT nth, ends, minutes, coalesce(sum(minutes) OVER (
                           ORDER BY nth DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                       ), 0) AS newer, CASE WHEN n.has_terms THEN r.room ELSE 0 END AS room
                FROM (
                    SELECT nth, ends, greatest(0, least(
                               minutes, sum(minutes) OVER (ORDER BY nth) - r.used - f.owed
                           )) AS minutes
                    FROM unnest(f.lots, f.ends) WITH ORDINALITY AS lot(minutes, ends, nth)
                    UNION ALL
                    SELECT cardinality(f.lots) + 1,
                           CASE WHEN r.keeps IS NULL THEN 'infinity'::date
                                ELSE (n.month + make_interval(months => r.keeps))::date END,
                           greatest(0, r.own - greatest(0, r.used + f.owed - f.carried))
                ) AS unused
                WHERE ends > n.month
            ) AS in_time
        ) AS within_room
        WHERE minutes > 0
    ) AS kept)"""

_BUSINESS_DAYS = f"""business_days AS (
    SELECT date_trunc('month', d.day)::date AS month, count(DISTINCT d.day)::int AS days,
           (count(DISTINCT d.day) FILTER (WHERE d.day <= %(on)s))::int AS gone
    FROM firm_calendarday d JOIN firm_workcalendar w ON w.id = d.calendar_id AND w.is_firms
    WHERE {begins("d")} AND d.day >= %(since)s::date
      AND d.day < date_trunc('month', %(on)s::date) + interval '1 month'
    GROUP BY 1)"""

# A WITH list that ends with `hours`, the columns of Hours a row; it needs `since`, the first day of
# a month, and `on`.
HOURS_BY_MONTH = f"""
{ASKED}, {BOUNDED}, {HOURS_TERMS}, {AGREED_DAYS}, {_CARRYING}, {_SPANS}, {_MONTHS}, {_OWN},
{_EXTENDED}, {_USED}, {_ROWS}, {_HISTORY}, {_FOLD}, {_BUSINESS_DAYS}, hours AS (
    SELECT r.customer_id, r.month, r.has_terms, r.used, r.elsewhere, r.own, r.extended,
           coalesce(f.carried, 0) AS carried, coalesce(f.owed, 0) AS owed,
           coalesce(b.gone, 0) AS days_gone, coalesce(b.days, 0) AS days
    FROM rows r
    LEFT JOIN fold f USING (customer_id, month)
    LEFT JOIN business_days b USING (month)
    WHERE r.month >= %(since)s::date)"""

_HOURS = f"WITH RECURSIVE {HOURS_BY_MONTH} SELECT * FROM hours ORDER BY customer_id, month"
