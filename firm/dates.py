"""The firm's calendar date and month arithmetic. A date is always the firm's local one."""

import datetime
from calendar import monthrange
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

# What lies outside is a slip of the pen.
EARLIEST, LATEST = datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)


def firm_zone() -> ZoneInfo:
    return ZoneInfo(settings.FIRM_TIME_ZONE)


def firm_date(moment: datetime.datetime) -> datetime.date:
    """The firm's date at an aware moment: 15:30 UTC is the next day in Tokyo."""
    return moment.astimezone(firm_zone()).date()


def today() -> datetime.date:
    """The firm's date now. For the edges (views, commands); actions take `as_of` or `now`."""
    return firm_date(timezone.now())


def start_of_day(date: datetime.date) -> datetime.datetime:
    """The moment at which this date of the firm begins."""
    return datetime.datetime.combine(date, datetime.time.min, firm_zone())


def first_of_month(date: datetime.date) -> datetime.date:
    return date.replace(day=1)


def add_months(date: datetime.date, months: int) -> datetime.date:
    """Clamps to the month's last day: 31 January + 1 month = 28 or 29 February."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(date.day, monthrange(year, month + 1)[1]))


def day_asked_for(text: str) -> datetime.date:
    """An ISO date out of an address, between EARLIEST and today; today where it says none."""
    try:
        return max(min(datetime.date.fromisoformat(text), today()), EARLIEST)
    except ValueError:
        return today()


def fiscal_period(date: datetime.date, *, months: int) -> tuple[datetime.date, datetime.date]:
    """The fiscal quarter (3), half (6) or year (12) that this date is in: `[start, end)`.

    Of a date before EARLIEST, the one that EARLIEST is in.
    """
    date = max(date, EARLIEST)
    since = (date.month - settings.FISCAL_YEAR_START) % 12 % months
    start = add_months(first_of_month(date), -since)
    return start, add_months(start, months)
