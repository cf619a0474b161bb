"""Units beyond a contract's counts, and work that it leaves out by name."""

from customers.consumption.counting import ASKED, TERMS, counts_at_all
from customers.consumption.counts import LINKED_UNITS, units_beyond
from tiering.servicing.statements.parts import COST_OF_ENTRY, summed

# An entry that is beyond under several contracts is beyond once, night by night under the same. It
# costs what its share does.
COUNTS = summed(
    f"""
    WITH {ASKED}, {LINKED_UNITS}, beyond AS (
        SELECT DISTINCT ON (entry) * FROM ({units_beyond("%(months_since)s")}) AS each
        ORDER BY entry, beyond DESC, included, kind, name, start, nth
    )
    SELECT b.customer_id, b.day, b.beyond AS quantity,
           a.minutes * b.beyond::numeric / b.units AS minutes,
           {COST_OF_ENTRY} * b.beyond / b.units AS cost, a.id AS entry,
           jsonb_build_object('kind', b.kind, 'name', b.name, 'start', b.start,
                              'included', b.included)::text AS label, b.nth
    FROM beyond b JOIN customers_activity a ON a.id = b.entry""",
    since="least(%(months_since)s::date, min(day))",
    values="""
    SELECT customer_id, jsonb_build_object('terms', jsonb_agg(term ORDER BY term))
    FROM (SELECT customer_id, label::jsonb || jsonb_build_object('used', max(nth)) AS term
          FROM pieces GROUP BY customer_id, label) AS terms
    GROUP BY customer_id""",
)

# Work that several contracts leave out is one piece of work.
EXCLUSION = summed(
    f"""
    SELECT DISTINCT a.customer_id, a.day, 1 AS quantity, a.minutes, {COST_OF_ENTRY} AS cost,
           a.id AS entry, t.name AS label
    FROM (SELECT c.customer_id, t.name, r.valid_from, r.valid_to FROM {TERMS}
          WHERE t.kind = 'exclusion' AND t.name <> '') AS t
    JOIN customers_activity a
      ON a.customer_id = t.customer_id AND a.work_item = t.name AND a.day >= t.valid_from
     AND (t.valid_to IS NULL OR a.day < t.valid_to)
    WHERE a.day >= %(months_since)s AND a.day <= %(on)s AND a.extension_id IS NULL
      AND {counts_at_all("a.day")}""",
    since="%(months_since)s::date",
    values="""
    SELECT customer_id, jsonb_build_object('names', jsonb_object_agg(label, times))
    FROM (SELECT customer_id, label, sum(quantity)::int AS times
          FROM pieces GROUP BY customer_id, label) AS names
    GROUP BY customer_id""",
)
