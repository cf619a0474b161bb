"""The firm's days: which are worked."""

import datetime

from django.conf import settings

from firm.models import CompanyDay, Holiday, WorkCalendar
from firm.work_calendars import schedule_of

SATURDAY = 5
ONE_DAY = datetime.timedelta(days=1)


def closed_days(*, since: datetime.date, until: datetime.date) -> set[datetime.date]:
    """Holidays and company days in `[since, until)`; week-ends are not among them."""
    national = Holiday.objects.filter(
        country=settings.FIRM_COUNTRY, day__gte=since, day__lt=until
    ).values_list("day", flat=True)
    own = CompanyDay.objects.filter(day__gte=since, day__lt=until).values_list("day", flat=True)
    return {*national, *own}


def business_days(*, since: datetime.date, until: datetime.date) -> set[datetime.date]:
    """The days of `[since, until)` on which hours of the firm's work calendar begin: its weekly
    ones or a shift, and no holiday. Before its first version, and without such a calendar, Monday
    to Friday but for closed days.
    """
    calendar = WorkCalendar.objects.filter(is_firms=True).first()
    schedule = schedule_of(calendar, since=since, until=until) if calendar else None
    tells_all = schedule is not None and schedule.week_on(since) is not None
    closed = set() if tells_all else closed_days(since=since, until=until)
    found = set()
    for number in range((until - since).days):
        day = since + number * ONE_DAY
        week = schedule.week_on(day) if schedule else None
        if schedule is None or week is None:
            is_worked = day.weekday() < SATURDAY and day not in closed
        else:
            hours = schedule.shifts.get(day, week.hours[day.weekday()])
            is_worked = bool(hours) and day not in schedule.holidays
        if is_worked:
            found.add(day)
    return found


def is_business_day(date: datetime.date) -> bool:
    return bool(business_days(since=date, until=date + ONE_DAY))


def last_business_day(date: datetime.date) -> datetime.date:
    """The last business day at or before `date`. Raises LookupError for a firm that never works."""
    days = business_days(since=date - 60 * ONE_DAY, until=date + ONE_DAY)
    if not days:
        raise LookupError(f"no business day in the 60 days before {date}")
    return max(days)


def business_day_after(date: datetime.date, *, days: int) -> datetime.date:
    """The day on which `days` business days have passed since `date`, itself the last of them.

    Raises LookupError for a firm that never works.
    """
    if days == 0:
        return date
    ahead = business_days(since=date + ONE_DAY, until=date + (60 + 2 * days) * ONE_DAY)
    if len(ahead) < days:
        raise LookupError(f"no {days} business days after {date}")
    return sorted(ahead)[days - 1]
