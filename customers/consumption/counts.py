"""Counts and deliverables of the contracts in force: how many of the period's are used and left.

A unit is an entry's `quantity` under the term's name, of the causes that count for hours;
investments have a cap in minutes and never count here. A meeting counts under a term without a
name. The period is the one that the day is in: the week from Monday, the month, the fiscal
quarter, half or year. Extensions count in every period they touch, without the units that are
linked to them.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from customers.consumption.counting import ASKED, counts_at_all, parameters
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
    return f"""({start} + CASE {period} WHEN 'week' THEN interval '7 days'
        ELSE make_interval(months => CASE {period} WHEN 'month' THEN 1 {_LONGER} END) END)::date"""


_LONGER = "WHEN 'quarter' THEN 3 WHEN 'half' THEN 6 ELSE 12"

# Which entries are units of the term `t`.
UNIT_OF_TERM = """(CASE WHEN t.kind = 'meetings' AND t.name = '' THEN a.kind = 'meeting'
                        ELSE a.work_item = t.name AND t.name <> '' END)"""
COUNTS_AS_UNIT = f"""(a.extension_id IS NULL AND a.cause <> %(investment)s
                      AND {counts_at_all("a.day")})"""

# With `t`: a term's kind, name, period, contract and customer, and the start of its period.
EXTENDED_UNITS = f"""LATERAL (
    SELECT coalesce(sum(greatest(0, e.amount - coalesce((
               SELECT sum(a.quantity) FROM customers_activity a
               WHERE a.customer_id = t.customer_id AND a.extension_id = e.id
                 AND a.day <= %(on)s AND a.withdrawn_at IS NULL
           ), 0))), 0)::int AS amount
    FROM customers_scopeextension e
    WHERE e.contract_id = t.contract_id AND t.kind = 'count' AND e.kind = 'count'
      AND e.name = t.name AND e.ends_on > t.start
      AND e.starts_on < {period_end("t.start", "t.period")})"""

_COUNTS = f"""
WITH {ASKED}, terms AS (
    SELECT c.customer_id, c.id AS contract_id, c.name AS contract, t.id, t.kind, t.name, t.amount,
           t.period, t.place, {period_start("%(on)s::date", "t.period")} AS start
    FROM asked
    JOIN customers_contract c ON c.customer_id = asked.id
    JOIN customers_contractrevision r ON r.contract_id = c.id
    JOIN customers_scopeterm t ON t.revision_id = r.id
    WHERE r.valid_from <= %(on)s AND (r.valid_to IS NULL OR r.valid_to > %(on)s)
      AND t.kind IN ('count', 'deliverable', 'meetings')
)
SELECT t.customer_id, t.id, t.kind, t.name, t.amount, extensions.amount, t.start,
       {period_end("t.start", "t.period")}, used.quantity
FROM terms t
CROSS JOIN {EXTENDED_UNITS} AS extensions
CROSS JOIN LATERAL (
    SELECT coalesce(sum(a.quantity), 0)::int AS quantity
    FROM customers_activity a
    WHERE a.customer_id = t.customer_id AND a.day >= t.start AND a.day <= %(on)s
      AND {UNIT_OF_TERM} AND {COUNTS_AS_UNIT}
) AS used
ORDER BY t.customer_id, t.contract, t.place, t.id
"""
