"""Holidays and the firm's own days off."""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from firm import audit
from firm.dates import firm_date
from firm.models import CompanyDay, Holiday, User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of

LONGEST_BREAK = 31  # days entered at once


def check_can_edit_calendar(*, by: User | None, now: datetime.datetime) -> None:
    if by is not None and not scope_of(by, on=firm_date(now)).may(Right.EDIT_CALENDAR):
        raise Forbidden(_("Only an administrator or the back office may change the calendar."))


@transaction.atomic
def add_holiday(
    *, day: datetime.date, name: str, by: User | None, now: datetime.datetime
) -> Holiday:
    check_can_edit_calendar(by=by, now=now)
    holiday, created = Holiday.objects.get_or_create(
        country=settings.FIRM_COUNTRY, day=day, defaults={"name": name}
    )
    if not created:
        raise Refused(_("That day is a holiday already: %(name)s.") % {"name": holiday.name})
    audit.record("holiday_added", by=by, now=now, subject=holiday, day=day.isoformat())
    return holiday


@transaction.atomic
def remove_holiday(*, holiday: Holiday, by: User | None, now: datetime.datetime) -> None:
    check_can_edit_calendar(by=by, now=now)
    audit.record("holiday_removed", by=by, now=now, subject=holiday, day=holiday.day.isoformat())
    holiday.delete()


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
    check_can_edit_calendar(by=by, now=now)
    length = (last - first).days + 1
    if not 1 <= length <= LONGEST_BREAK:
        raise Refused(_("The last day comes after the first, and at most 31 days go at once."))
    days = {first + datetime.timedelta(days=step) for step in range(length)}
    days -= set(CompanyDay.objects.filter(day__in=days).values_list("day", flat=True))
    CompanyDay.objects.bulk_create(
        [CompanyDay(day=day, name=name) for day in sorted(days)], ignore_conflicts=True
    )
    if days:
        audit.record(
            "company_days_added",
            by=by,
            now=now,
            first=first.isoformat(),
            last=last.isoformat(),
            count=len(days),
        )
    return len(days)


@transaction.atomic
def remove_company_day(*, day: CompanyDay, by: User | None, now: datetime.datetime) -> None:
    check_can_edit_calendar(by=by, now=now)
    audit.record("company_day_removed", by=by, now=now, subject=day, day=day.day.isoformat())
    day.delete()
