"""Hours beyond, and hours not given: what was used against what the contracts include.

Over the closed months together the hours used are held against what the months include and what
was carried into the first of them. Only days under an hours term count, and one month at least
must lie under one as a whole. What has been settled of a month is left out: of the hours beyond
it comes off what was used, of those not given it is as good as used.
"""

from customers.consumption.counting import ASKED, BOUNDED, COUNTED_MINUTES
from customers.consumption.hours import AGREED_DAYS, HOURS_BY_MONTH, HOURS_TERMS
from tiering.servicing.statements.parts import SETTLED, evidence

# A row for each customer and month under terms, read by both kinds.
MONTHS = f"""
CREATE TEMPORARY TABLE servicing_hours ON COMMIT DROP AS
WITH RECURSIVE {HOURS_BY_MONTH}, ends AS (
    SELECT *, (month + interval '1 month')::date AS next FROM hours WHERE has_terms
)
SELECT ends.customer_id, month, next, used, own + extended AS included, carried - owed AS carried,
       agreed.days @> daterange(month, next) AS is_whole
FROM ends JOIN agreed USING (customer_id)
"""

# A row for each piece of work of these months that counts on a day under terms. The index is what
# makes looking up those of a few customers cheap, however many there turn out to be.
COUNTED = f"""
CREATE TEMPORARY TABLE servicing_counted ON COMMIT DROP AS
WITH {ASKED}, {BOUNDED}, {HOURS_TERMS}, {AGREED_DAYS}
SELECT s.customer_id, s.day, a.id AS entry, a.day AS entry_day, s.minutes, s.cost
FROM agreed
JOIN customers_activityslice s ON s.customer_id = agreed.customer_id AND s.day >= %(since)s
                              AND s.day <= %(on)s AND agreed.days @> s.day
JOIN customers_activity a ON a.id = s.activity_id AND a.day >= %(since)s::date - 1
LEFT JOIN bounded b ON b.id = s.id
WHERE {COUNTED_MINUTES} > 0;
CREATE INDEX ON servicing_counted (customer_id)
"""

# Of the months `h` of one customer, the latest first: what each goes beyond by itself, and what
# is carried into the first. Together they include that once.
_OWN = "array_agg(month ORDER BY month DESC) AS months, array_agg({own} ORDER BY month DESC) AS own"
_CARRIED = "(array_agg(carried ORDER BY month))[1]"
# What was settled before a month is carried into it no more, neither way.
_SETTLED_BEFORE = """(SELECT coalesce(sum(part.quantity), 0)::int FROM tiering_settledpart part
        WHERE part.customer_id = m.customer_id AND part.kind = %(kind)s AND part.month < m.month)"""
_INCLUDED = f"greatest(0, sum(included) + {_CARRIED})::int"

# The entries behind the months `j`, and what a minute of them cost.
_BEHIND = f"""LATERAL (
    SELECT sum(cost) / sum(minutes) AS a_minute, {evidence("entry", by="day")} AS entries
    FROM (
        SELECT entry, entry_day AS day, sum(cost) AS cost, sum(minutes) AS minutes
        FROM servicing_counted c
        WHERE c.customer_id = j.customer_id AND c.day >= j.since AND c.day < j.until
        GROUP BY entry, entry_day
    ) AS entries
)"""

# What each month goes beyond by itself, be it more than all of them together: settled, a month is
# as agreed in every later window, whichever months stand beside it.
_BY_MONTH = """LATERAL (
    SELECT jsonb_object_agg(month, rest) FILTER (WHERE rest > 0) AS shares
    FROM (
        SELECT month, own - CASE WHEN nth = cardinality(j.months) THEN j.carried ELSE 0 END AS rest
        FROM unnest(j.months, j.own) WITH ORDINALITY AS one(month, own, nth)
    ) AS months
)"""

