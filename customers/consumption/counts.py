"""Counts and deliverables of the contracts in force: how many of the period's are used and left.

A unit is an entry's `quantity` under the term's name, of the causes that count for hours;
investments have a cap in minutes and never count here. A meeting counts under a term without a
name. The period is the one that the day is in: the week from Monday, the month, the fiscal
quarter, half or year.

The quantity of an extension is used up once over its whole period: by the units linked to it,
which count only beyond it, and by what the term's earlier periods used beyond their own amounts.
The extension that ends first is used first.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from customers.consumption.counting import ASKED, counts_at_all, in_force, parameters
from customers.models import ScopeTerm

Kind = ScopeTerm.Kind


@dataclass(frozen=True)
class Count:
    """One term in the period `[start, end)`, up to the day asked for."""

    customer_id: int
    term_id: int
    kind: str
    name: str
    amount: int
    extended: int
    start: datetime.date
    end: datetime.date
    used: int

    @property
    def label(self) -> str:
        return self.name or str(Kind(self.kind).label)

    @property
    def last_day(self) -> datetime.date:
        return self.end - datetime.timedelta(days=1)

    @property
    def included(self) -> int:
        return self.amount + self.extended

    @property
    def left(self) -> int:
        return max(0, self.included - self.used)

    @property
    def beyond(self) -> int:
        return max(0, self.used - self.included)


def counts_of(customers: Collection[int] | None, *, on: datetime.date) -> dict[int, list[Count]]:
    """By customer, in the contract's order; None is every customer."""
    found: dict[int, list[Count]] = {}
    with connection.cursor() as cursor:
        values = parameters(customers, on=on, year_start=settings.FISCAL_YEAR_START)
        cursor.execute(_COUNTS, values)
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(Count(*row))
    return found


def period_start(day: str, period: str) -> str:
    """The first day of the period of `day`, in SQL; firm.dates.fiscal_period says the same."""
    months = f"CASE {period} WHEN 'month' THEN 1 {_LONGER} END"
    since = f"mod(extract(month FROM {day})::int - %(year_start)s + 12, 12)"
    return f"""CASE {period} WHEN 'week' THEN date_trunc('week', {day}::timestamp)
        ELSE date_trunc('month', {day}::timestamp) - make_interval(months => mod({since}, {months}))
    END::date"""


def period_end(start: str, period: str) -> str:
    return f"({start} + {_length(period)})::date"


def _length(period: str) -> str:
    return f"""CASE {period} WHEN 'week' THEN interval '7 days'
        ELSE make_interval(months => CASE {period} WHEN 'month' THEN 1 {_LONGER} END) END"""


_LONGER = "WHEN 'quarter' THEN 3 WHEN 'half' THEN 6 ELSE 12"

# Which entries are units of the term `t`.
UNIT_OF_TERM = """(CASE WHEN t.kind = 'meetings' AND t.name = '' THEN a.kind = 'meeting'
                        ELSE a.work_item = t.name AND t.name <> '' END)"""
COUNTS_AS_UNIT = f"""(a.cause <> %(investment)s AND {counts_at_all("a.day")})"""

# What of the units linked to an extension of a count lies beyond it, in the order in which the
# work was done. Up to the day `on`.
LINKED_UNITS = f"""linked_units AS (
    SELECT id, extension_id, quantity,
           greatest(0, least(quantity, sum(quantity) OVER in_order - bound))::int AS beyond
    FROM (
        SELECT a.id, a.day, a.started_at, a.quantity, a.extension_id, e.amount AS bound
        FROM asked
        JOIN customers_contract c ON c.customer_id = asked.id
        JOIN customers_scopeextension e ON e.contract_id = c.id AND e.kind = 'count'
        JOIN customers_activity a ON a.customer_id = asked.id AND a.extension_id = e.id
        WHERE a.day <= %(on)s AND {COUNTS_AS_UNIT}
    ) AS linked
    WINDOW in_order AS (
        PARTITION BY extension_id ORDER BY day, coalesce(started_at, 'infinity'), id))"""

# Of an entry that counts as a unit. An extension of hours meets the whole entry.
UNITS = """CASE WHEN a.extension_id IS NULL THEN a.quantity ELSE coalesce(
    (SELECT linked_units.beyond FROM linked_units WHERE linked_units.id = a.id), 0) END"""

# The periods of the term before the one that begins at t.start, in which it was used beyond what
# the revision of their last day includes.
_OVERRUN = f"""overrun AS (
    SELECT row_number() OVER (ORDER BY start, until) AS nth, start, until, used - amount AS units
    FROM (
        SELECT p.start::date, {period_end("p.start", "former.period")} AS until, former.amount,
               r.valid_from, r.valid_to
        FROM customers_contractrevision r
        JOIN customers_scopeterm former ON former.revision_id = r.id AND former.kind = 'count'
                                       AND former.name = t.name
        CROSS JOIN LATERAL generate_series(
            {period_start("(SELECT min(starts_on) FROM granted)", "former.period")}::timestamp,
            t.start - interval '1 day', {_length("former.period")}
        ) AS p(start)
        WHERE r.contract_id = t.contract_id
    ) AS period
    CROSS JOIN LATERAL (
        SELECT coalesce(sum({UNITS}), 0)::int AS used
        FROM customers_activity a
        WHERE a.customer_id = t.customer_id AND a.day >= period.start AND a.day < period.until
          AND {UNIT_OF_TERM} AND {COUNTS_AS_UNIT}
    ) AS units
    WHERE until <= t.start AND valid_from < until AND (valid_to IS NULL OR valid_to >= until)
      AND used > amount)"""

