"""Whole days out of a calendar file (.ics): holidays as calendars everywhere export them."""

import datetime
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

import icalendar
from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from firm.business_time import ONE_DAY
from firm.refusals import Refused

LARGEST_FILE = 2 << 20  # bytes
LONGEST_ENTRY = 60  # days
MOST_REPETITIONS = 10_000
PATIENCE = 10.0  # seconds a file


class Unreadable(Exception):
    """An entry whose times or repetition say nothing that can be used."""


class Patience:
    """With one file: rules can be written that never come true and take seconds to find out."""

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + PATIENCE

    def check(self) -> None:
        if time.monotonic() > self._ends_at:
            raise Refused(_("The repetitions of this calendar take too long to count."))


@dataclass(frozen=True)
class Found:
    """Days with their names, and how many entries with a time of day were left out."""

    days: dict[datetime.date, str]
    timed: int


def events_of(data: bytes) -> list[Any]:
    """The entries of a calendar file. Raises Refused for what is none, or too large."""
    if len(data) > LARGEST_FILE:
        raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": LARGEST_FILE >> 20})
    try:
        return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))
    except (ValueError, UnicodeError, IndexError):
        raise Refused(_("This is no calendar file (.ics).")) from None


def whole_days(data: bytes, *, since: datetime.date, until: datetime.date) -> Found:
    """The all-day entries that touch `[since, until)`, repeated ones each time they come.

    Raises Refused for what is no calendar file, or takes too long to count.
    """
    patience = Patience()
    days: dict[datetime.date, str] = {}
    timed = 0
    for event in events_of(data):
        patience.check()
        start = _day_of(event.get("dtstart"))
        if start is None:
            timed += 1
            continue
        name = text_of(event, "summary")[:80] or _("Day off")
        for first in _beginnings(event, start, until):
            for step in range(_length(event, start)):
                if since <= (day := first + step * ONE_DAY) < until:
                    days.setdefault(day, name)
    return Found(dict(sorted(days.items())), timed)


def text_of(event: Any, name: str) -> str:
    """On one line, without the characters that no text of the database holds."""
    return " ".join(str(event.get(name, "")).replace("\0", "").split())


def repeated(
    rule: icalendar.vRecur, said: str, start: datetime.datetime
) -> Iterable[datetime.datetime]:
    """What `rule`, written as `said`, gives from `start` on, MOST_REPETITIONS at most. Raises
    Unreadable for a rule that cannot be counted, or would never get on.
    """
    if any(int(step) < 1 for step in rule.get("INTERVAL", [])):
        raise Unreadable
    try:
        return islice(rrulestr(said, dtstart=start), MOST_REPETITIONS)
    except (ValueError, TypeError, OverflowError):
        raise Unreadable from None


def _day_of(property: Any) -> datetime.date | None:
    """The day of a property that is one: not missing, not unreadable, without a time."""
    value = _value(property)
    return value if type(value) is datetime.date else None


def _value(property: Any) -> Any:
    readable = isinstance(property, icalendar.vDDDTypes | icalendar.vDuration)
    return property.dt if readable else None


def _length(event: Any, start: datetime.date) -> int:
    """In days; the end of a whole-day entry is the day after its last."""
    end, duration = _day_of(event.get("dtend")), _value(event.get("duration"))
    length = 1
    if end is not None:
        length = (end - start).days
    elif isinstance(duration, datetime.timedelta):
        length = duration.days
    return min(max(length, 1), LONGEST_ENTRY)


def _beginnings(event: Any, start: datetime.date, until: datetime.date) -> list[datetime.date]:
    """Once, or as often as its rule says before `until`, without the dates it excepts; once too
    where the rule cannot be counted.
    """
    rule = event.get("rrule")
    if not isinstance(rule, icalendar.vRecur):
        return [start]
    # Whole days know no zone, and the end of their rule is taken as a day as well.
    text = re.sub(r"(UNTIL=\d{8})T\d{6}Z?", r"\1", rule.to_ical().decode())
    try:
        moments = repeated(rule, text, datetime.datetime.combine(start, datetime.time.min))
    except Unreadable:
        return [start]
    dates = (moment.date() for moment in moments)
    excepted = _excepted(event)
    return [date for date in takewhile(lambda date: date < until, dates) if date not in excepted]


def _excepted(event: Any) -> set[datetime.date]:
    entries = event.get("exdate", [])
    lists = entries if isinstance(entries, list) else [entries]
    moments = [
        entry.dt for dates in lists if isinstance(dates, icalendar.vDDDLists) for entry in dates.dts
    ]
    days = (
        moment.date() if isinstance(moment, datetime.datetime) else moment for moment in moments
    )
    return {day for day in days if isinstance(day, datetime.date)}
