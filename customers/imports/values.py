"""Cells as people write them, into the plain text that the staging table takes.

Every reader gets a cell without the white space around it, never an empty one, and raises
BadValue where the cell could mean two things: nothing is guessed.
"""

import datetime
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from customers.imports.errors import BadValue
from firm.business_time import MINUTES_A_DAY
from firm.dates import EARLIEST, LATEST, firm_date, firm_zone
from firm.exports import unguarded
from firm.formats import SYMBOLS
from firm.text import fold

Reader = Callable[[str], str]

# First day of each era (Meiji from the day Japan took the Gregorian calendar) and its names.
ERAS = {
    "R": datetime.date(2019, 5, 1),
    "H": datetime.date(1989, 1, 8),
    "S": datetime.date(1926, 12, 25),
    "T": datetime.date(1912, 7, 30),
    "M": datetime.date(1873, 1, 1),
}
ERA_YEAR_BEFORE = {"R": 2018, "H": 1988, "S": 1925, "T": 1911, "M": 1867}
ERA_NAMES = {"令和": "R", "平成": "H", "昭和": "S", "大正": "T", "明治": "M"}
EXCEL_DAY_0 = datetime.date(1899, 12, 30)

_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_WESTERN = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_WESTERN_KANJI = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_ERA = re.compile(
    r"(令和|平成|昭和|大正|明治|[RHSTM])\.?(\d{1,2}|元)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?"
)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})")


def read_date(written: str) -> str:
    """2026-07-10, 2026/7/10, 20260710, 2026年7月10日, R8.7.10, 令和8年7月10日, an Excel serial
    (46213); a moment with an offset becomes the firm's date. An ISO date comes out.
    """
    plain = unicodedata.normalize("NFKC", written).upper()
    try:
        date = _western(plain) or _japanese(plain) or _serial(plain) or _moment(plain)
    except ValueError:
        raise BadValue("no_such_date") from None
    if date is None:
        raise BadValue("not_a_date")
    if not EARLIEST <= date <= LATEST:
        raise BadValue("date_out_of_range", earliest=EARLIEST.year, latest=LATEST.year)
    return date.isoformat()


def _western(plain: str) -> datetime.date | None:
    if match := _WESTERN.fullmatch(plain):
        year, _separator, month, day = match.groups()
    elif match := _WESTERN_KANJI.fullmatch(plain) or _COMPACT.fullmatch(plain):
        year, month, day = match.groups()
    else:
        return None
    return datetime.date(int(year), int(month), int(day))


def _japanese(plain: str) -> datetime.date | None:
    """Raises ValueError also for a day that lies outside its era, such as H31.5.1."""
    match = _ERA.fullmatch(plain)
    if match is None:
        return None
    name, year, month, day = match.groups()
    era = ERA_NAMES.get(name, name)
    in_era = 1 if year == "元" else int(year)
    date = datetime.date(ERA_YEAR_BEFORE[era] + in_era, int(month), int(day))
    ends = min((first for first in ERAS.values() if first > ERAS[era]), default=LATEST)
    if not ERAS[era] <= date < ends:
        raise ValueError(plain)
    return date


def _serial(plain: str) -> datetime.date | None:
    match = _SERIAL.fullmatch(plain)
    return EXCEL_DAY_0 + datetime.timedelta(days=int(match[1])) if match else None


def _moment(plain: str) -> datetime.date | None:
    if not _MOMENT.fullmatch(plain):
        return None
    return firm_date(datetime.datetime.fromisoformat(plain))


_CLOCK = re.compile(
    r"(?P<day>\S+?)[ T](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?"
    r"(?P<offset>Z|[+-]\d{2}:?\d{2})?"
)
_SERIAL_CLOCK = re.compile(r"(\d{5})(\.\d+)")
# As other programs write it, in the years of EARLIEST to LATEST: most files have no other way.
_ISO_START = re.compile(
    r"(?:19|2[01])\d{2}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?",
    re.ASCII,
)


def read_start(written: str) -> str:
    """When work began: a date alone, or with a time of day, by the firm's clocks where it has no
    offset (the later moment of a skipped time, the first of two); seconds are cut off. The firm's
    date comes out, and behind it the moment in UTC where there is one.
    """
    if _ISO_START.fullmatch(written):
        with suppress(ValueError):  # no such day or time: said below
            began = datetime.datetime.fromisoformat(written)
            return _start(began.replace(second=0, tzinfo=began.tzinfo or firm_zone()))
    plain = unicodedata.normalize("NFKC", written).upper()
    if match := _CLOCK.fullmatch(plain):
        date, minute = datetime.date.fromisoformat(read_date(match["day"])), _minute_of(match)
        offset = match["offset"]
    elif match := _SERIAL_CLOCK.fullmatch(plain):
        minutes = int(Decimal(match[2]) * 1440 + Decimal("0.5"))
        midnight = datetime.datetime.combine(
            datetime.date.fromisoformat(read_date(match[1])), datetime.time.min
        )
        began = midnight + datetime.timedelta(minutes=minutes)
        date, minute, offset = began.date(), began.time(), None
    else:
        return read_date(written)
    zone = _zone_of(offset) if offset else firm_zone()
    return _start(datetime.datetime.combine(date, minute, zone))


