"""What an edit of the calendars would shift, tried out and taken back: nothing of it is written.

Due moments are worked out for an enquiry that arrives a little before the edit makes its first
difference: before closing on the eve of a day off, before noon where the afternoon is off. What is
on record keeps its marks: how many entries would have them otherwise is
told to judge the edit by.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, zip_longest
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from firm import business_time, work_calendars
from firm.business_time import ONE_DAY, NoBusinessTime, Schedule, Week
from firm.dates import firm_date
from firm.models import WorkCalendar

SHORTLY = 10  # business minutes
USUAL_RESPONSE = 60  # where no contract on the calendar says anything
PAST_DAYS = 90
FURTHEST = datetime.timedelta(days=90)

Edit = Callable[[], object]
Moment = datetime.datetime | None


@dataclass(frozen=True)
class Uses:
    """How many contracts in force go by a calendar, and the first responses they promise, in
    business minutes.
    """

    contracts: int = 0
    responses: tuple[int, ...] = ()


@dataclass(frozen=True)
class Shift:
    """When an enquiry is due, on the calendar's own clocks; None: never within ten years."""

    arrives: datetime.datetime
    minutes: int
    before: Moment
    after: Moment

    @property
    def moves(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Shifted:
    calendar: WorkCalendar
    contracts: int
    shifts: list[Shift]


@dataclass(frozen=True)
class Effects:
    """`marked` are entries from `since` to `last` outside their support hours, before the edit and
    had it held; None where the edit says nothing about days that have passed.
    """

    calendars: list[Shifted]
    since: datetime.date | None = None
    last: datetime.date | None = None
    marked: tuple[int, int] | None = None


def effects_of(
    edit: Edit,
    *,
    first: datetime.date,
    last: datetime.date | None = None,
    now: datetime.datetime,
    past: Edit | None = None,
) -> Effects:
    """Of an edit of the days `first` to `last`, of all from `first` on where `last` is None.

    `past` edits the last ninety days alike (`as_if_held`): weekly hours are held against them.
    Raises Refused as the edit does.
    """
    today = firm_date(now)
    uses: dict[int, Uses] = import_string(settings.CALENDAR_USES)(on=first)
    before = _schedules(first)
    with transaction.atomic():
        edit()
        after = _schedules(first)
        transaction.set_rollback(True)
    found = []
    for calendar, schedule in before.items():
        used = uses.get(calendar.pk, Uses())
        shifts = _shifts(schedule, after[calendar], first, used.responses or (USUAL_RESPONSE,))
        found.append(Shifted(calendar, used.contracts, shifts))
    moved = [shifted for shifted in found if any(shift.moves for shift in shifted.shifts)]
    since = max(first, today - PAST_DAYS * ONE_DAY)
    until = min(today, last or today) + ONE_DAY
    if past is not None:
        since, until = today - PAST_DAYS * ONE_DAY, today + ONE_DAY
        return Effects(moved, since, today, _marked(past, since, until))
    if since >= until:
        return Effects(moved)
    return Effects(moved, since, until - ONE_DAY, _marked(edit, since, until))


def as_if_held(
    calendar: WorkCalendar,
    *,
    week: Week,
    country: str,
    off_on_company_days: bool,
    now: datetime.datetime,
) -> Edit:
    """The edit of weekly hours as if they had held for the last ninety days; to be tried only."""
    since = firm_date(now) - PAST_DAYS * ONE_DAY

    def edit() -> None:
        calendar.versions.filter(effective_from__gte=since).delete()
        work_calendars.add_version(
            calendar,
            effective_from=since,
            week=week,
            country=country,
            off_on_company_days=off_on_company_days,
            now=now,
        )
        work_calendars.tell(calendar, since=since, until=firm_date(now) + ONE_DAY)

    return edit


def _marked(edit: Edit, since: datetime.date, until: datetime.date) -> tuple[int, int]:
    count: Callable[..., int] = import_string(settings.ENTRIES_OUTSIDE_HOURS)
    before = count(since=since, until=until)
    with transaction.atomic():
        edit()
        after = count(since=since, until=until)
        transaction.set_rollback(True)
    return before, after


def _schedules(around: datetime.date) -> Mapping[WorkCalendar, Schedule]:
    """Of all calendars, as things are."""
    days = {"since": around - FURTHEST, "until": around + FURTHEST}
    calendars = WorkCalendar.objects.prefetch_related("versions__hours", "shifts")
    return {row: work_calendars.schedule_of(row, **days) for row in calendars}


def _shifts(
    before: Schedule, after: Schedule, first: datetime.date, responses: tuple[int, ...]
) -> list[Shift]:
    """One for each response promised; none where the edit of this day makes no difference."""
    moment = _first_difference(before, after, first)
    if moment is None:
        return []
    try:
        arrives = business_time.due_before(before, moment, SHORTLY)
    except NoBusinessTime:
        return []
    return [
        Shift(
            _told(arrives, before.zone),
            minutes,
            _due(before, arrives, minutes),
            _due(after, arrives, minutes),
        )
        for minutes in responses
    ]


def _first_difference(
    before: Schedule, after: Schedule, first: datetime.date
) -> datetime.datetime | None:
    """From this day on: when one of the two is open and the other is not."""
    midnight = datetime.datetime.combine(first, datetime.time.min, before.zone)
    edges = (
        chain.from_iterable(business_time.openings(schedule, midnight, midnight + FURTHEST))
        for schedule in (before, after)
    )
    differing = (pair for pair in zip_longest(*edges) if pair[0] != pair[1])
    return next((min(filter(None, pair)) for pair in differing), None)


def _due(schedule: Schedule, arrives: datetime.datetime, minutes: int) -> Moment:
    try:
        return _told(business_time.due_after(schedule, arrives, minutes), schedule.zone)
    except NoBusinessTime:
        return None


def _told(moment: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    """Without a zone: the pages would otherwise tell it on the reader's clocks."""
    return moment.astimezone(zone).replace(tzinfo=None)
