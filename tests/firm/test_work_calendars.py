"""Work calendars: versions, days of their own, and the days told for SQL."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from customers.models import Activity, ActivitySlice
from firm import work_calendars
from firm.actions import (
    add_calendar,
    add_calendar_version,
    add_company_days,
    add_days_off,
    add_holiday,
    add_shift,
    remove_calendar_version,
    remove_company_day,
    remove_day_off,
    remove_holiday,
    remove_shift,
)
from firm.business_sql import divided
from firm.business_time import Hours, Split, Week, due_after, pieces, split
from firm.dates import firm_zone
from firm.models import (
    AuditEvent,
    CalendarDay,
    CalendarHours,
    CalendarVersion,
    CompanyDay,
    Firm,
    Holiday,
    WorkCalendar,
)
from firm.refusals import Forbidden, Refused
from tests.examples import examples
from tests.factories import a_customer, a_person
from tests.firm.test_business_time import tokyo, weeks

pytestmark = pytest.mark.django_db

TEN_TO_SIX = Hours(10 * 60, 18 * 60)
SUPPORT_WEEK = Week(hours=((TEN_TO_SIX,),) * 5 + ((), ()))
TOMORROW = datetime.date(2026, 7, 16)  # a Thursday
ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def office() -> WorkCalendar:
    return WorkCalendar.objects.get(is_firms=True)


@pytest.fixture
def support(administrator, now) -> WorkCalendar:
    return a_calendar("サポート窓口", by=administrator, now=now)


def a_calendar(name: str, *, by, now, week: Week = SUPPORT_WEEK, **values) -> WorkCalendar:
    facts = {"zone": "Asia/Tokyo", "country": "JP", "off_on_company_days": True, **values}
    return add_calendar(name=name, week=week, by=by, now=now, **facts)


def a_version(calendar: WorkCalendar, since: datetime.date, *, by, now, week: Week) -> None:
    add_calendar_version(
        calendar=calendar,
        effective_from=since,
        week=week,
        country="JP",
        off_on_company_days=True,
        by=by,
        now=now,
    )


def told(calendar: WorkCalendar, day: datetime.date) -> list[tuple[bool, int, int]]:
    rows = calendar.days.filter(day=day).order_by("open_minute")
    return list(rows.values_list("is_holiday", "open_minute", "close_minute"))


def by_sql(calendar: WorkCalendar) -> list[tuple[int, int, int, int]]:
    """Each slice's id with its inside, outside and holiday minutes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, c.inside, c.outside, c.holiday FROM customers_activityslice s"
            f" CROSS JOIN {divided('s', '%(calendar)s')} c ORDER BY s.id",
            {"calendar": calendar.pk},
        )
        return cursor.fetchall()


def a_slice(day: datetime.date, start_minute: int | None, minutes: int, activity: Activity) -> int:
    return ActivitySlice.objects.create(
        activity=activity,
        customer=activity.customer,
        day=day,
        start_minute=start_minute,
        minutes=minutes,
        cost=0,
    ).pk


@pytest.fixture
def activity(db) -> Activity:
    return Activity.objects.create(
        customer=a_customer(), staff=a_person(), day=TOMORROW, minutes=60, cause="in_contract"
    )


def test_the_firm_has_office_hours_from_the_first_migration_on(office):
    assert (office.zone, office.name) == ("Asia/Tokyo", "会社の営業時間")
    assert told(office, TOMORROW) == [(False, 540, 1080)]
    assert told(office, TOMORROW + 2 * ONE_DAY) == []  # a Saturday
    assert office.told_since == datetime.date(2015, 1, 1)
    last = office.days.latest("day").day
    assert last > datetime.date.today() + datetime.timedelta(days=700)


@pytest.mark.parametrize("day", ["2026-09-21", "2026-09-22", "2026-09-23", "2026-05-06"])
def test_national_holidays_are_off(office, day):
    assert told(office, datetime.date.fromisoformat(day)) == [(True, 0, 1440)]


