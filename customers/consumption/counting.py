"""Which logged work counts against a contract: the table of causes, in SQL.

| cause | for hours and counts | for after-hours, frequency, channel |
| in contract, customer's wish | yes | yes |
| incident | yes, unless the contract includes emergencies | no |
| investment | what lies beyond its cap | no |
| our own reason, sales, internal | no | no |

Invoiced work and goodwill work out of the tier's budget never count. What is linked to an
extension is met by it, as far as it reaches; what of an investment lies beyond its cap counts,
and so does one that names no investment, since nothing bounds it.

The texts expect the alias `a` for activities and `s` for their slices.
"""

from collections.abc import Collection
from typing import Any

from customers.models import Activity

Cause = Activity.Cause

CAUSES: dict[str, Any] = {
    "in_contract": Cause.IN_CONTRACT,
    "wish": Cause.CUSTOMER_WISH,
    "incident": Cause.INCIDENT,
    "investment": Cause.INVESTMENT,
}

# Paid for, or given on purpose.
SETTLED = """(a.is_invoiced OR EXISTS (
    SELECT FROM customers_favor f
    WHERE f.activity_id = a.id AND f.from_budget AND f.withdrawn_at IS NULL))"""


# The terms of contracts, of all their revisions.
TERMS = """customers_contract c
    JOIN customers_contractrevision r ON r.contract_id = c.id
    JOIN customers_scopeterm t ON t.revision_id = r.id"""


def in_force(revision: str, day: str) -> str:
    """Whether the revision of this alias is in force on the day."""
    return f"""({revision}.valid_from <= {day}
      AND ({revision}.valid_to IS NULL OR {revision}.valid_to > {day}))"""


def emergencies_included(day: str) -> str:
    """Whether a contract of the activity's customer serves emergencies at any time."""
    return f"""EXISTS (
    SELECT FROM customers_contract ec
    JOIN customers_contractrevision er ON er.contract_id = ec.id
    JOIN customers_scopeterm et ON et.revision_id = er.id
    WHERE ec.customer_id = a.customer_id AND et.kind = 'support_hours' AND et.emergency
      AND {in_force("er", day)})"""


def counts_at_all(day: str) -> str:
    """Work of a cause that counts for hours, before investments and extensions are looked at."""
    return f"""(a.withdrawn_at IS NULL AND (
    a.cause IN (%(in_contract)s, %(wish)s, %(investment)s)
    OR a.cause = %(incident)s AND NOT {emergencies_included(day)}) AND NOT {SETTLED})"""


# For after-hours, frequency and channel.
COUNTS_ELSEWHERE = f"""(a.withdrawn_at IS NULL AND a.cause IN (%(in_contract)s, %(wish)s)
    AND a.extension_id IS NULL AND NOT {SETTLED})"""

ASKED = """asked AS (
    SELECT id FROM customers_customer
    WHERE %(customers)s::bigint[] IS NULL OR id = ANY(%(customers)s::bigint[]))"""

# What of the slices linked to an investment or to an extension of hours lies beyond its bound,
# in the order in which the work was done. Up to the day `on`.
BOUNDED = f"""bounded AS (
    SELECT id, extension_id, minutes,
           greatest(0, least(minutes, sum(minutes) OVER in_order - bound)) AS beyond
    FROM (
        SELECT s.id, s.day, s.start_minute, s.minutes, a.extension_id, NULL::bigint AS investment,
               e.amount AS bound
        FROM asked
        JOIN customers_contract c ON c.customer_id = asked.id
        JOIN customers_scopeextension e ON e.contract_id = c.id AND e.kind = 'hours'
        JOIN customers_activity a ON a.customer_id = asked.id AND a.extension_id = e.id
        JOIN customers_activityslice s ON s.activity_id = a.id
        WHERE s.day <= %(on)s AND {counts_at_all("s.day")}
        UNION ALL
        SELECT s.id, s.day, s.start_minute, s.minutes, NULL, i.id, i.cap_minutes
        FROM asked
        JOIN customers_investment i ON i.customer_id = asked.id
        JOIN customers_activity a ON a.customer_id = asked.id AND a.investment_id = i.id
        JOIN customers_activityslice s ON s.activity_id = a.id
        WHERE s.day <= %(on)s AND a.cause = %(investment)s AND a.extension_id IS NULL
          AND {counts_at_all("s.day")}
    ) AS linked
    WINDOW in_order AS (
        PARTITION BY extension_id, investment ORDER BY day, start_minute NULLS LAST, id))"""

# Of a slice, with `b` its row of `bounded` where it has one.
COUNTED_MINUTES = f"""CASE
    WHEN NOT {counts_at_all("s.day")} THEN 0
    WHEN a.extension_id IS NOT NULL OR a.cause = %(investment)s AND a.investment_id IS NOT NULL
        THEN coalesce(b.beyond, 0)
    ELSE s.minutes END"""


def parameters(customers: Collection[int] | None, **values: Any) -> dict[str, Any]:
    """For a statement about these customers; None is all of them."""
    return {"customers": None if customers is None else list(customers), **CAUSES, **values}
