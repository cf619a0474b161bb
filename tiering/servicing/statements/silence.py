"""Out of touch, and no proposal: days for which we have been silent beyond what is promised.

The days are counted from the last time, at the earliest from the day on which it was promised;
where there was none yet, from the first day of which anything is logged of the customer. Of
customers nobody logs nothing is known, and nothing in a firm that does not log the kind at all.
"""

from customers.consumption.contacts import IS_OUR_INITIATIVE
from customers.consumption.counting import TERMS, in_force
from tiering.servicing.statements.parts import summed
from tiering.servicing.statements.tiers import OFFERED


def _longest(period: str, times: str) -> str:
    """Days that may lie between two of so many times a period."""
    return f"""ceil(CASE {period} WHEN 'week' THEN 7 WHEN 'month' THEN 31 WHEN 'quarter' THEN 92
                    WHEN 'half' THEN 184 ELSE 366 END / {times}::numeric)::int"""


def _silence(promised: str, given: str, given_by_hand: str) -> str:
    """`promised` are rows `(customer_id, days, since, source)`; `given` says which entries `a` are
    such a time, `given_by_hand` selects the last day of others for the customer of `p`.
    """
    return summed(
        f"""
        WITH {promised}, silent AS (
            SELECT p.customer_id, p.days, p.source, known.last, known.entry,
                   greatest(coalesce(known.last, known.first), p.since) AS since
            FROM promised p
            CROSS JOIN LATERAL (
                SELECT greatest(max(a.day) FILTER (WHERE {given}), ({given_by_hand})) AS last,
                       (array_agg(a.id ORDER BY a.day DESC, a.id DESC)
                        FILTER (WHERE {given}))[1] AS entry,
                       least(min(a.day), (SELECT min(q.week) FROM customers_quietweek q
                                          WHERE q.customer_id = p.customer_id)) AS first
                FROM customers_activity a
                WHERE a.customer_id = p.customer_id AND a.withdrawn_at IS NULL AND a.day <= %(on)s
            ) AS known
            WHERE coalesce(known.last, known.first) IS NOT NULL
              AND EXISTS (SELECT FROM customers_activity a
                          WHERE a.withdrawn_at IS NULL AND a.day <= %(on)s AND {given})
        ), beyond AS (
            SELECT *, since + days + 1 AS begins FROM silent WHERE since + days < %(on)s
        )
        SELECT customer_id, part.day, part.until - part.day AS quantity, 0 AS minutes, 0 AS cost,
               entry, jsonb_build_object('source', source, 'promised', days, 'last', last,
                                         'days', %(on)s - coalesce(last, since))::text AS label
        FROM beyond
        CROSS JOIN generate_series(date_trunc('month', begins::timestamp), %(on)s::timestamp,
                                   '1 month') AS month
        CROSS JOIN LATERAL (
            SELECT greatest(begins, month::date) AS day,
                   least(%(business_date)s, (month + interval '1 month')::date) AS until
        ) AS part""",
        values="SELECT customer_id, min(label)::jsonb FROM pieces GROUP BY customer_id",
    )


# What the contract says goes before what the tier brings; of several the most often.
CONTACT_INTERVAL = _silence(
    f"""{OFFERED}, promised AS (
        SELECT DISTINCT ON (customer_id) * FROM (
            SELECT c.customer_id, {_longest("t.period", "t.amount")} AS days,
                   r.valid_from AS since, 'contract' AS source, 1 AS place
            FROM {TERMS}
            WHERE t.kind = 'contact_least' AND t.amount > 0 AND {in_force("r", "%(on)s")}
            UNION ALL
            SELECT t.customer_id, 7 * o.amount, greatest(t.since, o.since), 'tier', 2
            FROM servicing_tiers t
            JOIN offered o ON o.tier_id = t.tier_id AND o.service = 'contact_interval'
        ) AS each
        ORDER BY customer_id, place, days, since
    )""",
    given=f"""(a.kind = 'contact' AND {IS_OUR_INITIATIVE}
               OR a.kind IN ('meeting', 'proposal') AND a.initiator <> 'customer')""",
    given_by_hand="NULL::date",
)

NO_PROPOSAL = _silence(
    f"""{OFFERED}, promised AS (
        SELECT t.customer_id, {_longest("o.per", "o.amount")} AS days,
               greatest(t.since, o.since) AS since, 'tier' AS source
        FROM servicing_tiers t JOIN offered o ON o.tier_id = t.tier_id AND o.service = 'proposal'
    )""",
    given="a.kind = 'proposal'",
    given_by_hand="""SELECT max(u.day) FROM tiering_benefituse u
        WHERE u.customer_id = p.customer_id AND u.service = 'proposal' AND u.day <= %(on)s
          AND u.reverses_id IS NULL
          AND NOT EXISTS (SELECT FROM tiering_benefituse r WHERE r.reverses_id = u.id)""",
)