# With `t`: a term's kind, name, period, contract and customer, and the start of its period. Each
# extension, the one that ends first, meets what the former ones left of the periods it touches.
EXTENDED_UNITS = f"""LATERAL (
    WITH RECURSIVE granted AS (
        SELECT row_number() OVER (ORDER BY e.ends_on, e.id) AS no, e.starts_on, e.ends_on,
               e.amount - coalesce((SELECT sum(quantity - beyond) FROM linked_units
                                    WHERE extension_id = e.id), 0)::int AS free
        FROM customers_scopeextension e
        WHERE e.contract_id = t.contract_id AND t.kind = 'count' AND e.kind = 'count'
          AND e.name = t.name AND e.starts_on < {period_end("t.start", "t.period")}
    ), {_OVERRUN}, met AS (
        SELECT 0::bigint AS no, 0 AS room,
               (SELECT coalesce(array_agg(units ORDER BY nth), '{{}}') FROM overrun) AS unmet
        UNION ALL
        SELECT g.no, CASE WHEN g.ends_on > t.start THEN g.free - step.units ELSE 0 END, step.unmet
        FROM met JOIN granted g ON g.no = met.no + 1
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(units), 0)::int AS units,
                   coalesce(array_agg(unmet - units ORDER BY nth), '{{}}') AS unmet
            FROM (
                SELECT nth, unmet,
                       greatest(0, least(touched, g.free - sum(touched) OVER (ORDER BY nth)
                                                  + touched))::int AS units
                FROM (
                    SELECT o.nth, met.unmet[o.nth] AS unmet,
                           CASE WHEN o.start < g.ends_on AND o.until > g.starts_on
                                THEN met.unmet[o.nth] ELSE 0 END AS touched
                    FROM overrun o
                ) AS touching
            ) AS taken
        ) AS step
    )
    SELECT coalesce(sum(room), 0)::int AS amount FROM met)"""


def units_beyond(since: str) -> str:
    """Of customers `asked`, with LINKED_UNITS: a row for each entry with units beyond its term, in
    the periods that touch the days from `since` to `on`.

    Each term's entries of the periods that its revision touches, also those before it came into
    force, are counted in order. The units of an extension are looked up for what lies beyond alone.
    """
    return f"""
SELECT t.customer_id, t.entry, t.day, t.kind, t.name, t.start, t.units, t.nth,
       t.amount + extensions.amount AS included,
       least(t.units, t.nth - t.amount - extensions.amount)::int AS beyond
FROM (
    SELECT a.id AS entry, a.day, c.id AS contract_id, c.customer_id, r.valid_from, t.kind, t.name,
           t.amount, t.period, period.start,
           {UNITS} AS units, sum({UNITS}) OVER (
               PARTITION BY t.id, period.start
               ORDER BY a.day, coalesce(a.started_at, 'infinity'), a.id) AS nth
    FROM asked
    JOIN customers_contract c ON c.customer_id = asked.id
    JOIN customers_contractrevision r ON r.contract_id = c.id
    JOIN customers_scopeterm t ON t.revision_id = r.id
                              AND t.kind IN ('count', 'deliverable', 'meetings')
    JOIN customers_activity a ON a.customer_id = c.customer_id AND a.day <= %(on)s
                  AND a.day >= {period_start(f"greatest(r.valid_from, {since})", "t.period")}
                  AND (r.valid_to IS NULL OR a.day < r.valid_to)
    CROSS JOIN LATERAL (SELECT {period_start("a.day", "t.period")} AS start) AS period
    WHERE {UNIT_OF_TERM} AND {COUNTS_AS_UNIT}
) AS t
CROSS JOIN {EXTENDED_UNITS} AS extensions
WHERE t.day >= t.valid_from AND t.units > 0 AND t.nth > t.amount
  AND t.nth > t.amount + extensions.amount"""


_COUNTS = f"""
WITH {ASKED}, {LINKED_UNITS}, terms AS (
    SELECT c.customer_id, c.id AS contract_id, c.name AS contract, t.id, t.kind, t.name, t.amount,
           t.period, t.place, {period_start("%(on)s::date", "t.period")} AS start
    FROM asked
    JOIN customers_contract c ON c.customer_id = asked.id
    JOIN customers_contractrevision r ON r.contract_id = c.id
    JOIN customers_scopeterm t ON t.revision_id = r.id
    WHERE {in_force("r", "%(on)s")}
      AND t.kind IN ('count', 'deliverable', 'meetings')
)
SELECT t.customer_id, t.id, t.kind, t.name, t.amount, extensions.amount, t.start,
       {period_end("t.start", "t.period")}, used.quantity
FROM terms t
CROSS JOIN {EXTENDED_UNITS} AS extensions
CROSS JOIN LATERAL (
    SELECT coalesce(sum({UNITS}), 0)::int AS quantity
    FROM customers_activity a
    WHERE a.customer_id = t.customer_id AND a.day >= t.start AND a.day <= %(on)s
      AND {UNIT_OF_TERM} AND {COUNTS_AS_UNIT}
) AS used
ORDER BY t.customer_id, t.contract, t.place, t.id
"""
