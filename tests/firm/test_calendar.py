"""Days off, business days, and the months the back office closes."""

import datetime

import pytest

from firm import calendar, national_holidays, work_calendars
from firm.actions import (
    add_calendar_version,
    add_company_days,
    add_holiday,
    add_shift,
    close_month,
    remove_company_day,
    remove_holiday,
    reopen_month,
)
from firm.business_time import Hours, Week
from firm.models import (
    AuditEvent,
    ClosedMonth,
    CompanyDay,
    Holiday,
    User,
    WorkCalendar,
)
from firm.refusals import Forbidden, Refused
from tests.races import at_once

pytestmark = pytest.mark.django_db

MAY, JUNE, JULY = (datetime.date(2026, month, 1) for month in (5, 6, 7))
NEW_YEAR = datetime.date(2026, 1, 1)


def test_the_first_migration_brings_the_national_holidays_by_their_own_names():
    assert Holiday.objects.get(country="JP", day=NEW_YEAR).name == "元日"
    assert Holiday.objects.filter(day__year=datetime.date.today().year + 2).exists()


def test_holidays_week_ends_and_company_days_are_no_business_days(administrator, now):
    friday = datetime.date(2026, 7, 17)
    assert calendar.is_business_day(friday)
    assert not calendar.is_business_day(datetime.date(2026, 7, 18))
    assert not calendar.is_business_day(datetime.date(2026, 7, 20))  # Marine Day
    add_company_days(first=friday, last=friday, name="創立記念日", by=administrator, now=now)
    assert not calendar.is_business_day(friday)


def other_hours(week: Week, *, by: User, now: datetime.datetime) -> WorkCalendar:
    """The firm's own from August on."""
    firms = WorkCalendar.objects.get(is_firms=True)
    add_calendar_version(
        calendar=firms,
        effective_from=datetime.date(2026, 8, 1),
        week=week,
        country="JP",
        off_on_company_days=True,
        by=by,
        now=now,
    )
    return firms


def test_business_days_are_those_of_the_firm_s_work_calendar(
    administrator, now, django_assert_num_queries
):
    """From August on Tuesday to Saturday, and one Sunday shift."""
    week = Week(hours=((), *((work_calendars.OFFICE,),) * 5, ()))
    firms = other_hours(week, by=administrator, now=now)
    sunday = datetime.date(2026, 8, 9)
    half = (Hours(9 * 60, 12 * 60),)
    add_shift(calendar=firms, day=sunday, name="棚卸", spans=half, by=administrator, now=now)
    friday, saturday, monday = (datetime.date(2026, 8, day) for day in (7, 8, 10))
    assert calendar.is_business_day(saturday)
    assert calendar.is_business_day(sunday)
    assert not calendar.is_business_day(monday)
    assert not calendar.is_business_day(datetime.date(2026, 8, 11))  # Mountain Day
    assert not calendar.is_business_day(datetime.date(2026, 7, 25))  # a Saturday before it
    assert calendar.last_business_day(monday) == sunday
    with django_assert_num_queries(1):
        assert calendar.business_day_after(friday, days=3) == datetime.date(2026, 8, 12)


@pytest.mark.parametrize(
    ("hours", "saturday", "monday"),
    [
        (Hours(22 * 60, 6 * 60), False, True),  # Friday's night ends on Saturday
        (Hours(0, 24 * 60), False, True),
        (Hours(18 * 60, 24 * 60), False, True),
    ],
)
def test_hours_over_midnight_are_of_the_day_they_begin_on(
    hours, saturday, monday, administrator, now
):
    other_hours(Week(hours=((hours,),) * 5 + ((), ())), by=administrator, now=now)
    assert calendar.is_business_day(datetime.date(2026, 8, 8)) is saturday
    assert calendar.is_business_day(datetime.date(2026, 8, 3)) is monday


def test_around_the_clock_every_day_is_a_business_day(administrator, now):
    other_hours(Week(hours=((Hours(0, 24 * 60),),) * 7), by=administrator, now=now)
    since = datetime.date(2026, 8, 1)
    assert len(calendar.business_days(since=since, until=since + 7 * calendar.ONE_DAY)) == 7


@pytest.mark.parametrize("told", [{"is_firms": False}, {"told_until": datetime.date(2026, 7, 17)}])
def test_where_no_calendar_tells_the_firm_works_monday_to_friday(told):
    WorkCalendar.objects.update(**told)
    assert calendar.is_business_day(datetime.date(2026, 7, 17))
    assert not calendar.is_business_day(datetime.date(2026, 7, 18))
    assert not calendar.is_business_day(datetime.date(2026, 7, 20))


def test_the_last_business_day_lies_before_the_new_year_break(administrator, now):
    add_company_days(
        first=datetime.date(2025, 12, 29),
        last=datetime.date(2026, 1, 3),
        name="年末年始休業",
        by=administrator,
        now=now,
    )
    assert calendar.last_business_day(datetime.date(2026, 1, 4)) == datetime.date(2025, 12, 26)
    assert calendar.last_business_day(datetime.date(2026, 1, 5)) == datetime.date(2026, 1, 5)


