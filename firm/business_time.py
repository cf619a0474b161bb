"""Business time, pure and exact: how much of it lies between two moments, when it is used up, and
how logged work divides into inside, outside and holiday minutes.

Precedence: holiday > break > shift > weekly hours. Hours belong to the day they start on: a
holiday or a shift on that day decides about them as a whole, also beyond midnight. A break is a
time of the clock at which the hours of its weekday pause, on either side of midnight.

Wall-clock times that a change of the clocks skips mean the later moment, those it repeats the
first one. Clocks keep seconds and drop what is below; logged work is whole minutes. Moments go in
aware and come out in UTC. Inside this module a moment is its whole second since 1970.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60
ONE_DAY = datetime.timedelta(days=1)
# The longest hours end within the day after theirs; a skipped end may lie still an hour later.
LONGEST_REACH = 2 * ONE_DAY
# Beyond this a clock counts as never used up.
FURTHEST = 10 * 365 * 24 * 60 * 60

Span = tuple[int, int]
Pauses = Iterable[tuple[datetime.datetime, datetime.datetime]]


@dataclass(frozen=True, order=True)
class Hours:
    """`[opens, closes)` in minutes after midnight. An end before the start runs over midnight;
    0 to 1440 is a whole day. Raises ValueError for what is neither.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not (0 <= self.opens < MINUTES_A_DAY and 0 <= self.closes <= MINUTES_A_DAY):
            raise ValueError(f"hours lie between 00:00 and 24:00: {self}")
        if self.opens == self.closes:
            raise ValueError(f"hours end at another time than they start: {self}")

    @property
    def end(self) -> int:
        """Minutes after the midnight of the day they start on; beyond 1440 on the next day."""
        return self.closes if self.closes > self.opens else self.closes + MINUTES_A_DAY


@dataclass(frozen=True)
class Week:
    """What repeats every week, Monday first: hours, and breaks in them."""

    hours: tuple[tuple[Hours, ...], ...]
    breaks: tuple[tuple[Hours, ...], ...] = ((),) * 7


@dataclass(frozen=True)
class Schedule:
    """`weeks` holds from when on each week applies, ascending; before the first there are no
    weekly hours. A shift replaces its date's weekly hours; an empty one closes the date.
    Holidays have names, for those who show them.
    """

    zone: ZoneInfo
    weeks: tuple[tuple[datetime.date, Week], ...]
    shifts: Mapping[datetime.date, tuple[Hours, ...]] = field(default_factory=dict)
    holidays: Mapping[datetime.date, str] = field(default_factory=dict)

    def week_on(self, day: datetime.date) -> Week | None:
        return next((week for since, week in reversed(self.weeks) if since <= day), None)


class NoBusinessTime(LookupError):
    """The schedule has not that much business time within ten years."""


class Split(NamedTuple):
    """Whole minutes, together as long as the work. `paused` was business time."""

    inside: int
    outside: int
    holiday: int
    paused: int


class Piece(NamedTuple):
    """A part of one day. `start_minute` counts the minutes that passed since that midnight."""

    day: datetime.date
    start_minute: int
    minutes: int


def seconds_between(
    schedule: Schedule,
    start: datetime.datetime,
    end: datetime.datetime,
    *,
    pauses: Pauses = (),
) -> int:
    """Business seconds in `[start, end)`, 0 where the end comes first."""
    return _length(_working(schedule, _second(start), _second(end), _spans(pauses)))


def openings(
    schedule: Schedule, start: datetime.datetime, end: datetime.datetime
) -> Iterator[tuple[datetime.datetime, datetime.datetime]]:
    """The stretches of business time in `[start, end)`, ascending."""
    for opens, closes in _union(_openings(schedule, _second(start), _second(end))):
        yield _moment(opens), _moment(closes)


def openings_on(
    schedule: Schedule, day: datetime.date
) -> list[tuple[datetime.datetime, datetime.datetime]]:
    """The business time that belongs to a date, without its breaks; it may end on the next."""
    return [(_moment(opens), _moment(closes)) for opens, closes in _open_on(schedule, day)]