def _start(moment: datetime.datetime) -> str:
    return f"{firm_date(moment)} {moment.astimezone(datetime.UTC).isoformat()}"


def _minute_of(match: re.Match[str]) -> datetime.time:
    try:
        return datetime.time(int(match["hour"]), int(match["minute"]))
    except ValueError:
        raise BadValue("no_such_time") from None


@cache
def _zone_of(offset: str) -> datetime.tzinfo:
    """Z, +09:00 or +0900."""
    if offset == "Z":
        return datetime.UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 14 or minutes > 59:  # no place is further from Greenwich
        raise BadValue("no_such_time")
    ahead = datetime.timedelta(hours=hours, minutes=minutes)
    return datetime.timezone(-ahead if offset[0] == "-" else ahead)


_PLAIN_AMOUNT = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?")
_NUMBER = r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]+))?"
_AMOUNT = re.compile(
    rf"(?P<sign>[-+△▲])?(?P<before>[¥$€£\\])?(?P<inner>[-△▲])?{_NUMBER}(?P<after>円)?"
)
_MINUSES = str.maketrans("−‐–—", "----")


def read_amount(written: str) -> str:
    """1,234 · ¥1,234 · 1,234円 · △1,234 · ▲1,234 · −1,234 · (1,234) · full-width digits. Commas
    group by three or not at all, four decimals at most, the sign of the base currency only.
    """
    if _PLAIN_AMOUNT.fullmatch(written):
        return written
    plain = unicodedata.normalize("NFKC", written).translate(_MINUSES).replace(" ", "")
    in_brackets = plain.startswith("(") and plain.endswith(")")
    match = _AMOUNT.fullmatch(plain[1:-1] if in_brackets else plain)
    if match is None or bool(match["sign"]) + bool(match["inner"]) + in_brackets > 1:
        raise BadValue("not_an_amount")
    _check_currency_sign(match["before"], match["after"])
    whole = match["whole"].replace(",", "").lstrip("0") or "0"
    part = (match["part"] or "").rstrip("0")
    if len(whole) > 12:
        raise BadValue("amount_out_of_range")
    if len(part) > 4:
        raise BadValue("too_many_decimals")
    negative = in_brackets or match["inner"] or (match["sign"] or "+") != "+"
    return f"{'-' if negative else ''}{whole}{'.' if part else ''}{part}"


def _check_currency_sign(before: str | None, after: str | None) -> None:
    """A sign that is not the base currency's is no proof of the line's currency: refused."""
    signs = {"¥" if sign in "\\円" else sign for sign in (before, after) if sign}
    if signs - {SYMBOLS.get(settings.BASE_CURRENCY)}:
        raise BadValue("foreign_currency_sign", currency=settings.BASE_CURRENCY)


def read_rate(written: str) -> str:
    """A consumption tax rate as a fraction: 10%, 10 and 0.1 are 0.1. A bare 1 could be both."""
    plain = unicodedata.normalize("NFKC", written).replace(" ", "")
    match = re.fullmatch(r"([0-9]{1,2}(?:\.[0-9]{1,4})?)(%?)", plain)
    if match is None:
        raise BadValue("not_a_tax_rate")
    number = Decimal(match[1])
    if number == 1 and not match[2]:
        raise BadValue("not_a_tax_rate")
    is_per_cent = bool(match[2]) or number > 1
    return str(number / 100 if is_per_cent else number)


def read_exchange_rate(written: str) -> str:
    """Positive, up to nine digits before and eight behind the point."""
    plain = unicodedata.normalize("NFKC", written).replace(",", "")
    if not re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,8})?", plain) or not Decimal(plain):
        raise BadValue("not_an_exchange_rate")
    return plain


_DURATION = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,2})?)(m|min|分|h|時間|d|日|営業日)")
_MINUTES = {"m": 1, "min": 1, "分": 1, "h": 60, "時間": 60, "d": 480, "日": 480, "営業日": 480}


def read_answer(written: str) -> str:
    """A first answer in business time: 30m, 4h, 1d (a business day is eight hours); minutes."""
    plain = unicodedata.normalize("NFKC", written).lower().replace(" ", "")
    match = _DURATION.fullmatch(plain)
    minutes = Decimal(match[1]) * _MINUTES[match[2]] if match else None
    if not minutes or minutes != int(minutes):
        raise BadValue("not_a_duration")
    return str(int(minutes))


def read_hours(written: str) -> str:
    """Hours, 2.5, 2.5h or 2:30, as minutes: 1.33 is the 80 that it stands for. Excel's part of a
    day (0.0625) is none.
    """
    plain = unicodedata.normalize("NFKC", written).lower().replace(" ", "")
    if clock := re.fullmatch(r"([0-9]{1,4})(?::|時間)([0-5][0-9])(?:分|:00)?", plain):
        return str(int(clock[1]) * 60 + int(clock[2]))
    if number := re.fullmatch(r"([0-9]{1,4}(?:\.[0-9]{1,2})?)(?:h|時間)?", plain):
        return str(round(Decimal(number[1]) * 60))
    raise BadValue("not_hours")


