"""Amounts, dates and times as the reader's language writes them."""

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils import dateformat, timezone
from django.utils.translation import get_language

from firm.money import MINOR_UNITS

SYMBOLS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}
YEN_DIVISORS = {"yen": 1, "thousand": 1_000, "ten_thousand": 10_000}
JAPANESE_UNITS = {"yen": "円", "thousand": "千円", "ten_thousand": "万円"}
ENGLISH_SUFFIXES = {"yen": "", "thousand": "k", "ten_thousand": " ×10k"}
ENGLISH_HEADS = {"yen": "¥", "thousand": "¥ thousand", "ten_thousand": "¥ 10,000"}
WEEKDAYS = "月火水木金土日"
MINUS = "−"
_LAST_DIGIT = [Decimal(1).scaleb(-digits) for digits in range(4)]


@dataclass(frozen=True)
class Amount:
    """In parts, so that the unit can stand small beside the figure: −, ¥, 2,142, k."""

    minus: str
    before: str
    figure: str
    after: str

    def __str__(self) -> str:
        return f"{self.minus}{self.before}{self.figure}{self.after}"


def _is_japanese() -> bool:
    return (get_language() or "").startswith("ja")


def _number(value: Decimal, digits: int) -> str:
    """1,234.5, as both languages write it; a list has hundreds, so without Django's formatting."""
    return f"{abs(value.quantize(_LAST_DIGIT[digits], ROUND_HALF_UP)):,}"


def figure(amount: Decimal, unit: str, currency: str | None = None) -> str:
    """An amount as in `money`, without sign and unit."""
    currency = currency or settings.BASE_CURRENCY
    if currency != "JPY":
        return _number(amount, MINOR_UNITS.get(currency, 2))
    value = amount / YEN_DIVISORS[unit]
    return _number(value, 1 if unit != "yen" and 0 < abs(value) < 1 else 0)


def money(amount: Decimal | int, unit: str, currency: str | None = None) -> Amount:
    """An amount of the base currency (or of `currency`). `unit` is the reader's wish (yen,
    thousand, ten_thousand) and counts for yen only: other currencies are written in full, with
    their smallest unit. Less than one unit keeps one decimal, so that it never reads as 0.
    """
    currency = currency or settings.BASE_CURRENCY
    amount = Decimal(amount)
    minus, written = MINUS if amount < 0 else "", figure(amount, unit, currency)
    if currency != "JPY":
        return Amount(minus, SYMBOLS.get(currency, f"{currency} "), written, "")
    if _is_japanese():
        return Amount(minus, "", written, JAPANESE_UNITS[unit])
    return Amount(minus, "¥", written, ENGLISH_SUFFIXES[unit])


def round_money(amount: int) -> str:
    """100万円; ¥1,000,000; $10,000. For a round sum that something is told by."""
    if settings.BASE_CURRENCY == "JPY":
        return str(money(amount, "ten_thousand" if _is_japanese() else "yen"))
    return f"{SYMBOLS.get(settings.BASE_CURRENCY, settings.BASE_CURRENCY + ' ')}{amount:,}"


def money_head(unit: str, currency: str | None = None) -> str:
    """The unit as a table head or an axis names it: 千円, ¥ thousand, USD."""
    currency = currency or settings.BASE_CURRENCY
    if currency != "JPY":
        return currency
    return (JAPANESE_UNITS if _is_japanese() else ENGLISH_HEADS)[unit]


def _local(value: datetime.date) -> datetime.date:
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day(value: datetime.date) -> str:
    """11/24（火）; Tue, Nov 24."""
    value = _local(value)
    if _is_japanese():
        return f"{value:%m/%d}（{WEEKDAYS[value.weekday()]}）"
    return dateformat.format(value, "D, M j")


def short_day(value: datetime.date) -> str:
    """12/11; Dec 11. For the narrowest places, where the year is clear."""
    value = _local(value)
    return f"{value:%m/%d}" if _is_japanese() else dateformat.format(value, "M j")


def full_day(value: datetime.date) -> str:
    """2026/11/24; Nov 24, 2026."""
    return dateformat.format(_local(value), "Y/m/d" if _is_japanese() else "M j, Y")


def month(value: datetime.date) -> str:
    """2026/10; Oct 2026."""
    return dateformat.format(_local(value), "Y/m" if _is_japanese() else "M Y")


def clock(value: datetime.datetime | datetime.time) -> str:
    """02:00; 2:00 AM."""
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return dateformat.time_format(value, "H:i" if _is_japanese() else "g:i A")


def moment(value: datetime.datetime) -> str:
    """11/20 02:00; Nov 20, 2:00 AM. For what is recent; `full_moment` has the year."""
    local = _local(value)
    if _is_japanese():
        return f"{local:%m/%d} {clock(value)}"
    return f"{dateformat.format(local, 'M j')}, {clock(value)}"


def full_moment(value: datetime.datetime) -> str:
    """2026/11/20 02:00; Nov 20, 2026, 2:00 AM."""
    separator = " " if _is_japanese() else ", "
    return f"{full_day(value)}{separator}{clock(value)}"
