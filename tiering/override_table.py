"""The list of manual overrides as a file."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from firm.money import round_to_minor_unit
from firm.templatetags.ui import tier_label
from tiering.override_list import Row


def header() -> list[str]:
    return [
        _("Code"),
        _("Customer"),
        _("State"),
        _("Manual override"),
        _("Earned tier"),
        _("Direction"),
        _("From day"),
        _("Last day"),
        _("Reason"),
        _("Requested by"),
        _("Decided by"),
        _("Note on the decision"),
        _("12-month revenue (%(currency)s)") % {"currency": settings.BASE_CURRENCY},
    ]


def exported(rows: Iterable[Row]) -> Iterator[list[Any]]:
    for row in rows:
        one = row.override
        yield [
            one.customer.code,
            one.customer.name,
            one.get_state_display(),
            tier_label(row.chip),
            tier_label(row.earned) if row.earned else "",
            row.direction.label if row.direction else "",
            one.starts_on,
            row.last_day,
            one.reason,
            one.requested_by.name,
            one.decided_by.name if one.decided_by else "",
            one.end_note or one.decision_note,
            None
            if row.revenue is None
            else round_to_minor_unit(row.revenue, settings.BASE_CURRENCY),
        ]