def test_an_edited_year_is_left_alone_and_the_next_ones_are_added(administrator, now):
    last = Holiday.objects.latest("day").day.year
    removed = Holiday.objects.filter(day__year=last).latest("day")
    remove_holiday(holiday=removed, by=administrator, now=now)
    assert national_holidays.add_missing_years(country="JP", through=last + 1) > 10
    assert not Holiday.objects.filter(day=removed.day).exists()
    assert national_holidays.add_missing_years(country="JP", through=last + 1) == 0


def test_a_break_is_entered_at_once_and_days_already_off_count_once(administrator, now):
    span = {"first": datetime.date(2026, 8, 13), "last": datetime.date(2026, 8, 15)}
    assert add_company_days(**span, name="夏季休業", by=administrator, now=now) == 3
    assert add_company_days(**span, name="夏季休業", by=administrator, now=now) == 0
    assert AuditEvent.objects.filter(code="company_days_added").count() == 1


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (datetime.date(2026, 8, 15), datetime.date(2026, 8, 13)),
        (datetime.date(2026, 8, 1), datetime.date(2026, 9, 1)),
    ],
)
def test_a_break_that_runs_backwards_or_too_long_is_refused(administrator, now, first, last):
    with pytest.raises(Refused):
        add_company_days(first=first, last=last, name="休業", by=administrator, now=now)


def test_a_day_is_a_holiday_once(administrator, now):
    with pytest.raises(Refused, match="元日"):
        add_holiday(day=NEW_YEAR, name="正月", by=administrator, now=now)


def test_an_account_manager_changes_no_day(account_manager, administrator, now):
    with pytest.raises(Forbidden):
        add_holiday(day=JULY, name="休み", by=account_manager, now=now)
    add_company_days(first=JULY, last=JULY, name="休み", by=administrator, now=now)
    with pytest.raises(Forbidden):
        remove_company_day(day=CompanyDay.objects.get(), by=account_manager, now=now)


def test_a_month_is_closed_by_the_back_office_once_it_is_over(back_office, now):
    close_month(month=JUNE, by=back_office, now=now)
    assert AuditEvent.objects.get(code="month_closed").data == {"month": "2026-06-01"}
    with pytest.raises(Refused):
        close_month(month=JULY, by=back_office, now=now)


def test_the_month_is_over_at_the_firms_midnight_and_not_before(back_office):
    last_second = datetime.datetime(2026, 6, 30, 14, 59, 59, tzinfo=datetime.UTC)
    with pytest.raises(Refused):
        close_month(month=JUNE, by=back_office, now=last_second)
    close_month(month=JUNE, by=back_office, now=last_second + datetime.timedelta(seconds=1))


def test_nobody_but_the_back_office_closes_months(administrator, section_manager, now):
    for person in (administrator, section_manager):
        with pytest.raises(Forbidden):
            close_month(month=JUNE, by=person, now=now)


def test_no_month_before_the_records_begin_is_closed(back_office, now):
    for month in (datetime.date(1, 1, 1), datetime.date(1899, 12, 1)):
        with pytest.raises(Refused, match="1900/01"):
            close_month(month=month, by=back_office, now=now)
    close_month(month=datetime.date(1900, 1, 1), by=back_office, now=now)


def test_months_are_closed_in_order(back_office, now):
    close_month(month=datetime.date(2026, 4, 1), by=back_office, now=now)
    with pytest.raises(Refused, match="2026/05"):
        close_month(month=JUNE, by=back_office, now=now)
    close_month(month=MAY, by=back_office, now=now)
    close_month(month=JUNE, by=back_office, now=now)


def test_a_month_is_closed_once(back_office, now):
    close_month(month=JUNE, by=back_office, now=now)
    with pytest.raises(Refused):
        close_month(month=JUNE, by=back_office, now=now)


def test_only_the_latest_month_is_reopened_and_may_be_closed_again(back_office, now):
    for month in (MAY, JUNE):
        close_month(month=month, by=back_office, now=now)
    with pytest.raises(Refused, match="2026/06"):
        reopen_month(month=MAY, by=back_office, now=now)
    reopen_month(month=JUNE, by=back_office, now=now)
    close_month(month=JUNE, by=back_office, now=now)
    assert ClosedMonth.objects.filter(month=JUNE).count() == 2


def test_an_open_month_is_not_reopened(back_office, now):
    with pytest.raises(Refused):
        reopen_month(month=JUNE, by=back_office, now=now)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_close_a_month_once(back_office, now):
    results = at_once(*[lambda: close_month(month=JUNE, by=back_office, now=now)] * 4)
    assert sum(isinstance(result, Refused) for result in results) == 3, results
    assert ClosedMonth.objects.count() == 1
