"""What the weekly sheet's form brings: cells as typed, laid over the sheet they belong to."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from customers.service_log.week import CAUSES, QUARTER, Key, Row, Sheet, cells_of, hours_text
from firm.business_time import MINUTES_A_DAY

_DECIMAL = re.compile(r"(\d{1,2})(?:[.,](\d{1,2}))?(?:h|時間)?|[.,](\d{1,2})(?:h|時間)?")
_MINUTES = re.compile(r"[0-9]{1,6}")
_CLOCK = re.compile(r"(\d{1,2})(?::|時間?)(\d{2})分?")


class BadHours(ValueError):
    """The cell does not say hours in quarters."""


@dataclass
class Typed:
    """Changed cells by row, the ticks, and whether any cell could not be read."""

    cells: list[tuple[Row, int, int]] = field(default_factory=list)
    quiet: list[int] = field(default_factory=list)
    not_quiet: list[int] = field(default_factory=list)
    has_errors: bool = False


def read_hours(typed: str) -> int:
    """1.5, 1,5, .25, 1:30, 1.5h, full width, as minutes; an empty cell is none.

    Raises BadHours for what is no hours, for more than a day, and between the quarters.
    """
    plain = unicodedata.normalize("NFKC", typed).replace(" ", "").lower()
    if not plain:
        return 0
    if clock := _CLOCK.fullmatch(plain):
        minutes, rest = int(clock[1]) * 60 + int(clock[2]), int(clock[2]) // 60
    elif decimal := _DECIMAL.fullmatch(plain):
        part = (decimal[2] or decimal[3] or "0").ljust(2, "0")
        minutes, rest = divmod((int(decimal[1] or 0) * 100 + int(part)) * 60, 100)
    else:
        raise BadHours
    if rest or minutes % QUARTER or minutes > MINUTES_A_DAY:
        raise BadHours
    return int(minutes)


def lay_over(sheet: Sheet, data: QueryDict) -> Typed:
    """Write what was typed into the sheet's cells, with what is wrong with it.

    A cell counts as changed where it differs from what the page was made with, which the form
    brings along: what was logged elsewhere in the meantime is not undone.
    """
    typed = Typed()
    shown = dict(pair.split("=", 1) for pair in data.getlist("shown") if "=" in pair)
    for row in sheet.rows:
        before = _minutes(shown.get(row.key, ""), len(row.cells))
        row.cause = _cause(data.get(f"cause-{row.key}", ""), row)
        if before is not None:
            _lay_row(row, data, before, typed)
    _read_ticks(sheet, data, typed)
    return typed


def _lay_row(row: Row, data: Mapping[str, str], before: list[int], typed: Typed) -> None:
    for place, (cell, was) in enumerate(zip(row.cells, before, strict=True)):
        text = data.get(f"hours-{row.key}-{place}", hours_text(was)).strip()
        is_changed = text != hours_text(was)
        if is_changed:
            cell.text = text
        try:
            minutes = cell.typed = read_hours(text) if is_changed else cell.logged.minutes
        except BadHours:
            cell.error = _("Write hours in quarters: 0.25, 1.5 or 1:30, up to 24.")
            typed.has_errors = True
            continue
        moves = row.cause != row.was and cell.logged.own > 0
        if moves or (is_changed and minutes != was):
            typed.cells.append((row, place, minutes))


def _read_ticks(sheet: Sheet, data: QueryDict, typed: Typed) -> None:
    ticked, shown_quiet = set(data.getlist("quiet")), set(data.getlist("was-quiet"))
    for row in sheet.rows:
        name = str(row.customer.pk)
        if not row.can_be_quiet:
            continue
        if name in ticked and name not in shown_quiet:
            typed.quiet.append(row.customer.pk)
        elif name in shown_quiet and name not in ticked:
            typed.not_quiet.append(row.customer.pk)
        row.is_quiet = name in ticked


def _minutes(text: str, count: int) -> list[int] | None:
    """None for a row that the page did not have."""
    parts = text.split(",")
    if len(parts) != count or not all(_MINUTES.fullmatch(part) for part in parts):
        return None
    return [int(part) for part in parts]


def _cause(code: str, row: Row) -> str:
    return code if code in CAUSES else row.cause


def rows_of(data: QueryDict) -> list[Key]:
    """The rows that the page had, so that none of them is lost, whatever happened meanwhile."""
    found = []
    for pair in data.getlist("shown"):
        customer, _dash, cause = pair.partition("=")[0].partition("-")
        if customer.isascii() and customer.isdigit() and len(customer) < 19 and cause in CAUSES:
            found.append((int(customer), cause))
    return found


def error_sentences(sheet: Sheet) -> list[str]:
    """One for all the cells that could not be read."""
    return list(dict.fromkeys(cell.error for _row, cell in cells_of(sheet.rows) if cell.error))
