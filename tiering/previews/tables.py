"""A preview as a file and as plain text."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from firm.formats import full_day
from firm.templatetags.ui import tier_label
from tiering.models import Preview
from tiering.previews.loads import Load
from tiering.previews.promised import Promised
from tiering.previews.shown import Matrix, Mover, Shown, Way, shown_of


def movers(rows: Iterable[Mover], *, with_revenue: bool) -> tuple[list[str], Iterator[list[Any]]]:
    """The revenue's column is only there for people who may see any."""
    head = [
        _("Code"),
        _("Name"),
        _("Tier before"),
        _("Tier after"),
        _("What happens"),
        _("Reason"),
        _("Note"),
        _("Grace period ends on"),
        _("Tier afterwards"),
        _("Account manager"),
    ]
    if with_revenue:
        head.append(
            _("Revenue in the period (%(currency)s)") % {"currency": settings.BASE_CURRENCY}
        )
    return head, (_line(row, with_revenue) for row in rows)


def _line(mover: Mover, with_revenue: bool) -> list[Any]:
    move = mover.move
    cells: list[Any] = [
        mover.customer.code,
        mover.customer.name,
        tier_label(mover.before) if mover.before else "",
        tier_label(mover.after),
        move.get_way_display(),
        mover.reason,
        " / ".join(mover.notes),
        mover.falls_on,
        tier_label(mover.falls_to) if mover.falls_to else "",
        mover.customer.owner.name if mover.customer.owner else "",
    ]
    return [*cells, mover.revenue] if with_revenue else cells


def promises(found: Promised, *, with_price: bool, with_cost: bool) -> tuple[list[str], list[Any]]:
    """What is promised a year and in hours a month; sums of money for who may see them."""
    head = [
        _("Service"),
        _("A year, in force"),
        _("A year, draft"),
        _("Hours a month, in force"),
        _("Hours a month, draft"),
    ]
    rows: list[Any] = [
        [line.label, line.before, line.after, line.hours_before, line.hours_after]
        for line in found.lines
    ]
    contracts, capacity = found.hours_of_contracts, found.hours_of_people
    rows += [
        [_("Contracts"), None, None, contracts, contracts],
        [_("Total"), None, None, found.hours_before, found.hours_after],
        [pgettext("capacity", "Working hours"), None, None, capacity, capacity],
    ]
    currency = {"currency": settings.BASE_CURRENCY}
    if with_price and found.at_price:
        label = _("Service levels at list price, a month (%(currency)s)") % currency
        rows.append([label, None, None, *found.at_price])
    if with_cost and found.at_cost:
        label = _("Service levels at cost, a month (%(currency)s)") % currency
        rows.append([label, None, None, *found.at_cost])
    return head, rows


def by_manager(loads: list[Load]) -> tuple[list[str], list[Any]]:
    """A line for an account manager, two columns for a tier."""
    head = [_("Account manager")]
    for chip, _before, _after in loads[0].tiers if loads else []:
        names = {"tier": tier_label(chip)}
        head += [_("%(tier)s, in force") % names, _("%(tier)s, draft") % names]
    head += [_("Hours a month, in force"), _("Hours a month, draft")]
    rows = [
        [
            load.name,
            *(count for _chip, *counts in load.tiers for count in counts),
            load.hours_before,
            load.hours_after,
        ]
        for load in loads
    ]
    return head, rows


def plain_text(preview: Preview) -> str:
    """What the preview says, in a few lines for a terminal; no amounts."""
    shown = shown_of(preview)
    if not shown.has_result:
        return _("Impact preview: no month has been closed yet, so nobody is evaluated.")
    assert shown.as_of is not None
    lines = [
        _("Impact preview: %(count)s customers, evaluation date %(date)s")
        % {"count": shown.result["customers"], "date": full_day(shown.as_of)},
        *_grid(shown.matrix("earned", with_revenue=False)),
        _in_words(shown),
    ]
    return "\n".join(lines)


def _in_words(shown: Shown) -> str:
    moves = shown.moves
    return _(
        "Up %(up)s, down %(down)s (only because others moved: %(rank)s),"
        " into the grace period %(grace)s, first evaluations %(first)s"
    ) % {
        "up": moves[Way.UP],
        "down": moves[Way.DOWN],
        "rank": shown.rank_effect,
        "grace": moves[Way.GRACE],
        "first": moves[Way.FIRST],
    }


def _grid(matrix: Matrix) -> list[str]:
    """Tiers of today in rows, of the draft in columns, as wide as the widest cell."""
    corner = _("from \\ to")
    table = [[corner, *(chip.code for chip in matrix.columns), _("Total")]]
    for row in matrix.rows:
        name = row.chip.code if row.chip else _("new")
        table.append([name, *(f"{cell.count:,}" for cell in row.cells), f"{row.sum:,}"])
    table.append([_("Total"), *(f"{count:,}" for count in matrix.sums), f"{matrix.total:,}"])
    width = max(_width(cell) for row in table for cell in row) + 2
    return ["".join(" " * (width - _width(cell)) + cell for cell in row) for row in table]


def _width(text: str) -> int:
    """Columns of a terminal: a Japanese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
