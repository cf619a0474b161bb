"""Hours beyond, and hours not given: what was used against what the contracts include.

Over the closed months together the hours used are held against what the months include and what
was carried into the first of them. Only days under an hours term count, and one month at least
must lie under one as a whole. What has been settled of a month is left out: of the hours beyond
it comes off what was used, of those not given it is as good as used.
"""

from customers.consumption.counting import BOUNDED, COUNTED_MINUTES
from customers.consumption.hours import AGREED_DAYS, HOURS_BY_MONTH, HOURS_TERMS
from tiering.servicing.statements.parts import SETTLED, evidence

# A row for each customer and month under terms, read by both kinds.
PREPARED = f"""
CREATE TEMPORARY TABLE servicing_hours ON COMMIT DROP AS
WITH RECURSIVE {HOURS_BY_MONTH}, ends AS (
    SELECT *, (month + interval '1 month')::date AS next FROM hours WHERE has_terms
)
SELECT ends.customer_id, month, next, used, own + extended AS included, carried - owed AS carried,
       agreed.days @> daterange(month, next) AS is_whole
FROM ends JOIN agreed USING (customer_id)
"""

# What the months `h` of one customer include together: what is carried over counts once.
_INCLUDED = "greatest(0, sum(included) + (array_agg(carried ORDER BY month))[1])::int"

# The entries that count in the months `judged`, and what a minute of them cost.
_BEHIND = f"""
asked AS (SELECT customer_id AS id FROM judged), {BOUNDED}, {HOURS_TERMS}, {AGREED_DAYS},
behind AS (
    SELECT customer_id, sum(cost) / sum(minutes) AS a_minute,
           {evidence("entry", by="day")} AS entries
    FROM (
        SELECT j.customer_id, a.id AS entry, a.day, sum(s.cost) AS cost, sum(s.minutes) AS minutes
        FROM judged j
        JOIN agreed ON agreed.customer_id = j.customer_id
        JOIN customers_activityslice s ON s.customer_id = j.customer_id AND s.day >= j.since
                                      AND s.day < j.until AND s.day <= %(on)s
                                      AND agreed.days @> s.day
        JOIN customers_activity a ON a.id = s.activity_id
        LEFT JOIN bounded b ON b.id = s.id
        WHERE {COUNTED_MINUTES} > 0
        GROUP BY j.customer_id, a.id
    ) AS entries
    GROUP BY customer_id)"""


def _by_month(own: str) -> str:
    """`judged.amount` spread over the months, from the latest one back, as far as each has any of
    it; `own` is that of a month `h` without what is carried into the first.
    """
    return f"""by_month AS (
    SELECT customer_id, jsonb_object_agg(month, share) FILTER (WHERE share > 0) AS shares
    FROM (
        SELECT customer_id, month,
               greatest(0, least(own, amount - coalesce(sum(own) OVER later, 0))) AS share
        FROM (
            SELECT j.customer_id, h.month, j.amount, greatest(0, {own}) AS own
            FROM judged j
            JOIN h ON h.customer_id = j.customer_id AND h.month >= j.since AND h.month < j.until
        ) AS months
        WINDOW later AS (PARTITION BY customer_id ORDER BY month DESC
                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) AS spread
    GROUP BY customer_id)"""


_CARRIED = """CASE WHEN h.month = min(h.month) OVER (PARTITION BY j.customer_id)
                   THEN h.carried ELSE 0 END"""

# Judged over the closed months together, else by a single month that is far beyond.
BEYOND = f"""
WITH {SETTLED}, h AS (
    SELECT m.customer_id, m.month, m.next, m.included, m.carried, m.is_whole, covered.minutes,
           m.used - covered.minutes AS used
    FROM servicing_hours m
    LEFT JOIN settled USING (customer_id, month)
    CROSS JOIN LATERAL (SELECT least(m.used, coalesce(settled.quantity, 0)) AS minutes) AS covered
), candidates AS (
    SELECT customer_id, 1 AS place, %(closed_since)s::date AS since,
           %(closed_until)s::date AS until, sum(used)::int AS used, {_INCLUDED} AS included,
           sum(minutes)::int AS settled
    FROM h WHERE month >= %(closed_since)s AND month < %(closed_until)s
    GROUP BY customer_id HAVING bool_or(is_whole)
    UNION ALL
    SELECT customer_id, 2, month, next, used, greatest(0, included + carried), minutes
    FROM h WHERE month >= %(single_since)s
), judged AS (
    SELECT DISTINCT ON (customer_id) *, used - included AS amount
    FROM candidates
    WHERE CASE place
          WHEN 1 THEN used >= %(together_ratio)s * included AND used - included >= %(together_over)s
          ELSE used >= %(alarm_ratio)s * included AND used - included >= %(alarm_over_minutes)s END
    ORDER BY customer_id, place, amount DESC, since DESC
), {_BEHIND}, {_by_month(f"h.used - h.included - {_CARRIED}")}
SELECT customer_id, since AS window_from, least(until, %(business_date)s) AS window_until,
       amount AS quantity, amount AS minutes, amount * behind.a_minute AS cost, settled,
       place = 2 OR %(is_young)s AS is_preliminary,
       jsonb_build_object('rule', CASE WHEN place = 2 THEN 'month' WHEN %(is_young)s THEN 'young'
                                       ELSE 'months' END,
                          'used', used, 'included', included, 'settled', settled,
                          'by_month', by_month.shares) AS vals,
       behind.entries AS evidence
FROM judged JOIN behind USING (customer_id) JOIN by_month USING (customer_id)
"""

# Only over all the months, and only where somebody has logged or said that there was nothing.
NOT_GIVEN = f"""
WITH {SETTLED}, h AS (
    SELECT m.customer_id, m.month, m.used, m.included, m.carried,
           coalesce(settled.quantity, 0) AS settled
    FROM servicing_hours m LEFT JOIN settled USING (customer_id, month)
    WHERE m.month >= %(closed_since)s AND m.month < %(closed_until)s AND NOT %(is_young)s
), judged AS (
    SELECT customer_id, %(closed_since)s::date AS since, %(closed_until)s::date AS until,
           sum(used)::int AS used, {_INCLUDED} AS included, sum(settled)::int AS settled,
           ({_INCLUDED} - sum(used) - sum(settled))::int AS amount
    FROM h
    GROUP BY customer_id
    HAVING count(*) = %(months)s
       AND sum(used) + sum(settled) < %(under_share)s * {_INCLUDED}
       AND (EXISTS (SELECT FROM customers_activityslice s
                    WHERE s.customer_id = h.customer_id
                      AND s.day >= %(closed_since)s AND s.day < %(closed_until)s)
            OR EXISTS (SELECT FROM customers_quietweek q
                       WHERE q.customer_id = h.customer_id AND q.week < %(closed_until)s
                         AND q.week + 7 > %(closed_since)s))
), {_BEHIND}, {_by_month(f"h.included + {_CARRIED} - h.used - h.settled")}
SELECT customer_id, since AS window_from, until AS window_until, amount AS quantity,
       0 AS minutes, 0 AS cost, settled, false AS is_preliminary,
       jsonb_build_object('used', used, 'included', included, 'settled', settled,
                          'by_month', by_month.shares) AS vals,
       coalesce(behind.entries, '{{}}') AS evidence
FROM judged LEFT JOIN behind USING (customer_id) JOIN by_month USING (customer_id)
"""
