"""The tables of the reports as files: a head, and rows of numbers as they are stored."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from customers.models import CustomerSnapshot
from firm.templatetags.ui import tier_label
from tiering.chips import Chip
from tiering.reports.concentration import Stretch, TierShare

Table = tuple[list[str], Iterable[list[Any]]]
PLACES = 4  # decimals of a percentage in a file


def stretches(rows: list[Stretch]) -> Table:
    head = [
        _("From place"),
        _("To place"),
        _("Number of customers"),
        _("Part of the customers (%)"),
        _revenue_head(),
        _("Share of revenue (%)"),
        _("Running share (%)"),
        _("Lowest revenue (%(currency)s)") % {"currency": settings.BASE_CURRENCY},
    ]
    return head, (
        [
            row.first,
            row.last,
            row.customers,
            round(row.part, PLACES),
            row.revenue,
            round(row.share, PLACES),
            round(row.running, PLACES),
            row.lowest,
        ]
        for row in rows
    )


def tier_shares(rows: list[TierShare]) -> Table:
    head = [
        _("Service tier"),
        _("Number of customers"),
        _revenue_head(),
        _("Share of revenue (%)"),
        _("Running share (%)"),
    ]
    return head, (
        [
            tier_label(row.chip),
            row.customers,
            row.revenue,
            None if row.share is None else round(row.share, PLACES),
            None if row.running is None else round(row.running, PLACES),
        ]
        for row in rows
    )


def customers(rows: Iterable[CustomerSnapshot], chips: dict[int, Chip]) -> Table:
    """Customers whose file the reader has."""
    head = [_("Code"), _("Name"), _("Service tier"), _revenue_head(), _("Account manager")]
    return head, _customers(rows, chips)


def _customers(rows: Iterable[CustomerSnapshot], chips: dict[int, Chip]) -> Iterator[list[Any]]:
    for row in rows:
        chip = chips.get(row.tier_rank or 0)
        yield [
            row.code,
            row.name,
            tier_label(chip) if chip else "",
            row.trailing_revenue,
            row.owner.name if row.owner else "",
        ]


def _revenue_head() -> str:
    return _("12-month revenue (%(currency)s)") % {"currency": settings.BASE_CURRENCY}
