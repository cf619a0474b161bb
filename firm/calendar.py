"""The firm's days: which are worked, and the national holidays as rows that people may edit."""

import datetime

import holidays
from django.conf import settings
from django.db.models import Max

from firm.models import CompanyDay, Holiday

FIRST_YEAR = 2015
YEARS_AHEAD = 2
SATURDAY = 5


def national_holidays(year: int, *, country: str) -> dict[datetime.date, str]:
    """From the `holidays` library, with the names the country itself uses."""
    language = holidays.country_holidays(country).default_language
    return dict(holidays.country_holidays(country, years=year, language=language).items())


def add_missing_years(*, country: str, through: int) -> int:
    """Write the holidays of the years after the last one present; returns how many days.

    A year that is there already is left alone: somebody may have edited it.
    """
    last = Holiday.objects.filter(country=country).aggregate(day=Max("day"))["day"]
    first_missing = last.year + 1 if last else FIRST_YEAR
    rows = [
        Holiday(country=country, day=day, name=name[:80])
        for year in range(first_missing, through + 1)
        for day, name in national_holidays(year, country=country).items()
    ]
    return len(Holiday.objects.bulk_create(rows, ignore_conflicts=True))


def closed_days(*, since: datetime.date, until: datetime.date) -> set[datetime.date]:
    """Holidays and company days in `[since, until)`; week-ends are not among them."""
    national = Holiday.objects.filter(
        country=settings.FIRM_COUNTRY, day__gte=since, day__lt=until
    ).values_list("day", flat=True)
    own = CompanyDay.objects.filter(day__gte=since, day__lt=until).values_list("day", flat=True)
    return {*national, *own}


def is_business_day(date: datetime.date) -> bool:
    if date.weekday() >= SATURDAY:
        return False
    return not closed_days(since=date, until=date + datetime.timedelta(days=1))


def last_business_day(date: datetime.date) -> datetime.date:
    """The last business day at or before `date`. Raises LookupError for a firm that never works."""
    since = date - datetime.timedelta(days=60)
    closed = closed_days(since=since, until=date + datetime.timedelta(days=1))
    for back in range(60):
        day = date - datetime.timedelta(days=back)
        if day.weekday() < SATURDAY and day not in closed:
            return day
    raise LookupError(f"no business day in the 60 days before {date}")


def business_day_after(date: datetime.date, *, days: int) -> datetime.date:
    """The day on which `days` business days have passed since `date`, itself the last of them.

    Raises LookupError for a firm that never works.
    """
    until = date + datetime.timedelta(days=60 + 2 * days)
    closed = closed_days(since=date, until=until)
    day, left = date, days
    while left:
        day += datetime.timedelta(days=1)
        if day >= until:
            raise LookupError(f"no {days} business days after {date}")
        left -= day.weekday() < SATURDAY and day not in closed
    return day