def test_a_company_day_is_a_holiday_until_it_is_taken_away(office, back_office, now):
    facts = {"first": TOMORROW, "last": TOMORROW, "by": back_office, "now": now}
    add_company_days(name="創立記念日", **facts)
    assert told(office, TOMORROW) == [(True, 0, 1440)]
    remove_company_day(day=CompanyDay.objects.get(), by=back_office, now=now)
    assert told(office, TOMORROW) == [(False, 540, 1080)]


def test_a_holiday_added_or_removed_is_told_at_once(office, back_office, now):
    holiday = add_holiday(day=TOMORROW, name="県民の日", by=back_office, now=now)
    assert told(office, TOMORROW) == [(True, 0, 1440)]
    remove_holiday(holiday=holiday, by=back_office, now=now)
    assert told(office, TOMORROW) == [(False, 540, 1080)]


def test_a_calendar_that_never_closes_ignores_both(back_office, now):
    """Its days are closed for nobody: an emergency line that knows no holidays."""
    always = a_calendar(
        "緊急窓口",
        week=Week(hours=((Hours(0, 1440),),) * 7),
        country="",
        off_on_company_days=False,
        by=back_office,
        now=now,
    )
    add_company_days(first=TOMORROW, last=TOMORROW, name="休業", by=back_office, now=now)
    assert told(always, TOMORROW) == told(always, datetime.date(2026, 9, 21)) == [(False, 0, 1440)]


def test_the_agreed_examples_hold_for_a_calendar_of_the_database(support):
    schedule = work_calendars.schedule_of(support)
    # 20 July 2026 is Marine Day, so the Friday before it leads to Tuesday.
    assert due_after(schedule, tokyo("2026-07-17 17:50"), 60) == tokyo("2026-07-21 10:50")
    assert due_after(schedule, tokyo("2026-07-10 17:50"), 60) == tokyo("2026-07-13 10:50")
    evening = split(schedule, tokyo("2026-07-21 17:30"), tokyo("2026-07-21 19:15"))
    assert evening == Split(inside=30, outside=75, holiday=0, paused=0)


def test_a_new_version_leaves_what_was_before_it_alone(support, back_office, now):
    before = list(support.days.filter(day__lt=TOMORROW).order_by("day").values("day", "pk"))
    late = Week(hours=((Hours(12 * 60, 20 * 60),),) * 5 + ((), ()))
    a_version(support, TOMORROW, by=back_office, now=now, week=late)
    assert told(support, TOMORROW) == [(False, 720, 1200)]
    assert told(support, TOMORROW - ONE_DAY) == [(False, 600, 1080)]
    untouched = before[: -work_calendars.REACH.days * 2]
    after = list(support.days.filter(day__lt=TOMORROW).order_by("day").values("day", "pk"))
    assert after[: len(untouched)] == untouched
    remove_calendar_version(
        version=support.versions.get(effective_from=TOMORROW), by=back_office, now=now
    )
    assert told(support, TOMORROW) == [(False, 600, 1080)]


def test_the_first_version_stays_and_a_day_begins_one_version(support, back_office, now):
    with pytest.raises(Refused, match="最初の版"):
        remove_calendar_version(version=support.versions.get(), by=back_office, now=now)
    a_version(support, TOMORROW, by=back_office, now=now, week=SUPPORT_WEEK)
    with pytest.raises(Refused):
        a_version(support, TOMORROW, by=back_office, now=now, week=SUPPORT_WEEK)
    with pytest.raises(Refused, match="2015/01/01"):
        a_version(support, datetime.date(2014, 12, 31), by=back_office, now=now, week=SUPPORT_WEEK)


def test_a_live_firm_rewrites_no_day_that_has_passed(support, office, back_office, now):
    yesterday = TOMORROW - 2 * ONE_DAY
    facts = {"by": back_office, "now": now}
    acts = [
        lambda: a_version(support, yesterday, week=SUPPORT_WEEK, **facts),
        lambda: add_shift(
            calendar=support, day=yesterday, name="半日", spans=(TEN_TO_SIX,), **facts
        ),
        lambda: add_days_off(calendar=support, first=yesterday, last=TOMORROW, name="休", **facts),
        lambda: add_company_days(first=yesterday, last=TOMORROW, name="休", **facts),
        lambda: add_holiday(day=yesterday, name="休", **facts),
        lambda: remove_holiday(holiday=Holiday.objects.earliest("day"), **facts),
    ]
    # The control: in trial each of them is done.
    with transaction.atomic():
        for act in acts:
            act()
        transaction.set_rollback(True)
    past = CalendarDay.objects.filter(day__lt=TOMORROW - ONE_DAY).order_by("pk")
    before = list(past.values_list("pk"))
    Firm.objects.update(went_live_at=now)
    for act in acts:
        with pytest.raises(Refused, match="過ぎた日"):
            act()
    assert before == list(past.values_list("pk"))


