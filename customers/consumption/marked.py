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
from customers.consumption.counts import LINKED_UNITS, units_beyond
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

_COUNT_BEYOND = f"""
WITH {ASKED}, {LINKED_UNITS}
SELECT entry FROM ({units_beyond("'-infinity'::date")}) AS beyond
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
