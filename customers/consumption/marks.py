"""What an entry means for the contract: told beside it, never a reason to refuse it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from customers.consumption.contacts import CHANNEL_OUTSIDE
from customers.consumption.counting import (
    ASKED,
    BOUNDED,
    COUNTED_MINUTES,
    COUNTS_ELSEWHERE,
    SETTLED,
    in_force,
    parameters,
)
from customers.consumption.counts import (
    COUNTS_AS_UNIT,
    EXTENDED_UNITS,
    LINKED_UNITS,
    UNIT_OF_TERM,
    UNITS,
    period_start,
)
from customers.consumption.times import Divided, divided_of
from customers.models import Activity, ScopeTerm


@dataclass(frozen=True)
class Unit:
    """The entry as one of a counted term: it brought the period's units to `nth` of `included`."""

    term: str
    included: int
    nth: int
    contract: str
    revision: int

    @property
    def is_beyond(self) -> bool:
        return self.nth > self.included

    @property
    def clause(self) -> str:
        return _("%(contract)s, revision %(revision)s: “%(term)s”") % {
            "contract": self.contract,
            "revision": self.revision,
            "term": self.term,
        }


@dataclass(frozen=True)
class Mark:
    """`tone` is that of a flag: over, warn, or empty for what is only told."""

    code: str
    words: str
    tone: str = ""
    clause: str = ""


@dataclass(frozen=True)
class Marks:
    """`counted` minutes of the entry count for hours; `why_not` says why some do not. Whether it
    counts for after-hours, frequency and channel is `counts_elsewhere`.
    """

    counted: int = 0
    why_not: str = ""
    channel_outside: bool = False
    counts_elsewhere: bool = False
    divided: Divided | None = None
    units: list[Unit] = field(default_factory=list)

    @property
    def marks(self) -> list[Mark]:
        """The most important first."""
        found = [_unit(unit) for unit in self.units]
        if self.divided and self.divided.beyond:
            found.append(_time(self.divided))
        if self.channel_outside:
            found.append(Mark("channel", _("Channel not in the contract"), "warn"))
        if self.why_not:
            found.append(Mark("not_counted", _not_counted(self.why_not)))
        return sorted(found, key=lambda mark: ("over", "warn", "").index(mark.tone))

    @property
    def warnings(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.tone]


def marks_of(entries: Iterable[Activity]) -> dict[int, Marks]:
    """By the entries' ids, in three statements however many there are. Withdrawn ones have none."""
    rows = list(entries)
    pks = [row.pk for row in rows]
    if not pks:
        return {}
    values = parameters({row.customer_id for row in rows}, entries=pks, on=ALWAYS)
    divided, units = divided_of(pks), _units(values)
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, values)
        return {
            pk: Marks(
                counted, why_not or "", outside, elsewhere, divided.get(pk), units.get(pk, [])
            )
            for pk, counted, why_not, outside, elsewhere in cursor.fetchall()
        }


def _units(values: dict[str, Any]) -> dict[int, list[Unit]]:
    found: dict[int, list[Unit]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, {**values, "year_start": settings.FISCAL_YEAR_START})
        for pk, name, *row in cursor.fetchall():
            # Only meetings need no name of their own.
            term = name or str(ScopeTerm.Kind.MEETINGS.label)
            found.setdefault(pk, []).append(Unit(term, *row))
    return found


def _unit(unit: Unit) -> Mark:
    values = {"term": unit.term, "nth": unit.nth, "included": unit.included}
    if unit.is_beyond:
        words = _("Out of scope: %(term)s, number %(nth)s of %(included)s") % values
        return Mark("count_beyond", words, "over", unit.clause)
    return Mark("count", _("%(term)s: %(nth)s of %(included)s") % values, "", unit.clause)


def _time(divided: Divided) -> Mark:
    tone = "warn" if divided.is_beyond else ""
    values = {"inside": divided.inside, "beyond": divided.beyond}
    if divided.holiday:
        words = _("Holiday: %(inside)s min in, %(beyond)s min out")
        return Mark("holiday", words % values, tone)
    words = _("Outside support hours: %(inside)s min in, %(beyond)s min out")
    return Mark("outside_hours", words % values, tone)


def _not_counted(code: str) -> str:
    return {
        "invoiced": _("Not counted: invoiced"),
        "goodwill": _("Not counted: out of the goodwill budget"),
        "own_reason": _("Not counted: our own reason"),
        "sales": _("Not counted: sales"),
        "internal": _("Not counted: internal"),
        "incident": _("Not counted: the contract includes emergencies"),
        "extension": _("Met by an extension"),
        "investment": _("Within an investment's cap"),
    }[code]


ALWAYS = datetime.date.max

_TOLD = f"""
WITH {ASKED}, {BOUNDED}
SELECT a.id, sum({COUNTED_MINUTES})::int,
       CASE WHEN a.is_invoiced THEN 'invoiced'
            WHEN {SETTLED} THEN 'goodwill'
            WHEN a.cause IN ('own_reason', 'sales', 'internal') THEN a.cause
            WHEN sum({COUNTED_MINUTES}) = a.minutes THEN NULL
            WHEN a.extension_id IS NOT NULL THEN 'extension'
            ELSE a.cause END,
       {CHANNEL_OUTSIDE}, {COUNTS_ELSEWHERE}
FROM customers_activity a
JOIN customers_activityslice s ON s.activity_id = a.id
LEFT JOIN bounded b ON b.id = s.id
WHERE {{entries}}
GROUP BY a.id
"""


def told_of(entries: str) -> str:
    """Rows `(id, counted, why_not, channel_outside, counts_elsewhere)`; the condition is on
    activities `a`.
    """
    return _TOLD.format(entries=entries)


_MARKS = told_of("a.id = ANY(%(entries)s::bigint[])")

_UNITS = f"""
WITH {ASKED}, {LINKED_UNITS}, terms AS (
    SELECT a.id AS entry, a.customer_id, a.day, a.started_at, c.id AS contract_id,
           c.name AS contract, r.number, t.kind, t.name, t.amount, t.period,
           {period_start("a.day", "t.period")} AS start
    FROM customers_activity a
    JOIN customers_contract c ON c.customer_id = a.customer_id
    JOIN customers_contractrevision r ON r.contract_id = c.id AND {in_force("r", "a.day")}
    JOIN customers_scopeterm t ON t.revision_id = r.id
                              AND t.kind IN ('count', 'deliverable', 'meetings')
    WHERE a.id = ANY(%(entries)s::bigint[]) AND {UNIT_OF_TERM} AND {COUNTS_AS_UNIT}
      AND {UNITS} > 0
)
SELECT t.entry, t.name, t.amount + extensions.amount, used.quantity, t.contract, t.number
FROM terms t
CROSS JOIN {EXTENDED_UNITS} AS extensions
CROSS JOIN LATERAL (
    SELECT sum({UNITS})::int AS quantity
    FROM customers_activity a
    WHERE a.customer_id = t.customer_id AND a.day >= t.start AND a.day <= t.day
      AND (a.day, coalesce(a.started_at, 'infinity'), a.id)
          <= (t.day, coalesce(t.started_at, 'infinity'), t.entry)
      AND {UNIT_OF_TERM} AND {COUNTS_AS_UNIT}
) AS used
ORDER BY t.entry, t.contract, t.name
"""
