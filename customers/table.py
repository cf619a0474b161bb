"""The columns of the customer list, on the page and in its export."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from customers import hours_cells
from customers.consumption.shown import HoursBar
from customers.listing import Question, Row, listing, sees_revenue
from customers.models import Customer, CustomerSnapshot
from firm import formats
from firm.dates import today
from firm.money import round_to_minor_unit
from firm.scope import Scope

EXPORTED_AT_ONCE = 1_000


@dataclass(frozen=True)
class Columns:
    """What a reader's list has beside tier, names and revenue. `before` is the revenue of the
    pages before this one, from which the running share goes on.
    """

    margin: bool
    running: bool
    hours: bool
    flags: bool
    before: Decimal | None = None


def header(columns: Columns) -> list[str]:
    names = [
        _("Code"),
        _("Name"),
        _("Service tier"),
        _("Basis of the tier"),
        _("12-month revenue (%(currency)s)") % {"currency": settings.BASE_CURRENCY},
    ]
    if columns.margin:
        names.append(_("Margin (%(currency)s)") % {"currency": settings.BASE_CURRENCY})
    month = {"month": formats.month(today())}
    hours = [_("Hours used, %(month)s") % month, _("Hours included, %(month)s") % month]
    flags = [_("Over & under")] if columns.flags else []
    return [*names, *hours, *flags, _("Account manager"), _("Backup"), _("Department"), _("Status")]


def exported(question: Question, *, scope: Scope, columns: Columns) -> Iterator[list[Any]]:
    """All rows of the question, in its order; no money where the reader hasn't the file."""
    tiers = import_string(settings.TIER_NAMES)()
    flags_of, on = import_string(settings.FLAGS_IN_WORDS), today()
    after, more = "", True
    while more:
        page = listing(question, scope=scope, after=after, size=EXPORTED_AT_ONCE)
        readable = hours_cells.readable(page.rows, scope)
        bars = hours_cells.bars_of(readable, on=on)
        flags = flags_of(readable, scope, on=on) if columns.flags else None
        for row in page.rows:
            told = [] if flags is None else [flags.get(row.pk, "")]
            yield _row(row, tiers, bars.get(row.pk), told, scope=scope, columns=columns)
        after, more = page.after, bool(page.after)


def _row(
    row: Row,
    tiers: dict[int, str],
    bar: HoursBar | None,
    flags: list[str],
    *,
    scope: Scope,
    columns: Columns,
) -> list[Any]:
    is_readable = sees_revenue(row, scope)
    cells: list[Any] = [
        row.code,
        row.name,
        tiers.get(row.tier_rank or 0, ""),
        _basis(row),
        _amount(row.trailing_revenue) if is_readable else None,
    ]
    if columns.margin:
        has_cost = is_readable and row.cost_to_serve
        cells.append(_amount(row.trailing_revenue - row.cost_to_serve) if has_cost else None)
    names = [row.owner_name or "", row.backup_name or "", row.department_name or ""]
    hours = [round(bar.used, 2), round(bar.included, 2)] if bar else [None, None]
    return [*cells, *hours, *flags, *names, str(Customer.Status(row.status).label)]


def _basis(row: Row) -> str:
    """What the tier holds by, with the last day of an override."""
    source = CustomerSnapshot.TierSource(row.tier_source)
    if row.tier_rank is None and source == CustomerSnapshot.TierSource.EARNED:
        return ""
    if row.tier_until is None:
        return str(source.label)
    last = formats.full_day(row.tier_until - datetime.timedelta(days=1))
    return _("%(basis)s to %(day)s") % {"basis": source.label, "day": last}


def _amount(amount: Decimal) -> Decimal:
    return round_to_minor_unit(amount, settings.BASE_CURRENCY)
