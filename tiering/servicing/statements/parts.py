"""What several statements are made of."""

from tiering.models import Observation

# What has been settled of the statement's kind, by customer and month.
SETTLED = """settled AS (
    SELECT customer_id, month, sum(quantity)::int AS quantity
    FROM tiering_settledpart WHERE kind = %(kind)s GROUP BY customer_id, month)"""

COST_OF_ENTRY = "(SELECT sum(s.cost) FROM customers_activityslice s WHERE s.activity_id = a.id)"


def evidence(entry: str, *, by: str) -> str:
    """The ids of the latest entries, as an aggregate; `by` is the column that orders them."""
    return f"""coalesce((array_agg({entry} ORDER BY {by} DESC, {entry} DESC)
                     FILTER (WHERE {entry} IS NOT NULL))[1:{Observation.MOST_EVIDENCE}], '{{}}')"""


def summed(
    pieces: str,
    *,
    since: str = "min(day)",
    values: str = "SELECT NULL::bigint, NULL::jsonb",
    before: str = "0",
) -> str:
    """The statement of a kind that adds up: month by month, without what has been settled.

    `pieces` are rows `(customer_id, day, quantity, minutes, cost, entry)`, with more where `values`
    reads it; those with quantity 0 belong to one that counts, as the messages of a conversation
    do, or are evidence alone. `since` is the first day of the window; `values` tells of each
    customer what else there is to know, from `pieces`. `before` is how much of the month and the
    customer of `gross` lies before the window: what is settled covers that first.
    """
    return f"""
WITH pieces AS MATERIALIZED ({pieces}), {SETTLED}, months AS (
    SELECT customer_id, month, gross.quantity, gross.minutes, gross.cost,
           covered.quantity AS settled, greatest(0, gross.quantity - covered.quantity) AS rest
    FROM (
        SELECT customer_id, date_trunc('month', day)::date AS month, sum(quantity) AS quantity,
               sum(minutes)::numeric AS minutes, sum(cost) AS cost
        FROM pieces GROUP BY 1, 2 HAVING sum(quantity) > 0
    ) AS gross
    LEFT JOIN settled USING (customer_id, month)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN settled.quantity IS NULL THEN 0
                    ELSE greatest(0, settled.quantity - {before}) END AS quantity
    ) AS covered
), totals AS (
    SELECT customer_id, sum(rest)::int AS quantity, sum(minutes * rest / quantity) AS minutes,
           sum(cost * rest / quantity) AS cost, sum(settled)::int AS settled,
           coalesce(jsonb_object_agg(month, rest::int) FILTER (WHERE rest > 0), '{{}}') AS by_month
    FROM months GROUP BY customer_id
), behind AS (
    SELECT customer_id, {since} AS since,
           {evidence("entry", by="day")} AS entries
    FROM (SELECT customer_id, entry, min(day) AS day FROM pieces GROUP BY 1, 2) AS entries
    GROUP BY customer_id
), told (customer_id, vals) AS ({values})
SELECT customer_id, since AS window_from, %(business_date)s::date AS window_until, quantity,
       minutes, cost, settled, false AS is_preliminary,
       coalesce(vals, '{{}}')
           || jsonb_build_object('settled', settled, 'by_month', by_month) AS vals,
       entries AS evidence
FROM totals JOIN behind USING (customer_id) LEFT JOIN told USING (customer_id)
"""