def due_after(
    schedule: Schedule, start: datetime.datetime, minutes: int, *, pauses: Pauses = ()
) -> datetime.datetime:
    """The first moment at which `minutes` of business time have passed since `start`.

    Used up exactly at closing, it is due at closing. Raises NoBusinessTime.
    """
    left = _wished(minutes)
    since = _second(start)
    if not left:
        return _moment(since)
    for opens, closes in _working(schedule, since, since + FURTHEST, _spans(pauses)):
        if left <= closes - opens:
            return _moment(opens + left)
        left -= closes - opens
    raise NoBusinessTime


def due_before(
    schedule: Schedule, end: datetime.datetime, minutes: int, *, pauses: Pauses = ()
) -> datetime.datetime:
    """The last moment at which `minutes` of business time are still to come until `end`.

    Raises NoBusinessTime.
    """
    left = _wished(minutes)
    until = _second(end)
    if not left:
        return _moment(until)
    paused = _spans(pauses)
    for opens, closes in _working_backwards(schedule, until, paused):
        if left <= closes - opens:
            return _moment(closes - left)
        left -= closes - opens
    raise NoBusinessTime


def split(
    schedule: Schedule,
    start: datetime.datetime,
    end: datetime.datetime,
    *,
    pauses: Pauses = (),
) -> Split:
    """Where the minutes of logged work lie. A pause removes business time only; holiday minutes
    are those of a holiday's date that are no business time.

    Raises ValueError for moments that are no whole minutes.
    """
    since, until = _second(start), _second(end)
    if since % 60 or until % 60:
        raise ValueError("logged work begins and ends on a whole minute")
    total = max(0, until - since)
    business = list(_openings(schedule, since, until))
    open_seconds = _length(business)
    inside = _length(_minus(business, _spans(pauses)))
    holiday = _length(_minus(_holidays(schedule, since, until), business))
    return Split(
        inside=inside // 60,
        outside=(total - open_seconds - holiday) // 60,
        holiday=holiday // 60,
        paused=(open_seconds - inside) // 60,
    )


def pieces(start: datetime.datetime, end: datetime.datetime, zone: ZoneInfo) -> Iterator[Piece]:
    """`[start, end)` cut at the midnights of `zone` and where its clocks change."""
    return _pieces((_second(start), _second(end)), zone)


def open_pieces(
    schedule: Schedule, zone: ZoneInfo, since: datetime.date, until: datetime.date
) -> Iterator[Piece]:
    """Business time on the days `[since, until)` of `zone`, which need not be the schedule's."""
    for span in _union(_openings(schedule, *_days(since, until, zone))):
        yield from _pieces(span, zone)


def holiday_pieces(
    schedule: Schedule, zone: ZoneInfo, since: datetime.date, until: datetime.date
) -> Iterator[Piece]:
    """What is no business time of the schedule's holidays, on the days `[since, until)`."""
    start, end = _days(since, until, zone)
    for span in _minus(_holidays(schedule, start, end), _openings(schedule, start, end)):
        yield from _pieces(span, zone)


def _days(since: datetime.date, until: datetime.date, zone: ZoneInfo) -> Span:
    return _at(since, 0, zone), _at(until, 0, zone)