def test_a_half_day_replaces_the_hours_of_its_date(support, back_office, now):
    facts = {"calendar": support, "day": TOMORROW, "by": back_office, "now": now}
    add_shift(name="半日", spans=(Hours(600, 780),), **facts)
    assert told(support, TOMORROW) == [(False, 600, 780)]
    with pytest.raises(Refused):
        add_shift(name="半日", spans=(Hours(600, 780),), **facts)
    remove_shift(**facts)
    assert told(support, TOMORROW) == [(False, 600, 1080)]
    with pytest.raises(Refused):
        add_shift(name="休み", spans=(), **facts)


def test_a_customers_day_off_closes_their_calendar_alone(support, office, back_office, now):
    facts = {"first": TOMORROW, "last": TOMORROW, "by": back_office, "now": now}
    assert add_days_off(calendar=support, name="青葉の創立記念日", **facts) == 1
    assert add_days_off(calendar=support, name="青葉の創立記念日", **facts) == 0
    assert told(support, TOMORROW) == [(True, 0, 1440)]
    assert told(office, TOMORROW) == [(False, 540, 1080)]
    remove_day_off(day_off=support.days_off.get(), by=back_office, now=now)
    assert told(support, TOMORROW) == [(False, 600, 1080)]


def test_a_calendar_of_new_york_is_told_in_tokyo_minutes_and_has_its_own_holidays(back_office, now):
    new_york = a_calendar(
        "New York desk", zone="America/New_York", country="US", by=back_office, now=now
    )
    assert Holiday.objects.filter(country="US", day=datetime.date(2026, 7, 4)).exists()
    # Winter: 10:00 there is midnight here; summer: 23:00 the day before.
    assert told(new_york, datetime.date(2026, 1, 14)) == [(False, 0, 480)]
    assert told(new_york, TOMORROW) == [(False, 0, 420), (False, 1380, 1440)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"week": Week(hours=((),) * 7)},
        {"week": Week(hours=((Hours(600, 720), Hours(660, 780)),) * 7)},
        {"zone": "Asia/Edo"},
        {"country": "XX"},
        {"name": "会社の営業時間"},
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(back_office, now, wrong):
    with pytest.raises(Refused):
        a_calendar(**{"name": "窓口", "by": back_office, "now": now, **wrong})
    assert WorkCalendar.objects.count() == 1


def test_an_account_manager_changes_no_calendar(account_manager, support, now):
    with pytest.raises(Forbidden):
        a_calendar("私の時間", by=account_manager, now=now)
    with pytest.raises(Forbidden):
        a_version(support, TOMORROW, by=account_manager, now=now, week=SUPPORT_WEEK)


def test_each_change_is_in_the_trail(support, back_office, now):
    a_version(support, TOMORROW, by=back_office, now=now, week=SUPPORT_WEEK)
    codes = AuditEvent.objects.filter(subject_kind="workcalendar").values_list("code", flat=True)
    assert sorted(codes) == ["calendar_added", "calendar_version_added"]


def test_a_version_is_never_edited_not_even_by_sql(support):
    for rows in (CalendarVersion.objects.all(), CalendarHours.objects.all()):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            rows.update(id=4711)


def test_hours_outside_the_day_are_refused_by_the_database(support):
    version = support.versions.get()
    for opens, closes in ((600, 600), (1440, 60), (0, 1441)):
        with pytest.raises(IntegrityError), transaction.atomic():
            CalendarHours.objects.create(version=version, weekday=0, opens=opens, closes=closes)


