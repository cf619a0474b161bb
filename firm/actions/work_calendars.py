"""Work calendars: their versions, shifts and days off of their own."""

import datetime
from zoneinfo import available_timezones

import holidays
from django.db import transaction
from django.utils.translation import gettext as _

from firm import audit, formats, hours, work_calendars
from firm.actions.calendar import (
    add_days,
    check_can_change_day,
    check_can_edit_calendar,
    days_of_break,
)
from firm.business_time import Hours, Week
from firm.dates import firm_date
from firm.models import (
    CalendarDayOff,
    CalendarShift,
    CalendarVersion,
    User,
    WorkCalendar,
)
from firm.refusals import Refused
from firm.work_calendars import FIRST_DAY


@transaction.atomic
def add_calendar(
    *,
    name: str,
    zone: str,
    week: Week,
    country: str,
    off_on_company_days: bool,
    by: User | None,
    now: datetime.datetime,
) -> WorkCalendar:
    """A calendar whose first version has always held: what is logged of earlier days needs one."""
    check_can_edit_calendar(by=by, now=now)
    _check_week(week, country)
    if zone not in available_timezones():
        raise Refused(_("There is no time zone of the name %(zone)s.") % {"zone": zone})
    calendar, is_new = WorkCalendar.objects.get_or_create(
        name=name.strip(),
        defaults={
            "zone": zone,
            "told_since": FIRST_DAY,
            "told_until": FIRST_DAY,
            "created_at": now,
        },
    )
    if not is_new:
        raise Refused(_("There is a calendar of this name already."))
    work_calendars.add_version(
        calendar,
        effective_from=FIRST_DAY,
        week=week,
        country=country,
        off_on_company_days=off_on_company_days,
        now=now,
        by_id=by.pk if by else None,
    )
    work_calendars.tell_from_first_version(calendar, today=firm_date(now))
    audit.record("calendar_added", by=by, now=now, subject=calendar, zone=zone)
    return calendar


def _check_week(week: Week, country: str) -> None:
    if not any(week.hours):
        raise Refused(_("A calendar is open on at least one day of the week."))
    if any(hours.overlap(spans) for spans in (*week.hours, *week.breaks)):
        raise Refused(_("Hours of a day do not overlap."))
    if country and country not in holidays.list_supported_countries():
        raise Refused(_("No holidays are known of %(country)s.") % {"country": country})


@transaction.atomic
def add_calendar_version(
    *,
    calendar: WorkCalendar,
    effective_from: datetime.date,
    week: Week,
    country: str,
    off_on_company_days: bool,
    by: User | None,
    now: datetime.datetime,
) -> CalendarVersion:
    """Other hours from a day on. Once the firm is live that day lies not in the past."""
    check_can_change_day(day=effective_from, by=by, now=now)
    _check_week(week, country)
    WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.versions.filter(effective_from=effective_from).exists():
        raise Refused(_("A version begins on that day already. Remove it, or choose another day."))
    if effective_from < calendar.told_since:
        first = formats.full_day(calendar.told_since)
        raise Refused(_("The calendar begins on %(day)s.") % {"day": first})
    version = work_calendars.add_version(
        calendar,
        effective_from=effective_from,
        week=week,
        country=country,
        off_on_company_days=off_on_company_days,
        now=now,
        by_id=by.pk if by else None,
    )
    _tell_from(calendar, effective_from)
    audit.record(
        "calendar_version_added",
        by=by,
        now=now,
        subject=calendar,
        date=effective_from.isoformat(),
    )
    return version


@transaction.atomic
def remove_calendar_version(
    *, version: CalendarVersion, by: User | None, now: datetime.datetime
) -> None:
    """The version before it goes on holding."""
    check_can_change_day(day=version.effective_from, by=by, now=now)
    if version.effective_from == version.calendar.told_since:
        raise Refused(_("The first version of a calendar stays."))
    calendar, since = version.calendar, version.effective_from
    version.delete()
    _tell_from(calendar, since)
    audit.record(
        "calendar_version_removed", by=by, now=now, subject=calendar, date=since.isoformat()
    )


def _tell_from(calendar: WorkCalendar, day: datetime.date) -> None:
    work_calendars.tell(calendar, since=day - work_calendars.REACH, until=datetime.date.max)


@transaction.atomic
def add_shift(
    *,
    calendar: WorkCalendar,
    day: datetime.date,
    name: str,
    spans: tuple[Hours, ...],
    by: User | None,
    now: datetime.datetime,
) -> None:
    """These hours instead of the weekly ones on one date: a half day, or a Saturday at work."""
    check_can_change_day(day=day, by=by, now=now)
    if not spans:
        raise Refused(_("A shift has hours. To close a whole day, add a day off."))
    if hours.overlap(spans):
        raise Refused(_("Hours of a day do not overlap."))
    WorkCalendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.shifts.filter(day=day).exists():
        raise Refused(_("That day has hours of its own already. Remove them first."))
    CalendarShift.objects.bulk_create(
        CalendarShift(calendar=calendar, day=day, name=name, opens=span.opens, closes=span.closes)
        for span in spans
    )
    work_calendars.tell_around(calendar, day, day)
    audit.record("shift_added", by=by, now=now, subject=calendar, day=day.isoformat())


@transaction.atomic
def remove_shift(
    *, calendar: WorkCalendar, day: datetime.date, by: User | None, now: datetime.datetime
) -> None:
    check_can_change_day(day=day, by=by, now=now)
    calendar.shifts.filter(day=day).delete()
    work_calendars.tell_around(calendar, day, day)
    audit.record("shift_removed", by=by, now=now, subject=calendar, day=day.isoformat())


@transaction.atomic
def add_days_off(
    *,
    calendar: WorkCalendar,
    first: datetime.date,
    last: datetime.date,
    name: str,
    by: User | None,
    now: datetime.datetime,
) -> int:
    """Holidays of this calendar alone, both days included; returns how many were new."""
    days = days_of_break(first=first, last=last)
    return add_days(days=dict.fromkeys(days, name), calendar=calendar, by=by, now=now)


@transaction.atomic
def remove_day_off(*, day_off: CalendarDayOff, by: User | None, now: datetime.datetime) -> None:
    check_can_change_day(day=day_off.day, by=by, now=now)
    calendar, day = day_off.calendar, day_off.day
    day_off.delete()
    work_calendars.tell_around(calendar, day, day)
    audit.record("day_off_removed", by=by, now=now, subject=calendar, day=day.isoformat())
