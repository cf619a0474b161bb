"""Goodwill work beyond what the tier allows, and the same kind of it again and again.

Work out of the goodwill budget is given on purpose, and is beyond nothing; becoming expected does
not depend on that.
"""

from customers.consumption.counts import period_start
from tiering.servicing.statements.parts import COST_OF_ENTRY, summed
from tiering.servicing.statements.tiers import OFFERED

# Entries with a live mark.
_MARKED = """customers_favor f
    JOIN customers_activity a ON a.id = f.activity_id
    WHERE f.withdrawn_at IS NULL AND a.withdrawn_at IS NULL AND a.day <= %(on)s"""

# The pre-approved allowance holds for a case and, by category, for the fiscal quarter, used up in
# the order of the days. Where only one of the two is offered, the other does not bound.
GOODWILL = summed(
    f"""
    WITH {OFFERED}, allowances AS (
        SELECT t.customer_id, min(o.amount) FILTER (WHERE o.service = 'allowance_case') AS a_case,
               min(o.amount) FILTER (WHERE o.service = 'allowance_quarter') AS a_quarter
        FROM servicing_tiers t JOIN offered o USING (tier_id)
        WHERE o.service IN ('allowance_case', 'allowance_quarter')
        GROUP BY t.customer_id
    ), marked AS (
        SELECT a.customer_id, a.day, a.id, a.minutes, {COST_OF_ENTRY} AS cost, f.category,
               {period_start("a.day", "'quarter'")} AS quarter
        FROM {_MARKED} AND NOT f.from_budget
          AND a.day >= {period_start("%(months_since)s::date", "'quarter'")}
    ), allowed AS (
        SELECT marked.*, a_quarter,
               least(minutes, coalesce(a_case, a_quarter, 0)) AS of_case,
               coalesce(sum(least(minutes, coalesce(a_case, a_quarter, 0))) OVER (
                   PARTITION BY customer_id, category, quarter ORDER BY day, id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM marked LEFT JOIN allowances USING (customer_id)
    ), beyond AS (
        SELECT *, minutes - greatest(0, least(of_case, a_quarter - before)) AS minutes_beyond
        FROM allowed WHERE day >= %(months_since)s
    )
    SELECT customer_id, day, minutes_beyond AS quantity, minutes_beyond AS minutes,
           cost * minutes_beyond / minutes AS cost, id AS entry, a_quarter
    FROM beyond WHERE minutes_beyond > 0""",
    since="%(months_since)s::date",
    values="""
    SELECT customer_id, jsonb_build_object('marks', count(*), 'allowed', max(a_quarter))
    FROM pieces GROUP BY customer_id""",
)

_REPEATED_SINCE = "(%(business_date)s::date - make_interval(months => %(months)s))::date"
NORM_FORMING = summed(
    f"""
    SELECT customer_id, day, 1 AS quantity, minutes, cost, id AS entry, category
    FROM (
        SELECT a.customer_id, a.day, a.id, a.minutes, {COST_OF_ENTRY} AS cost, f.category,
               count(*) OVER (PARTITION BY a.customer_id, f.category) AS times
        FROM {_MARKED} AND f.category <> '' AND a.day >= {_REPEATED_SINCE}
    ) AS marked
    WHERE times >= %(repeated)s""",
    since=_REPEATED_SINCE,
    values="""
    SELECT customer_id, jsonb_build_object('categories', jsonb_object_agg(category, times))
    FROM (SELECT customer_id, category, count(*) AS times
          FROM pieces GROUP BY customer_id, category) AS categories
    GROUP BY customer_id""",
    before=f"""(
        SELECT count(*) FROM {_MARKED} AND f.category <> ''
           AND a.customer_id = gross.customer_id AND a.day >= gross.month
           AND a.day < {_REPEATED_SINCE})""",
)
