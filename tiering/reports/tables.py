"""The tables of the reports as files: a head, and rows of numbers as they are stored."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from customers.models import CustomerSnapshot
from firm.business_time import ONE_DAY
from firm.templatetags.ui import tier_label
from tiering.chips import Chip
from tiering.criteria_words import listed
from tiering.profit import CustomerProfit
from tiering.reasons import criterion_of, reason_text
from tiering.reports.allocation import Share, Verdict
from tiering.reports.averaging import Averaging
from tiering.reports.benefits import Usage
from tiering.reports.concentration import Stretch, TierShare
from tiering.reports.coverage import Coverage, Line
from tiering.reports.downgrades import Downgrade
from tiering.reports.explained import Row
from tiering.reports.flow import NEW, Flow, Held, Mover

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
            _rounded(row.share),
            _rounded(row.running),
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


def coverage(report: Coverage, labels: dict[Line, str]) -> Table:
    head = [_("Customers"), _("Number of customers"), _("Part of the active ones (%)")]
    return head, ([labels[line], report.counts[line], _rounded(report.part(line))] for line in Line)


def of_line(rows: Iterable[CustomerSnapshot], label: str) -> Table:
    head = [_("Code"), _("Name"), _("Why"), _("Account manager"), _("Backup")]
    return head, (
        [
            row.code,
            row.name,
            label,
            row.owner.name if row.owner else "",
            row.backup.name if row.backup else "",
        ]
        for row in rows
    )


def flow(found: Flow) -> Table:
    """One row a cell, so that it can be turned about in a spreadsheet."""
    words = _("Tier on %(date)s")
    if found.held == Held.IN_FORCE:
        words = _("Tier in force on %(date)s")
    head = [
        words % {"date": found.start},
        words % {"date": found.end},
        _("Number of customers"),
    ]
    names = {level.tier: tier_label(level.chip) for level in found.levels}
    names[NEW] = _("Not evaluated yet")
    places = {tier: place for place, tier in enumerate(names)}
    cells = sorted(found.cells.items(), key=lambda cell: [places[tier] for tier in cell[0]])
    return head, ([names[before], names[after], count] for (before, after), count in cells)


def movers(rows: Iterable[Mover]) -> Table:
    head = [
        _("Code"),
        _("Name"),
        _("Tier before"),
        _("Tier after"),
        _("Since"),
        _("Source of the tier"),
    ]
    return head, (
        [
            mover.row.code,
            mover.row.name,
            tier_label(mover.before) if mover.before else "",
            tier_label(mover.after),
            mover.since,
            str(mover.source.label),
        ]
        for mover in rows
    )


def explanations(rows: Iterable[Row], *, unit: str) -> Table:
    """Where the reader has the file; of the other customers the tier and no more."""
    head = [
        _("Code"),
        _("Name"),
        _("Service tier"),
        _("Earned tier"),
        _("Tier by the entry thresholds"),
        _("Reason"),
        _("Since"),
        _("Revenue from"),
        _("Revenue up to"),
        _("Revenue (%(currency)s)") % {"currency": settings.BASE_CURRENCY},
        _("Entry threshold"),
        _("Keep threshold"),
        _("Further criteria"),
        _("Tier above"),
        _("Missing to it"),
        _("Dated by"),
        _("Tier below"),
        _("Room above the keep threshold"),
        _("Falls on"),
        _("Rules version"),
        _("Evaluated for"),
        _("In words"),
    ]
    return head, (_explanation(row, unit) for row in rows)


def _explanation(row: Row, unit: str) -> list[Any]:
    names, why = [row.customer.code, row.customer.name], row.explanation
    names.append(tier_label(row.tier) if row.tier else "")
    if why is None:
        return [*names, "", "", _("Not evaluated yet")]
    told = [*names, tier_label(why.earned_tier)]
    if not row.has_file:
        return told
    own, up, down = criterion_of(why), why.up, why.down
    return [
        *told,
        tier_label(why.raw_tier),
        why.change.get_reason_display(),
        why.earned_since,
        why.start,
        why.end - ONE_DAY,
        why.trailing_revenue,
        own.enter if own else None,
        own.keep if own else None,
        listed(own.conditions, unit="yen") if own else "",
        tier_label(up.tier) if up else "",
        up.amount if up else None,
        up.by if up else None,
        tier_label(down.tier) if down else "",
        down.amount if down else None,
        why.falls_on,
        why.rule_set.number,
        why.end,
        reason_text(why, unit=unit),
    ]


def allocation(
    rows: list[tuple[str, Share]], words: Mapping[Verdict, Promise], *, with_margin: bool
) -> Table:
    head = [
        "",
        _("Number of customers"),
        _("Revenue (%(currency)s)") % {"currency": settings.BASE_CURRENCY},
        _("Share of revenue (%)"),
        _("Hours"),
        _("Share of hours (%)"),
        *([_("Share of margin (%)")] if with_margin else []),
        _("Fairness"),
        _("In words"),
    ]
    return head, (
        [
            name,
            share.part.customers,
            share.part.revenue,
            _rounded(share.revenue),
            round(share.part.hours, PLACES) if share.whole.minutes else None,
            _rounded(share.hours),
            *([_rounded(share.margin) if share.whole.minutes else None] if with_margin else []),
            _rounded(share.fairness),
            str(words[share.verdict]) if share.verdict else "",
        ]
        for name, share in rows
    )


def averaging(found: Averaging) -> Table:
    head = [_("Month"), _("Averaging index"), _("Fairness of the top tier")]
    return head, (
        [month.first, _rounded(month.index), _rounded(month.fairness)] for month in found.months
    )


def profit(found: CustomerProfit) -> Table:
    head = [
        _("Month"),
        _("Revenue (%(currency)s)") % {"currency": settings.BASE_CURRENCY},
        _("Direct expenses"),
        _("Hours"),
        _("Cost of time"),
        _("Cost of time, loaded"),
        _("Margin to serve"),
        _("Margin, loaded"),
    ]
    return head, (
        [
            month,
            one.revenue,
            one.expenses,
            None if one.hours is None else round(one.hours, PLACES),
            None if one.minutes is None else one.direct,
            None if one.minutes is None else one.loaded,
            one.margin,
            one.loaded_margin,
        ]
        for month, one in found.months
    )


def downgrades(rows: list[Downgrade]) -> Table:
    head = [
        _("Code"),
        _("Name"),
        _("Service tier"),
        _("Tier that follows"),
        _("Falls on"),
        _("Month of grace"),
        _("Months of grace"),
        _("Missing to keep the tier"),
        _("Account manager"),
    ]
    return head, (
        [
            row.customer.code,
            row.customer.name,
            tier_label(row.before),
            tier_label(row.after),
            row.falls_on,
            row.month,
            row.months,
            row.missing,
            row.customer.owner.name if row.customer.owner else "",
        ]
        for row in rows
    )


def _rounded(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else round(percent, PLACES)


def _revenue_head() -> str:
    return _("12-month revenue (%(currency)s)") % {"currency": settings.BASE_CURRENCY}


def usage(rows: Iterable[Usage]) -> Table:
    """One row a benefit and tier that has it."""
    head = [
        _("Benefit"),
        _("Service tier"),
        _("Number of customers"),
        _("Used by"),
        _("Share that used it (%)"),
    ]
    return head, (
        [row.offer.label, tier_label(part.chip), part.customers, part.users, _rounded(part.share)]
        for row in rows
        for part in row.parts
        if part
    )