def test_the_coming_years_are_told_once_they_come(office):
    until = office.told_until
    work_calendars.tell_coming_years(today=until)
    office.refresh_from_db()
    assert office.told_until == until.replace(year=until.year + 3)
    spring = datetime.date(until.year + 1, 1, 1)
    assert told(office, spring) == [(True, 0, 1440)]
    count = CalendarDay.objects.count()
    work_calendars.tell_coming_years(today=until)
    assert CalendarDay.objects.count() == count


def test_work_without_a_time_of_day_or_on_an_untold_day_has_no_minutes(support, activity):
    """The guard against `least` and `greatest`, which leave NULL out; the last one is counted."""
    a_slice(TOMORROW, None, 60, activity)
    a_slice(support.told_until, 600, 60, activity)
    a_slice(support.told_since - ONE_DAY, 600, 60, activity)
    counted = a_slice(TOMORROW, 17 * 60 + 30, 105, activity)
    assert by_sql(support) == [(counted, 30, 75, 0)]


def test_without_the_guard_an_entry_without_a_time_would_count(support, activity):
    """The control of the test above."""
    a_slice(TOMORROW, None, 60, activity)
    sql = f"SELECT c.inside FROM customers_activityslice s CROSS JOIN {divided('s', '%s')} c"
    unguarded = sql.replace("s.start_minute IS NOT NULL", "true")
    with connection.cursor() as cursor:
        cursor.execute(unguarded, [support.pk] * sql.count("%s"))
        assert cursor.fetchall() == [(480,)]


DAYS = st.dates(datetime.date(2026, 3, 1), datetime.date(2026, 3, 31))
WORK = st.lists(
    st.tuples(st.integers(0, 30 * 24 * 60), st.one_of(st.integers(1, 90), st.integers(1, 24 * 60))),
    min_size=60,
    max_size=60,
)
ZONES = ["Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe"]


@hypothesis_settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    week=weeks().filter(lambda week: any(week.hours)),
    zone=st.sampled_from(ZONES),
    firm=st.sampled_from(["Asia/Tokyo", "America/New_York"]),
    off=st.sets(DAYS, min_size=1, max_size=3),
    shift=st.tuples(DAYS, st.sampled_from([(TEN_TO_SIX,), (Hours(1320, 360),)])),
    work=WORK,
)
def test_sql_divides_as_python_does(
    activity, back_office, now, week, zone, firm, off, shift, work, settings
):
    settings.FIRM_TIME_ZONE = firm
    with transaction.atomic():
        calendar = _random_calendar(week, zone, off, shift, now)
        schedule = work_calendars.schedule_of(calendar)
        expected = []
        for minute, length in work:
            start = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
            start += datetime.timedelta(minutes=minute)
            end = start + datetime.timedelta(minutes=length)
            ids = [
                a_slice(piece.day, piece.start_minute, piece.minutes, activity)
                for piece in pieces(start, end, firm_zone())
            ]
            expected.append((ids, split(schedule, start, end)))
        found = {row[0]: row[1:] for row in by_sql(calendar)}
        for ids, (inside, outside, holiday, _paused) in expected:
            sums = [sum(column) for column in zip(*(found[pk] for pk in ids), strict=True)]
            assert sums == [inside, outside, holiday]
        transaction.set_rollback(True)


def _random_calendar(week, zone, off, shift, now) -> WorkCalendar:
    """Written to the tables themselves: the week of an example may overlap."""
    march = datetime.date(2026, 2, 1)
    calendar = WorkCalendar.objects.create(
        name="random", zone=zone, told_since=march, told_until=march, created_at=now
    )
    work_calendars.add_version(
        calendar,
        effective_from=march,
        week=week,
        country="JP",
        off_on_company_days=True,
        now=now,
    )
    day, spans = shift
    for span in spans:
        calendar.shifts.create(day=day, name="当番", opens=span.opens, closes=span.closes)
    for date in off:
        calendar.days_off.create(day=date, name="休み")
    WorkCalendar.objects.filter(pk=calendar.pk).update(told_until=datetime.date(2026, 5, 1))
    work_calendars.tell(calendar, since=march, until=datetime.date(2026, 5, 1))
    return calendar