# Judged over the closed months together, else by a single month that is far beyond.
BEYOND = f"""
WITH {SETTLED}, h AS (
    SELECT m.customer_id, m.month, m.next, m.included, m.is_whole, covered.minutes,
           m.used - covered.minutes AS used,
           CASE WHEN m.carried < 0 THEN least(0, m.carried + {_SETTLED_BEFORE})
                ELSE m.carried END AS carried
    FROM servicing_hours m
    LEFT JOIN settled USING (customer_id, month)
    CROSS JOIN LATERAL (SELECT least(m.used, coalesce(settled.quantity, 0)) AS minutes) AS covered
), candidates AS (
    SELECT customer_id, 1 AS place, %(closed_since)s::date AS since,
           %(closed_until)s::date AS until, sum(used)::int AS used, {_INCLUDED} AS included,
           sum(minutes)::int AS settled, {_CARRIED} AS carried,
           {_OWN.format(own="used - included")}
    FROM h WHERE month >= %(closed_since)s AND month < %(closed_until)s
    GROUP BY customer_id HAVING bool_or(is_whole)
    UNION ALL
    SELECT customer_id, 2, month, next, used, greatest(0, included + carried), minutes, carried,
           ARRAY[month], ARRAY[used - included]
    FROM h WHERE month >= %(single_since)s
), judged AS (
    SELECT DISTINCT ON (customer_id) *, used - included AS amount
    FROM candidates
    WHERE CASE place
          WHEN 1 THEN used >= %(together_ratio)s * included AND used - included >= %(together_over)s
          ELSE used >= %(alarm_ratio)s * included AND used - included >= %(alarm_over_minutes)s END
    ORDER BY customer_id, place, amount DESC, since DESC
)
SELECT customer_id, since AS window_from, least(until, %(business_date)s) AS window_until,
       amount AS quantity, amount AS minutes, amount * behind.a_minute AS cost, settled,
       place = 2 OR %(is_young)s AS is_preliminary,
       jsonb_build_object('rule', CASE WHEN place = 2 THEN 'month' WHEN %(is_young)s THEN 'young'
                                       ELSE 'months' END,
                          'used', used, 'included', included, 'settled', settled,
                          'by_month', by_month.shares) AS vals,
       behind.entries AS evidence
FROM judged j CROSS JOIN {_BEHIND} AS behind CROSS JOIN {_BY_MONTH} AS by_month
"""

# Only over all the months, and only where somebody has logged or said that there was nothing.
NOT_GIVEN = f"""
WITH {SETTLED}, h AS (
    SELECT m.customer_id, m.month, m.used, m.included,
           CASE WHEN m.carried > 0 THEN greatest(0, m.carried - {_SETTLED_BEFORE})
                ELSE m.carried END AS carried,
           coalesce(settled.quantity, 0) AS settled
    FROM servicing_hours m LEFT JOIN settled USING (customer_id, month)
    WHERE m.month >= %(closed_since)s AND m.month < %(closed_until)s AND NOT %(is_young)s
), judged AS (
    SELECT customer_id, %(closed_since)s::date AS since, %(closed_until)s::date AS until,
           sum(used)::int AS used, {_INCLUDED} AS included, sum(settled)::int AS settled,
           ({_INCLUDED} - sum(used) - sum(settled))::int AS amount, -{_CARRIED} AS carried,
           {_OWN.format(own="included - used - settled")}
    FROM h
    GROUP BY customer_id
    HAVING count(*) = %(months)s
       AND sum(used) + sum(settled) < %(under_share)s * {_INCLUDED}
)
SELECT customer_id, since AS window_from, until AS window_until, amount AS quantity,
       0 AS minutes, 0 AS cost, settled, false AS is_preliminary,
       jsonb_build_object('used', used, 'included', included, 'settled', settled,
                          'by_month', by_month.shares) AS vals,
       behind.entries AS evidence
FROM judged j CROSS JOIN {_BEHIND} AS behind CROSS JOIN {_BY_MONTH} AS by_month
WHERE EXISTS (SELECT FROM customers_activityslice s
              WHERE s.customer_id = j.customer_id AND s.day >= j.since AND s.day < j.until)
   OR EXISTS (SELECT FROM customers_quietweek q
              WHERE q.customer_id = j.customer_id AND q.week < j.until AND q.week + 7 > j.since)
"""
