"""Work calendars as schedules for firm.business_time, and told day by day for SQL.

Rows of CalendarDay are worked out by the same arithmetic as due moments, so the two cannot
disagree; firm.business_sql reads them.
"""

import datetime
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Value, prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext as _

from firm import business_time
from firm.business_time import Hours, Schedule, Week
from firm.dates import firm_date, firm_zone
from firm.models import (
    CalendarDay,
    CalendarHours,
    CalendarVersion,
    CompanyDay,
    Holiday,
    WorkCalendar,
)
from firm.national_holidays import FIRST_YEAR, YEARS_AHEAD, add_missing_years

FIRST_DAY = datetime.date(FIRST_YEAR, 1, 1)
OFFICE = Hours(9 * 60, 18 * 60)
OFFICE_WEEK = Week(hours=((OFFICE,),) * 5 + ((), ()))
# How far an edited date reaches into the firm's dates: over midnight and into another zone.
REACH = datetime.timedelta(days=3)


def schedule_of(
    calendar: WorkCalendar,
    *,
    since: datetime.date = datetime.date.min,
    until: datetime.date = datetime.date.max,
) -> Schedule:
    """The calendar with the shifts and days off of `[since, until)`; without bounds, all.

    Its holidays are a mapping to their names.
    """
    prefetch_related_objects([calendar], "versions__hours", "shifts")
    shifts: dict[datetime.date, tuple[Hours, ...]] = {}
    for shift in calendar.shifts.all():
        if since <= shift.day < until:
            shifts[shift.day] = (*shifts.get(shift.day, ()), Hours(shift.opens, shift.closes))
    return Schedule(
        zone=ZoneInfo(calendar.zone),
        weeks=tuple(
            (version.effective_from, week_of(version)) for version in calendar.versions.all()
        ),
        shifts=shifts,
        holidays=holidays_of(calendar, since=since, until=until),
    )


def version_on(calendar: WorkCalendar, day: datetime.date) -> CalendarVersion | None:
    versions = [row for row in calendar.versions.all() if row.effective_from <= day]
    return versions[-1] if versions else None


def week_of(version: CalendarVersion) -> Week:
    return week_from(version.hours.all())


def week_from(rows: Iterable[CalendarHours]) -> Week:
    """The rows of one version as a week."""
    hours: list[list[Hours]] = [[] for _ in range(7)]
    breaks: list[list[Hours]] = [[] for _ in range(7)]
    for row in rows:
        (breaks if row.is_break else hours)[row.weekday].append(Hours(row.opens, row.closes))
    return Week(tuple(map(tuple, hours)), tuple(map(tuple, breaks)))


def holidays_of(
    calendar: WorkCalendar, *, since: datetime.date, until: datetime.date
) -> dict[datetime.date, str]:
    """Its own days off, and of the countries' and the firm's those that its version of the day
    observes, with their names.
    """
    rows = [
        kind.filter(day__gte=since, day__lt=until).values_list(
            Value(of), country, "day", "name", named=False
        )
        for of, kind, country in (
            ("own", calendar.days_off.order_by(), Value("")),
            ("country", Holiday.objects.order_by(), F("country")),
            ("firm", CompanyDay.objects.order_by(), Value("")),
        )
    ]
    return {
        day: name
        for of, country, day, name in rows[0].union(*rows[1:], all=True)
        if of == "own" or _observes(version_on(calendar, day), of, country)
    }


def _observes(version: CalendarVersion | None, of: str, country: str) -> bool:
    if version is None:
        return False
    return version.off_on_company_days if of == "firm" else version.country == country


def add_version(
    calendar: WorkCalendar,
    *,
    effective_from: datetime.date,
    week: Week,
    country: str,
    off_on_company_days: bool,
    now: datetime.datetime,
    by_id: int | None = None,
) -> CalendarVersion:
    """The rows of a version. Its days are told by the caller."""
    if country:
        add_missing_years(country=country, through=firm_date(now).year + YEARS_AHEAD)
    version = CalendarVersion.objects.create(
        calendar=calendar,
        effective_from=effective_from,
        country=country,
        off_on_company_days=off_on_company_days,
        created_at=now,
        created_by_id=by_id,
    )
    CalendarHours.objects.bulk_create(
        CalendarHours(
            version=version,
            weekday=weekday,
            is_break=is_break,
            opens=hours.opens,
            closes=hours.closes,
        )
        for is_break, days in ((False, week.hours), (True, week.breaks))
        for weekday, spans in enumerate(days)
        for hours in spans
    )
    return version


