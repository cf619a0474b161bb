"""National holidays as rows that people may edit, from the `holidays` library."""

import datetime

import holidays
from django.db.models import Max

from firm.models import Holiday

FIRST_YEAR = 2015
YEARS_AHEAD = 2


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