def _pieces(span: Span, zone: ZoneInfo) -> Iterator[Piece]:
    position, end = span
    while position < end:
        day = datetime.datetime.fromtimestamp(position, zone).date()
        start, next_start = _days(day, day + ONE_DAY, zone)
        stop = _change_of_clocks(position, min(end, next_start), zone)
        yield Piece(day, (position - start) // 60, (stop - position) // 60)
        position = stop


def _change_of_clocks(start: int, end: int, zone: ZoneInfo) -> int:
    """The first second of `(start, end)` with another offset from UTC, else `end`."""

    def offset(second: int) -> datetime.timedelta | None:
        return datetime.datetime.fromtimestamp(second, zone).utcoffset()

    before = offset(start)
    if offset(end - 1) == before:
        return end
    while end - start > 1:
        middle = (start + end) // 2
        start, end = (middle, end) if offset(middle) == before else (start, middle)
    return end


def _wished(minutes: int) -> int:
    if minutes < 0:
        raise ValueError(f"business minutes are not negative: {minutes}")
    return minutes * 60


def _second(moment: datetime.datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {moment}")
    return int(moment.replace(microsecond=0).timestamp())


def _moment(second: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(second, datetime.UTC)


def _at(day: datetime.date, minute: int, zone: ZoneInfo) -> int:
    """When the clocks of `zone` show this time: `fold=0` is the first of two, and the later of
    the two readings of a time that is skipped.
    """
    midnight = datetime.datetime.combine(day, datetime.time.min)
    return int((midnight + datetime.timedelta(minutes=minute)).replace(tzinfo=zone).timestamp())


def _working(schedule: Schedule, since: int, until: int, paused: list[Span]) -> Iterator[Span]:
    """Business time without pauses, ascending."""
    for opening in _openings(schedule, since, until):
        yield from _minus([opening], paused) if paused else [opening]


def _working_backwards(schedule: Schedule, until: int, paused: list[Span]) -> Iterator[Span]:
    """Business time without pauses from `until` back, the latest first."""
    month = 30 * 24 * 60 * 60
    for end in range(until, until - FURTHEST, -month):
        yield from reversed(list(_working(schedule, end - month, end, paused)))


def _openings(schedule: Schedule, since: int, until: int) -> Iterator[Span]:
    """Business time in `[since, until)`: ascending, disjoint, cut at the schedule's midnights."""
    day = datetime.datetime.fromtimestamp(since, schedule.zone).date() - LONGEST_REACH
    midnight = _at(day, 0, schedule.zone)
    waiting: list[Span] = []
    while midnight < until:
        waiting = _union([*waiting, *_open_on(schedule, day)])
        day += ONE_DAY
        midnight = _at(day, 0, schedule.zone)
        bound = min(midnight, until)
        for opens, closes in waiting:
            if max(opens, since) < min(closes, bound):
                yield max(opens, since), min(closes, bound)
        waiting = [(max(opens, midnight), closes) for opens, closes in waiting if closes > midnight]


def _open_on(schedule: Schedule, day: datetime.date) -> list[Span]:
    """The business time that belongs to one date of the schedule."""
    if day in schedule.holidays:
        return []
    week, weekday, zone = schedule.week_on(day), day.weekday(), schedule.zone
    hours = schedule.shifts.get(day, week.hours[weekday] if week else ())
    spans = [(_at(day, span.opens, zone), _at(day, span.end, zone)) for span in hours]
    pauses = week.breaks[weekday] if week else ()
    around = (day - ONE_DAY, day, day + ONE_DAY)
    cuts = [
        (_at(date, cut.opens, zone), _at(date, cut.end, zone)) for cut in pauses for date in around
    ]
    return _minus(spans, _union(cuts)) if cuts else _union(spans)


def _holidays(schedule: Schedule, since: int, until: int) -> list[Span]:
    """The holidays' dates within `[since, until)`."""
    first = datetime.datetime.fromtimestamp(since, schedule.zone).date()
    found = []
    while (start := _at(first, 0, schedule.zone)) < until:
        first += ONE_DAY
        if first - ONE_DAY in schedule.holidays:
            found.append((max(start, since), min(_at(first, 0, schedule.zone), until)))
    return found


def _spans(pauses: Pauses) -> list[Span]:
    return _union((_second(start), _second(end)) for start, end in pauses)


def _length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def _union(spans: Iterable[Span]) -> list[Span]:
    """Ascending and disjoint, with neighbours joined; what is reversed or empty is left out."""
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _minus(spans: Iterable[Span], cuts: Iterable[Span]) -> list[Span]:
    """What is left of the spans. The cuts are ascending and disjoint."""
    taken = list(cuts)
    left = []
    for start, end in _union(spans):
        here = [cut for cut in taken if cut[0] < end and start < cut[1]]
        edges = [start, *(edge for cut in here for edge in cut), end]
        left += [(a, b) for a, b in list(pairwise(edges))[::2] if a < b]
    return left