@transaction.atomic
def tell(calendar: WorkCalendar, *, since: datetime.date, until: datetime.date) -> None:
    """Work out the days `[since, until)` of the firm's zone anew, as far as they are told."""
    calendar = WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    since, until = max(since, calendar.told_since), min(until, calendar.told_until)
    if since >= until:
        return
    schedule = schedule_of(calendar, since=since - REACH, until=until + REACH)
    CalendarDay.objects.filter(calendar=calendar, day__gte=since, day__lt=until).delete()
    CalendarDay.objects.bulk_create(
        (
            CalendarDay(
                calendar=calendar,
                day=piece.day,
                is_holiday=is_holiday,
                open_minute=piece.start_minute,
                close_minute=piece.start_minute + piece.minutes,
            )
            for is_holiday, pieces in (
                (False, business_time.open_pieces(schedule, firm_zone(), since, until)),
                (True, business_time.holiday_pieces(schedule, firm_zone(), since, until)),
            )
            for piece in pieces
        ),
        batch_size=5000,
    )


def tell_around(calendar: WorkCalendar, first: datetime.date, last: datetime.date) -> None:
    """After a change of the calendar's dates from `first` to `last`, both included."""
    tell(calendar, since=first - REACH, until=last + REACH)


def tell_all_around(first: datetime.date, last: datetime.date) -> None:
    """After a change of days that any calendar may observe."""
    for calendar in WorkCalendar.objects.order_by("pk"):
        tell_around(calendar, first, last)


@transaction.atomic
def tell_coming_years(*, today: datetime.date) -> None:
    """Each country's holidays and each calendar's days up to the end of the year after next."""
    last_year = today.year + YEARS_AHEAD
    used = CalendarVersion.objects.exclude(country="").values_list("country", flat=True)
    for country in {settings.FIRM_COUNTRY, *used}:
        add_missing_years(country=country, through=last_year)
    horizon = datetime.date(last_year + 1, 1, 1)
    for calendar in WorkCalendar.objects.filter(told_until__lt=horizon).order_by("pk"):
        known_until = calendar.told_until
        WorkCalendar.objects.filter(pk=calendar.pk).update(told_until=horizon)
        tell(calendar, since=known_until, until=horizon)


def tell_from_first_version(calendar: WorkCalendar, *, today: datetime.date) -> None:
    """All days of a new calendar."""
    first = calendar.versions.aggregate(first=Min("effective_from"))["first"]
    calendar.told_since = first
    calendar.told_until = max(first, datetime.date(today.year + YEARS_AHEAD + 1, 1, 1))
    calendar.save(update_fields=["told_since", "told_until"])
    tell(calendar, since=calendar.told_since, until=calendar.told_until)


@transaction.atomic
def ensure_firm_calendar(*, now: datetime.datetime) -> WorkCalendar:
    """The firm's own calendar: Monday to Friday 09:00 to 18:00 until somebody says otherwise."""
    with translation.override(settings.LANGUAGE_CODE):
        name = _("Office hours")
    calendar, is_new = WorkCalendar.objects.get_or_create(
        is_firms=True,
        defaults={
            "name": name,
            "zone": settings.FIRM_TIME_ZONE,
            "told_since": FIRST_DAY,
            "told_until": FIRST_DAY,
            "created_at": now,
        },
    )
    if is_new:
        add_version(
            calendar,
            effective_from=FIRST_DAY,
            week=OFFICE_WEEK,
            country=settings.FIRM_COUNTRY,
            off_on_company_days=True,
            now=now,
        )
        tell_from_first_version(calendar, today=firm_date(now))
    return calendar
