"""Flags as rows of a file for other programs: codes and numbers, every customer's."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from firm.refusals import Refused
from tiering.models import Finding, FindingKind
from tiering.servicing.kinds import MEASURES
from tiering.standings import plain

EXPORT_COLUMNS = (
    "customer_code",
    "kind",
    "period_start",
    "period_end",
    "quantity",
    "unit",
    "loss",
    "forgone_fee",
    "status",
)


def export_rows(*, first: datetime.date, last: datetime.date) -> Iterator[Sequence[Any]]:
    """As EXPORT_COLUMNS, the flags whose window touches the days from `first` to `last`, by
    customer; `period_end` is the window's last day. Raises Refused for days the wrong way round.
    """
    if last < first:
        raise Refused(_("The last date lies before the first."))
    touching = Finding.objects.filter(window_from__lte=last, window_until__gt=first)
    rows = touching.select_related("customer").order_by("customer__code", "kind")
    for finding in rows.iterator(chunk_size=500):
        yield (
            finding.customer.code,
            finding.kind,
            finding.window_from,
            finding.last_day,
            finding.quantity,
            MEASURES[FindingKind(finding.kind)].unit.value,
            plain(finding.loss),
            plain(finding.forgone_fee),
            finding.state,
        )
