"""The firm's days: which are worked."""

import datetime

from django.conf import settings
from django.db import connection

from firm.business_sql import begins
from firm.business_time import ONE_DAY
from firm.models import CompanyDay, Holiday

SATURDAY = 5


_TOLD = f"""
SELECT w.told_since, w.told_until, ARRAY(
    SELECT DISTINCT d.day FROM firm_calendarday d
    WHERE d.calendar_id = w.id AND d.day >= %(since)s AND d.day < %(until)s AND {begins("d")})
FROM firm_workcalendar w WHERE w.is_firms
"""


def business_days(*, since: datetime.date, until: datetime.date) -> set[datetime.date]:
    """The days of `[since, until)` on which hours of the firm's work calendar begin: its weekly
    ones or a shift, and no holiday. On days it does not tell, and without such a calendar, Monday
    to Friday but for closed days.
    """
    told_since, told_until, worked = _told(since, until)
    if told_since <= since and until <= told_until:
        return worked
    closed = _closed_days(since=since, until=until)
    days = (since + number * ONE_DAY for number in range((until - since).days))
    untold = (day for day in days if not told_since <= day < told_until)
    return worked | {day for day in untold if day.weekday() < SATURDAY and day not in closed}


def _told(
    since: datetime.date, until: datetime.date
) -> tuple[datetime.date, datetime.date, set[datetime.date]]:
    """From when until when the firm's calendar tells its days, and the business days there."""
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"since": since, "until": until})
        told_since, told_until, worked = cursor.fetchone() or (until, until, [])
    return told_since, told_until, set(worked)


def _closed_days(*, since: datetime.date, until: datetime.date) -> set[datetime.date]:
    """Holidays and company days in `[since, until)`; week-ends are not among them."""
    national = Holiday.objects.filter(
        country=settings.FIRM_COUNTRY, day__gte=since, day__lt=until
    ).values_list("day", flat=True)
    own = CompanyDay.objects.filter(day__gte=since, day__lt=until).values_list("day", flat=True)
    return {*national, *own}


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
