"""Refusals of files, lines and cells as sentences of the reader's language."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from customers.imports.columns import label_of
from firm.formats import MINUS

NAMED = 20  # of a list of names; the rest is counted

FILES = {
    "activities_overlap": _(
        "These lines have no number of their own (source_id), and there are already entries of "
        "the source “%(source)s” from %(start)s to %(end)s in the same period: they could count "
        "twice. Say which period the file replaces (--replace FROM..TO)."
    ),
    "bad_encoding": _(
        "The file is neither UTF-8 nor CP932 (Shift_JIS): line %(line)s, byte %(byte)s of the "
        "file cannot be read. It may have been cut off or saved in another encoding."
    ),
    "broken_quotes": _(
        "From line %(line)s on, the quotation marks do not match, so the columns cannot be told "
        "apart."
    ),
    "broken_xlsx": _("The file is not an Excel workbook that can be read (.xlsx)."),
    "cell_too_long": _("A cell in line %(line)s has more than %(most)s characters."),
    "column_twice": _("The header has the column “%(name)s” twice."),
    "columns_alike": _(
        "The columns “%(first)s” and “%(second)s” mean the same. Rename or delete one of them."
    ),
    "empty_file": _("The file is empty."),
    "encrypted_xlsx": _("The workbook has a password. Save it without one and try again."),
    "missing_columns": _(
        "Required columns are missing: %(missing)s. The header was found in line %(line)s."
    ),
    "no_header": _(
        "No header was found in the first %(within)s lines. These columns are required: "
        "%(required)s."
    ),
    "no_lines": _("There are no lines below the header."),
    "old_excel": _(
        "This is an old or password-protected Excel file. Save it as .xlsx without a password and "
        "try again."
    ),
    "overlap_without_replace": _(
        "These lines have no document number, and there are already entries of the source "
        "“%(source)s” from %(start)s to %(end)s in the same period: they could count twice. Say "
        "which period the file replaces (--replace FROM..TO)."
    ),
    "too_many_lines": _("The file has more than %(most)s lines. Split it."),
    "unknown_columns": _("These columns are unknown: %(names)s."),
    "unknown_format": _(
        "Only .csv, .tsv, .txt and .xlsx files can be read, and the ending must be the right one."
    ),
    "xlsx_too_large": _(
        "The workbook is too large to be read: it unpacks to too much, or claims too many cells. "
        "Delete empty rows and columns, or save the sheet as CSV."
    ),
}

LINES = {
    "amount_out_of_range": _("The amount is out of range (at most 12 digits)."),
    "control_character": _("“%(value)s” holds a control character."),
    "date_out_of_range": _("“%(value)s” is not between %(earliest)s and %(latest)s."),
    "ends_before_it_begins": _("The contract ends before it begins."),
    "foreign_currency_sign": _(
        "“%(value)s” has the sign of another currency than %(currency)s. Write the number alone "
        "and the currency in its own column."
    ),
    "in_the_future": _("“%(value)s” lies in the future."),
    "loaded_below_direct": _(
        "The loaded rate carries the overhead: it is at least the direct one."
    ),
    "name_of_several": _("Several people are called “%(value)s”. Write the e-mail address."),
    "no_exchange_rate": _(
        "There is no exchange rate from %(currency)s to %(base)s for %(date)s or the %(days)s "
        "days before. Import the rates first."
    ),
    "no_longer_a_customer": _(
        "This customer was one until %(date)s. The work would be of a later day."
    ),
    "no_such_date": _("There is no such day: “%(value)s”."),
    "no_such_time": _("There is no such time of day: “%(value)s”."),
    "not_a_code": _("“%(value)s” is not one of %(codes)s."),
    "not_a_corporate_number": _("“%(value)s” is not a 13-digit corporate number."),
    "not_a_currency": _("“%(value)s” is not a three-letter currency code."),
    "not_a_date": _(
        "“%(value)s” is not a date that can be read in only one way. Write 2026-07-10."
    ),
    "not_a_department": _(
        "“%(value)s” is not a department. Write its path, names of up to %(most)s characters"
        " with / between."
    ),
    "not_a_person": _("“%(value)s” is neither a name nor an e-mail address."),
    "not_a_tax_rate": _("“%(value)s” is not a tax rate. Write 10%% or 0.1."),
    "not_a_duration": _("“%(value)s” is not a time to answer. Write 30m, 4h or 1d."),
    "not_an_amount": _(
        "“%(value)s” is not an amount that can be read in only one way. Write 1234567 or 1,234,567."
    ),
    "not_an_email": _("“%(value)s” is not an e-mail address."),
    "not_an_exchange_rate": _("“%(value)s” is not an exchange rate."),
    "not_counts": _("“%(value)s” is no list of counts. Write name:3; name:4."),
    "not_days": _("“%(value)s” is not a number of days."),
    "not_hours": _("“%(value)s” is not a number of hours. Write 2.5 or 2:30."),
    "not_minutes": _("“%(value)s” is not a whole number of minutes from 1 to %(most)s."),
    "own_parent": _("The customer would stand above itself."),
    "own_superior": _("Nobody is their own superior."),
    "price_not_positive": _("The price of an hour is more than nothing."),
    "rate_of_base_currency": _("%(base)s is the base currency: its rate is always 1."),
    "rate_out_of_range": _("A rate is between 0 and %(most)s an hour."),
    "required": _("This cell is required but empty."),
    "revision_begins_earlier": _(
        "A revision of this contract holds from %(date)s on. The file's begins earlier."
    ),
    "role_missing": _("A department without a role makes no post. Fill in both."),
    "stands_twice": _("This is already in line %(first)s."),
    "tax_rate_missing": _("The amount includes tax, so the tax rate is needed."),
    "too_long": _("“%(value)s” is longer than %(most)s characters."),
    "too_many_cells": _(
        "The line has more cells than the header. In a CSV file an amount such as 1,234 needs"
        " quotation marks around it."
    ),
    "too_many_decimals": _("“%(value)s” has more than four decimals."),
    "unknown_customer": _("There is no customer with the code “%(value)s”."),
    "unknown_window": _("“%(value)s” is neither a calendar nor hours. Write Mon-Fri 10:00-18:00."),
    "unknown_person": _("There is nobody with the address “%(value)s”."),
}


def file_sentence(refusal: Mapping[str, Any]) -> str:
    """Why a file as a whole was refused; "" where it was not."""
    if not refusal:
        return ""
    values = {name: _in_words(value, refusal.get("kind")) for name, value in refusal.items()}
    return str(FILES[refusal["code"]]) % values


def line_sentence(code: str, data: Mapping[str, Any]) -> str:
    return str(LINES[code]) % data


def hours_of(minutes: Decimal) -> str:
    """1,234.5: minutes as hours without idle decimals."""
    hours = f"{abs(minutes) / 60:,.2f}".rstrip("0").rstrip(".")
    return f"{MINUS}{hours}" if minutes < 0 else hours


def listed(names: Sequence[str]) -> str:
    """As the language writes lists: the first names, and how many more there are."""
    separator = "、" if (get_language() or "").startswith("ja") else ", "
    return f"{separator.join(names[:NAMED])} {more_than_named(names)}".rstrip()


def more_than_named(names: Sequence[str]) -> str:
    """… and 3 more; "" where all of them are named."""
    more = len(names) - NAMED
    return gettext("… and %(more)s more") % {"more": f"{more:,}"} if more > 0 else ""


def _in_words(value: Any, kind: str | None) -> Any:
    """Lists as text; columns of ours by both of their names."""
    if not isinstance(value, list):
        return value
    return listed([_both_names(kind, name) if kind else name for name in value])


def _both_names(kind: str, name: str) -> str:
    label = label_of(kind, name)
    return name if label == name.replace("_", " ") else f"{label} ({name})"
