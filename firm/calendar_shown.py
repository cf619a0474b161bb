"""What the pages say about a work calendar."""

import datetime
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from firm import business_time, hours, work_calendars
from firm.business_time import ONE_DAY, NoBusinessTime, Schedule, Split
from firm.models import CalendarHours, CalendarVersion, WorkCalendar

DAYS_AHEAD = 14
MOST_STRETCHES = 6


@dataclass(frozen=True)
class ShownVersion:
    version: CalendarVersion
    words: list[tuple[str, str]]  # days, and their hours
    is_in_force: bool


@dataclass(frozen=True)
class ShownCalendar:
    calendar: WorkCalendar
    words: list[tuple[str, str]]


@dataclass(frozen=True)
class ShownShift:
    pk: int  # of one of its rows
    day: datetime.date
    name: str
    hours: str


@dataclass(frozen=True)
class Day:
    """`name` says why its hours are not those of the week."""

    day: datetime.date
    hours: str
    name: str


@dataclass(frozen=True)
class Stretch:
    """Business time that a clock used up, on the calendar's own clocks."""

    opens: datetime.datetime
    closes: datetime.datetime

    @property
    def minutes(self) -> int:
        return int((self.closes - self.opens).total_seconds()) // 60


@dataclass(frozen=True)
class Due:
    """`at` is None where the calendar has not that much business time; `more` stretches are left
    out between the first ones and the last.
    """

    start: datetime.datetime
    minutes: int
    is_back: bool
    at: datetime.datetime | None
    stretches: list[Stretch]
    more: int


@dataclass(frozen=True)
class Removal:
    """What is to be taken away, in words, and the address that does it."""

    what: str
    url: str


def calendars(*, on: datetime.date) -> list[ShownCalendar]:
    """Each with the hours that hold on this day."""
    since = CalendarVersion.objects.filter(
        calendar=OuterRef("version__calendar"), effective_from__lte=on
    ).order_by("-effective_from")
    rows = (
        CalendarHours.objects.filter(version=Subquery(since.values("pk")[:1]))
        .select_related("version__calendar")
        .order_by("-version__calendar__is_firms", "version__calendar__name", "opens")
    )
    return [
        ShownCalendar(calendar, hours.week_in_words(work_calendars.week_from(group)))
        for calendar, group in groupby(rows, key=lambda row: row.version.calendar)
    ]


def versions(calendar: WorkCalendar, *, on: datetime.date) -> list[ShownVersion]:
    """The latest first."""
    in_force = work_calendars.version_on(calendar, on)
    return [
        ShownVersion(row, hours.week_in_words(work_calendars.week_of(row)), row == in_force)
        for row in reversed(calendar.versions.all())
    ]


def coming_days(
    calendar: WorkCalendar, shifts: list[ShownShift], *, since: datetime.date
) -> list[Day]:
    """The hours of the next two weeks, as they come out of everything entered."""
    schedule = work_calendars.schedule_of(calendar, since=since, until=since + DAYS_AHEAD * ONE_DAY)
    # A holiday beats a shift.
    names = {shift.day: shift.name for shift in shifts} | dict(schedule.holidays)
    days = [since + step * ONE_DAY for step in range(DAYS_AHEAD)]
    return [Day(day, _hours_on(schedule, day), names.get(day, "")) for day in days]


def _hours_on(schedule: Schedule, day: datetime.date) -> str:
    midnight = datetime.datetime.combine(day, datetime.time.min)

    def minute(moment: datetime.datetime) -> int:
        return int((_shown(moment, schedule.zone) - midnight).total_seconds()) // 60

    spans = business_time.openings_on(schedule, day)
    return hours.spans_in_words((minute(opens), minute(closes)) for opens, closes in spans)


def shifts(calendar: WorkCalendar, *, since: datetime.date) -> list[ShownShift]:
    """Days with hours of their own, from this one on."""
    found = []
    coming = (row for row in calendar.shifts.all() if row.day >= since)
    for day, group in groupby(coming, key=lambda row: row.day):
        rows = list(group)
        spans = tuple(business_time.Hours(row.opens, row.closes) for row in rows)
        found.append(ShownShift(rows[0].pk, day, rows[0].name, hours.in_words(spans)))
    return found


def due(calendar: WorkCalendar, start: datetime.datetime, minutes: int, *, is_back: bool) -> Due:
    """`start` is a time on the calendar's own clocks, and so are the moments that come back."""
    zone, schedule = ZoneInfo(calendar.zone), work_calendars.schedule_of(calendar)
    moment = start.replace(tzinfo=zone)
    try:
        work_out = business_time.due_before if is_back else business_time.due_after
        at = work_out(schedule, moment, minutes)
    except NoBusinessTime:
        return Due(start, minutes, is_back, None, [], 0)
    used = [
        Stretch(_shown(opens, zone), _shown(closes, zone))
        for opens, closes in business_time.openings(schedule, min(moment, at), max(moment, at))
    ]
    more = max(0, len(used) - MOST_STRETCHES)
    shown = used if not more else [*used[: MOST_STRETCHES - 1], used[-1]]
    return Due(start, minutes, is_back, _shown(at, zone), shown, more)


def divided(calendar: WorkCalendar, start: datetime.datetime, end: datetime.datetime) -> Split:
    zone = ZoneInfo(calendar.zone)
    schedule = work_calendars.schedule_of(calendar)
    return business_time.split(schedule, start.replace(tzinfo=zone), end.replace(tzinfo=zone))


def _shown(moment: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    """Without a zone: the pages would otherwise tell it on the reader's clocks."""
    return moment.astimezone(zone).replace(tzinfo=None)