def read_minutes(written: str) -> str:
    """Whole minutes of one piece of work, at most a day: 90, 90分."""
    plain = unicodedata.normalize("NFKC", written).lower().replace(" ", "")
    match = re.fullmatch(r"([0-9]{1,4}|1,[0-9]{3})(?:\.0+)?(?:分|min|m)?", plain)
    minutes = int(match[1].replace(",", "")) if match else 0
    if not 1 <= minutes <= MINUTES_A_DAY:
        raise BadValue("not_minutes", most=f"{MINUTES_A_DAY:,}")
    return str(minutes)


_TIME_OF_DAY = re.compile(r"(\d{1,2})[:時](\d{2})分?(?::\d{2}(?:\.\d+)?)?")


def read_clock(written: str) -> str:
    """A time of day, 9:30 or 9時30分, or Excel's part of a day (0.395833), as 09:30."""
    plain = unicodedata.normalize("NFKC", written).replace(" ", "")
    if re.fullmatch(r"0(?:\.\d+)?", plain):
        minutes = int(Decimal(plain) * 1440 + Decimal("0.5"))
    elif match := _TIME_OF_DAY.fullmatch(plain):
        minutes = int(match[1]) * 60 + int(match[2]) if int(match[2]) < 60 else MINUTES_A_DAY
    else:
        raise BadValue("no_such_time")
    if minutes >= MINUTES_A_DAY:
        raise BadValue("no_such_time")
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read_days(written: str) -> str:
    """A number of days: 90, 90日."""
    match = re.fullmatch(
        r"([0-9]{1,3})(?:日|日前|days?|d)?", unicodedata.normalize("NFKC", written)
    )
    if match is None:
        raise BadValue("not_days")
    return match[1]


_COUNTED = re.compile(r"(?P<name>.*?\S)\s*[:=×]\s*(?P<times>[0-9]{1,4})(?:回|件|個|箇所)?")


def read_counts(written: str) -> str:
    """Items counted by the month, 軽微な修正:3; 問い合わせ:4, as JSON by name."""
    found = {}
    for part in re.split(r"[;；\n]", unguarded(written)):
        match = _COUNTED.fullmatch(part.strip().replace("：", ":"))
        if match is None or len(match["name"]) > 80:
            raise BadValue("not_counts")
        found[match["name"]] = int(match["times"])
    return json.dumps(found, ensure_ascii=False)


def read_currency(written: str) -> str:
    plain = unicodedata.normalize("NFKC", written).upper()
    code = "JPY" if plain in ("円", "¥") else plain
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise BadValue("not_a_currency")
    return code


def read_email(written: str) -> str:
    """In lower case, as people's addresses are stored."""
    plain = unicodedata.normalize("NFKC", written).lower()
    try:
        validate_email(plain)
    except ValidationError:
        raise BadValue("not_an_email") from None
    return plain


def read_corporate_number(written: str) -> str:
    plain = unicodedata.normalize("NFKC", written).replace("-", "").replace(" ", "")
    if not re.fullmatch(r"[0-9]{13}", plain):
        raise BadValue("not_a_corporate_number")
    return plain


def read_yes_no(written: str) -> str:
    return _one_of(YES_NO, written)


YES_NO = {
    "true": (
        "1",
        "true",
        "yes",
        "y",
        "on",
        "x",
        "○",
        "◯",
        "〇",
        "●",
        "はい",
        "有",
        "あり",
        "レ",
        "✓",
    ),
    "false": ("0", "false", "no", "n", "off", "-", "×", "いいえ", "無", "なし"),
}


def text(most: int) -> Reader:
    """Text as typed, up to `most` characters; the guard of our own exports comes off again."""

    def read(written: str) -> str:
        plain = unguarded(written)
        if len(plain) > most:
            raise BadValue("too_long", most=most)
        if "\0" in plain:
            raise BadValue("control_character")
        return plain

    return read


def code_of(spellings: Mapping[str, tuple[str, ...]]) -> Reader:
    """A code of ours from its code or one of its spellings."""
    return lambda written: _one_of(spellings, written)


def _one_of(spellings: Mapping[str, tuple[str, ...]], written: str) -> str:
    folded = fold(written)
    for code, others in spellings.items():
        if folded == code or folded in {fold(other) for other in others}:
            return code
    known = (f"{others[0]} ({code})" if others else code for code, others in spellings.items())
    raise BadValue("not_a_code", codes=", ".join(known))


def tags(written: str) -> str:
    """As an array of PostgreSQL: cells list tags with 、 , ; or |."""
    parts = [part.strip() for part in re.split(r"[,、，;；|]", written)]
    found = list(dict.fromkeys(part for part in parts if part))
    if any(len(part) > 40 for part in found):
        raise BadValue("too_long", most=40)
    quoted = ('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in found)
    return "{" + ",".join(quoted) + "}"
