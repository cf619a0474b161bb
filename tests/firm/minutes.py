"""Business time minute by minute: the slow and obvious reading that firm/business_time.py is
compared with.

A `Window` is thirteen days around a moment at which something happens to the clocks, as a table of
what they show each minute. It knows nothing of offsets: a time of the clock is looked up in it.
"""

import datetime
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from firm.business_time import Schedule

ONE_DAY = datetime.timedelta(days=1)
ONE_MINUTE = datetime.timedelta(minutes=1)
DAYS = 13
MARGIN = 5  # days at either end that no test asks about


@dataclass(frozen=True)
class Window:
    zone: ZoneInfo
    first: datetime.date
    # What the clocks show, minute by minute, and the first minute at which they show it.
    shown: tuple[datetime.datetime, ...] = field(repr=False)
    minute_of: dict[datetime.datetime, int] = field(repr=False)

    @property
    def start(self) -> datetime.datetime:
        return _start(self.first)

    def moment(self, minute: int, second: int = 0) -> datetime.datetime:
        return self.start + datetime.timedelta(minutes=minute, seconds=second)

    def minute_at(self, day: datetime.date, minute: int) -> int:
        """The minute at which the clocks show this; what they skip is as much later as they
        skip.
        """
        wall = datetime.datetime.combine(day, datetime.time.min) + minute * ONE_MINUTE
        if wall in self.minute_of:
            return self.minute_of[wall]
        return self.minute_of[wall + _skipped(self.shown, wall)]


def _skipped(shown: tuple[datetime.datetime, ...], wall: datetime.datetime) -> datetime.timedelta:
    return next(
        later - before - ONE_MINUTE for before, later in pairwise(shown) if before < wall < later
    )


def _start(first: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(first, datetime.time.min, datetime.UTC)


@lru_cache
def window(zone: str, event: datetime.date) -> Window:
    first = event - DAYS // 2 * ONE_DAY
    shown, minute_of = [], {}
    for minute in range(DAYS * 24 * 60):
        moment = _start(first) + minute * ONE_MINUTE
        wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        shown.append(wall)
        minute_of.setdefault(wall, minute)
    return Window(ZoneInfo(zone), first, tuple(shown), minute_of)


def usable(seen: Window) -> range:
    """The minutes in the middle: all hours that reach them are known."""
    return range(MARGIN * 24 * 60, (DAYS - MARGIN) * 24 * 60)


def open_minutes(schedule: Schedule, seen: Window) -> bytearray:
    """One for each minute that is business time, none for the others."""
    marks = bytearray(len(seen.shown))
    for offset in range(MARGIN - 2, DAYS - MARGIN + 2):
        day = seen.first + offset * ONE_DAY
        for minute in _minutes_of(schedule, seen, day):
            marks[minute] = 1
    return marks


def _minutes_of(schedule: Schedule, seen: Window, day: datetime.date) -> set[int]:
    """The business minutes that belong to a date."""
    if day in schedule.holidays:
        return set()
    weeks = [week for since, week in schedule.weeks if since <= day]
    hours = weeks[-1].hours[day.weekday()] if weeks else ()
    if day in schedule.shifts:
        hours = schedule.shifts[day]
    found: set[int] = set()
    for span in hours:
        found |= _clock(seen, day, span)
    for pause in weeks[-1].breaks[day.weekday()] if weeks else ():
        for date in (day - ONE_DAY, day, day + ONE_DAY):
            found -= _clock(seen, date, pause)
    return found


def _clock(seen: Window, day: datetime.date, span) -> set[int]:
    end = span.closes if span.closes > span.opens else span.closes + 24 * 60
    return set(range(seen.minute_at(day, span.opens), seen.minute_at(day, end)))


def holiday_minutes(schedule: Schedule, seen: Window) -> bytearray:
    """One for each minute of a holiday's date."""
    return bytearray(wall.date() in schedule.holidays for wall in seen.shown)
