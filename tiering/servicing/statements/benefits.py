"""Unused benefits: meetings and benefits of the firm's own that a customer's tier had all through
the last full period, and of which none was used. Proposals have a kind of their own.

Where nobody records what is used, nothing is known.
"""

from customers.consumption.counts import period_start
from tiering.servicing.statements.parts import summed
from tiering.servicing.statements.tiers import OFFERED

_UNTIL = period_start("%(business_date)s::date", "o.per")

UNUSED_BENEFIT = summed(
    f"""
    WITH {OFFERED}, periods AS (
        SELECT o.*, {period_start(f"({_UNTIL} - 1)", "o.per")} AS period, {_UNTIL} AS until
        FROM offered o WHERE o.service = 'review_meeting' OR o.benefit_id IS NOT NULL
    )
    SELECT t.customer_id, p.period AS day, p.amount AS quantity, 0 AS minutes, 0 AS cost,
           NULL::bigint AS entry, coalesce(b.code, p.service) AS label, p.until
    FROM servicing_tiers t
    JOIN periods p ON p.tier_id = t.tier_id AND greatest(p.since, t.since) <= p.period
    LEFT JOIN tiering_benefit b ON b.id = p.benefit_id
    WHERE EXISTS (SELECT FROM tiering_benefituse WHERE day <= %(on)s)
      AND NOT EXISTS (
          SELECT FROM tiering_benefituse u
          WHERE u.customer_id = t.customer_id AND u.service = p.service
            AND u.benefit_id IS NOT DISTINCT FROM p.benefit_id
            AND u.day >= p.period AND u.day < p.until AND u.reverses_id IS NULL
            AND NOT EXISTS (SELECT FROM tiering_benefituse r WHERE r.reverses_id = u.id))""",
    values="""
    SELECT customer_id, jsonb_build_object('benefits', jsonb_agg(jsonb_build_object(
               'code', label, 'times', quantity, 'from', day, 'until', until) ORDER BY label))
    FROM pieces GROUP BY customer_id""",
)
