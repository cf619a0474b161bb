"""Holidays and the firm's own days off."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from firm import audit, work_calendars
from firm.dates import EARLIEST, firm_date
from firm.models import CalendarDayOff, CompanyDay, Firm, Holiday, User, WorkCalendar
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of

LONGEST_BREAK = 31  # days entered at once
MOST_DAYS = 400  # of a file


def check_can_edit_calendar(*, by: User | None, now: datetime.datetime) -> None:
    if by is not None and not scope_of(by, on=firm_date(now)).may(Right.EDIT_CALENDAR):
        raise Forbidden(_("Only an administrator or the back office may change the calendar."))


def first_open_day(*, now: datetime.datetime) -> datetime.date:
    """The earliest day that may be changed: once the firm works in earnest, days that have passed
    stay as they were judged.
    """
    is_live = Firm.objects.filter(went_live_at__lte=now).exists()
    return firm_date(now) if is_live else EARLIEST


def check_can_change_day(*, day: datetime.date, by: User | None, now: datetime.datetime) -> None:
    check_can_edit_calendar(by=by, now=now)
    if day < first_open_day(now=now):
        raise Refused(_("Days that have passed stay as they were. Choose today or a later day."))


@transaction.atomic
def add_holiday(
    *, day: datetime.date, name: str, by: User | None, now: datetime.datetime
) -> Holiday:
    check_can_change_day(day=day, by=by, now=now)
    holiday, created = Holiday.objects.get_or_create(
        country=settings.FIRM_COUNTRY, day=day, defaults={"name": name}
    )
    if not created:
        raise Refused(_("That day is a holiday already: %(name)s.") % {"name": holiday.name})
    work_calendars.tell_all_around(day, day)
    audit.record("holiday_added", by=by, now=now, subject=holiday, day=day.isoformat())
    return holiday


@transaction.atomic
def remove_holiday(*, holiday: Holiday, by: User | None, now: datetime.datetime) -> None:
    check_can_change_day(day=holiday.day, by=by, now=now)
    audit.record("holiday_removed", by=by, now=now, subject=holiday, day=holiday.day.isoformat())
    holiday.delete()
    work_calendars.tell_all_around(holiday.day, holiday.day)


def days_of_break(*, first: datetime.date, last: datetime.date) -> set[datetime.date]:
    """Both included. Raises Refused where it runs backwards or too long."""
    length = (last - first).days + 1
    if not 1 <= length <= LONGEST_BREAK:
        raise Refused(_("The last day comes after the first, and at most 31 days go at once."))
    return {first + datetime.timedelta(days=step) for step in range(length)}


@transaction.atomic
def add_company_days(
    *,
    first: datetime.date,
    last: datetime.date,
    name: str,
    by: User | None,
    now: datetime.datetime,
) -> int:
    """Close the firm from `first` to `last`, both included; returns how many days were new."""
    days = days_of_break(first=first, last=last)
    return add_days(days=dict.fromkeys(days, name), calendar=None, by=by, now=now)


@transaction.atomic
def add_days(
    *,
    days: Mapping[datetime.date, str],
    calendar: WorkCalendar | None,
    by: User | None,
    now: datetime.datetime,
) -> int:
    """Days off with their names, of one work calendar or of the firm (`None`); returns how many
    were new.
    """
    if not 1 <= len(days) <= MOST_DAYS:
        raise Refused(_("Between 1 and %(most)s days go at once.") % {"most": MOST_DAYS})
    check_can_change_day(day=min(days), by=by, now=now)
    kind: Any = CalendarDayOff if calendar else CompanyDay
    whose = {"calendar": calendar} if calendar else {}
    known = kind.objects.filter(day__in=days, **whose).values_list("day", flat=True)
    new = sorted(set(days) - set(known))
    if not new:
        return 0
    kind.objects.bulk_create(
        [kind(day=day, name=days[day], **whose) for day in new], ignore_conflicts=True
    )
    if calendar:
        work_calendars.tell_around(calendar, new[0], new[-1])
    else:
        work_calendars.tell_all_around(new[0], new[-1])
    audit.record(
        "days_off_added" if calendar else "company_days_added",
        by=by,
        now=now,
        subject=calendar,
        first=new[0].isoformat(),
        last=new[-1].isoformat(),
        count=len(new),
    )
    return len(new)


@transaction.atomic
def remove_company_day(*, day: CompanyDay, by: User | None, now: datetime.datetime) -> None:
    check_can_change_day(day=day.day, by=by, now=now)
    audit.record("company_day_removed", by=by, now=now, subject=day, day=day.day.isoformat())
    day.delete()
    work_calendars.tell_all_around(day.day, day.day)
