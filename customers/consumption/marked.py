"""Which of a customer's entries carry a mark: customers.consumption.marks asked the other way
round, in one statement a mark and not by reading every entry's.
"""

import re
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db.models import Q, TextChoices
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.consumption.contacts import CHANNEL_OUTSIDE
from customers.consumption.counting import ASKED, parameters
from customers.consumption.counts import (
    COUNTS_AS_UNIT,
    EXTENDED_UNITS,
    LINKED_UNITS,
    UNIT_OF_TERM,
    UNITS,
    period_start,
)
from customers.consumption.marks import ALWAYS, told_of
from customers.consumption.times import EFFECTIVE


class MarkKind(TextChoices):
    """Marks that can be asked for, by the code of a Mark or, of goodwill work, of its own."""

    OUTSIDE_HOURS = "outside_hours", pgettext_lazy("mark of an entry", "Outside support hours")
    HOLIDAY = "holiday", _("On a holiday")
    COUNT_BEYOND = "count_beyond", _("Out of scope")
    CHANNEL = "channel", _("Channel not in the contract")
    GOODWILL = "goodwill", _("Goodwill work")
    NOT_COUNTED = "not_counted", _("Not counted")


def marked(customer: int, kinds: Collection[str]) -> Q:
    """The entries of this customer with at least one of these marks; withdrawn ones may be among
    them.
    """
    values = parameters(
        [customer], customer=customer, on=ALWAYS, year_start=settings.FISCAL_YEAR_START
    )
    texts = [_TEXTS[kind] for kind in kinds if kind in _TEXTS]
    if {MarkKind.OUTSIDE_HOURS, MarkKind.HOLIDAY} <= set(kinds):  # the calendar read once
        texts = [text for text in texts if text not in (_OUTSIDE, _HOLIDAY)] + [_OUTSIDE_OR_HOLIDAY]
    found = _GOODWILL if MarkKind.GOODWILL in kinds else Q()
    for text in texts:
        found |= Q(pk__in=_ids(text, values))
    return found


def _ids(text: str, values: dict[str, Any]) -> RawSQL:
    """RawSQL knows places only, no names."""
    names = _NAMED.findall(text)
    return RawSQL(_NAMED.sub("%s", text), [values[name] for name in names])


_NAMED = re.compile(r"%\((\w+)\)s")
_GOODWILL = Q(favor__isnull=False, favor__withdrawn_at__isnull=True)


# Work that touches a holiday is marked with it alone.
def _divided(condition: str) -> str:
    return f"""
    SELECT s.activity_id
    FROM customers_activityslice s CROSS JOIN {EFFECTIVE} AS h
    WHERE s.customer_id = %(customer)s AND s.start_minute IS NOT NULL
    GROUP BY s.activity_id HAVING {condition}"""


_OUTSIDE = _divided("sum(h.holiday) = 0 AND sum(h.outside) > 0")
_HOLIDAY = _divided("sum(h.holiday) > 0")
_OUTSIDE_OR_HOLIDAY = _divided("sum(h.outside + h.holiday) > 0")

# Each term's entries of the periods that its revision touches, also those before it came into
# force, counted in order. The units of an extension are looked up for what lies beyond alone.
_COUNT_BEYOND = f"""
WITH {ASKED}, {LINKED_UNITS}
SELECT t.entry
FROM (
    SELECT a.id AS entry, a.day, c.id AS contract_id, c.customer_id, r.valid_from, t.kind, t.name,
           t.amount, t.period, period.start,
           {UNITS} AS units, sum({UNITS}) OVER (
               PARTITION BY t.id, period.start
               ORDER BY a.day, coalesce(a.started_at, 'infinity'), a.id) AS nth
    FROM customers_contract c
    JOIN customers_contractrevision r ON r.contract_id = c.id
    JOIN customers_scopeterm t ON t.revision_id = r.id
                              AND t.kind IN ('count', 'deliverable', 'meetings')
    JOIN customers_activity a ON a.customer_id = c.customer_id
                             AND a.day >= {period_start("r.valid_from", "t.period")}
                             AND (r.valid_to IS NULL OR a.day < r.valid_to)
    CROSS JOIN LATERAL (SELECT {period_start("a.day", "t.period")} AS start) AS period
    WHERE c.customer_id = %(customer)s AND {UNIT_OF_TERM} AND {COUNTS_AS_UNIT}
) AS t
CROSS JOIN {EXTENDED_UNITS} AS extensions
WHERE t.day >= t.valid_from AND t.units > 0 AND t.nth > t.amount
  AND t.nth > t.amount + extensions.amount
"""

_TEXTS: dict[str, str] = {
    MarkKind.OUTSIDE_HOURS: _OUTSIDE,
    MarkKind.HOLIDAY: _HOLIDAY,
    MarkKind.COUNT_BEYOND: _COUNT_BEYOND,
    MarkKind.CHANNEL: "SELECT a.id FROM customers_activity a"
    f" WHERE a.customer_id = %(customer)s AND {CHANNEL_OUTSIDE}",
    MarkKind.NOT_COUNTED: "SELECT id FROM ("
    + told_of("a.customer_id = %(customer)s")
    + ") AS told (id, counted, why_not) WHERE why_not IS NOT NULL",
}
