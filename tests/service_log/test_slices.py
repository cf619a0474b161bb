"""Slices of logged work against a minute-by-minute reading of the clock and the calendar."""

import datetime
from collections import Counter
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from customers.models import Activity, ActivitySlice
from customers.service_log.slices import rewrite_slices, write_slices
from firm.dates import firm_date
from firm.models import CostRate, Holiday, Premium, WorkCalendar
from firm.work_calendars import tell
from tests.examples import examples
from tests.factories import a_customer, a_person, some_premiums
from tests.firm.test_business_time import new_york, tokyo

pytestmark = pytest.mark.django_db

ONE_MINUTE = datetime.timedelta(minutes=1)
RATE, LOADED = Decimal(6000), Decimal(9000)
LONG_AGO = datetime.date(2020, 1, 1)
OUTSIDE_HOURS, HOLIDAY, NIGHT = (
    Decimal(Premium.STANDARD[name]) / 100 for name in ("after_hours", "holiday", "night")
)


@pytest.fixture(autouse=True)
def rates(db: None) -> None:
    CostRate.objects.create(grade="主任", valid_from=LONG_AGO, direct=RATE, loaded=LOADED)


def work(
    start: datetime.datetime | None, minutes: int, *, day: datetime.date | None = None, grade="主任"
) -> Activity:
    """An entry as it is inserted, still without slices."""
    return Activity.objects.create(
        customer=a_customer(),
        staff=a_person(cost_grade=grade),
        day=day or firm_date(start),
        started_at=start,
        minutes=minutes,
        cause="in_contract",
    )


def cut(activity: Activity) -> list[tuple[str, int | None, int]]:
    rewrite_slices(Activity.objects.filter(pk=activity.pk))
    slices = activity.slices.order_by("day", "start_minute")
    return [(row.day.isoformat(), row.start_minute, row.minutes) for row in slices]


def in_hours(cost: Decimal) -> Decimal:
    """How many hours of the plain rate a cost is."""
    return cost / RATE


def test_work_within_a_day_is_one_slice_at_the_rate_of_that_day():
    CostRate.objects.create(
        grade="主任", valid_from=datetime.date(2026, 7, 15), direct=8000, loaded=12000
    )
    before, since = work(tokyo("2026-07-14 10:00"), 90), work(tokyo("2026-07-15 10:00"), 90)
    assert write_slices(Activity.objects.all()) == 2
    assert [before.slices.get().cost, since.slices.get().cost] == [9000, 12000]
    assert since.slices.get().loaded_cost == 18000


def test_a_night_shift_over_new_year_is_cut_at_midnight_with_its_premiums():
    activity = work(tokyo("2026-12-31 21:00"), 9 * 60)
    assert cut(activity) == [("2026-12-31", 1260, 180), ("2027-01-01", 0, 360)]
    evening, morning = activity.slices.order_by("day")
    # Outside the hours, the last two in the night; then a holiday, its first five in the night.
    assert in_hours(evening.cost) == 3 * Decimal("1.25") + 2 * Decimal("0.25")
    assert in_hours(morning.cost) == 6 * Decimal("1.35") + 5 * Decimal("0.25")


def test_the_premium_ends_with_the_company_hours():
    evening = work(tokyo("2026-07-21 17:30"), 105)
    cut(evening)
    assert in_hours(evening.slices.get().cost) == Decimal("0.5") + Decimal("1.25") * Decimal("1.25")


def test_premiums_hold_from_their_day_on():
    some_premiums(valid_from=datetime.date(2026, 7, 15), after_hours=60, holiday=100, night=0)
    some_premiums(valid_from=datetime.date(2026, 7, 20), after_hours=0, holiday=35, night=10)
    days = ("2026-07-14", "2026-07-15", "2026-07-19", "2026-07-20", "2026-07-21")
    entries = [work(tokyo(f"{day} 22:00"), 60) for day in days]
    write_slices(Activity.objects.all())
    costs = [in_hours(entry.slices.get().cost) for entry in entries]
    # The standard, then both rows; the fourth day is Marine Day.
    assert costs == [Decimal(cost) for cost in ("1.5", "1.6", "1.6", "1.45", "1.1")]


def test_an_entry_without_a_time_of_day_costs_the_plain_rate():
    sunday = work(None, 60, day=datetime.date(2026, 7, 19))
    assert cut(sunday) == [("2026-07-19", None, 60)]
    assert sunday.slices.get().cost == RATE


def test_a_grade_without_a_rate_costs_nothing_and_has_no_loaded_cost():
    unknown = work(tokyo("2026-07-15 10:00"), 60, grade="")
    early = work(tokyo("2019-07-16 10:00"), 60)
    for activity in (unknown, early):
        cut(activity)
        assert (activity.slices.get().cost, activity.slices.get().loaded_cost) == (0, None)


def test_withdrawn_entries_have_no_slices(now):
    activity = work(tokyo("2026-07-15 09:00"), 60)
    assert len(cut(activity)) == 1
    Activity.objects.update(withdrawn_at=now)
    assert cut(activity) == []


def test_no_entries_are_no_slices():
    assert write_slices(Activity.objects.all()) == 0


@pytest.fixture
def in_new_york(settings) -> WorkCalendar:
    settings.FIRM_TIME_ZONE = "America/New_York"
    WorkCalendar.objects.update(zone="America/New_York")
    Holiday.objects.create(country="JP", day=datetime.date(2026, 3, 9), name="a Monday off")
    office = WorkCalendar.objects.get(is_firms=True)
    for first in ("2025-12-25", "2026-03-01", "2026-10-25"):
        day = datetime.date.fromisoformat(first)
        tell(office, since=day, until=day + datetime.timedelta(days=20))
    return office


def test_a_change_of_the_clocks_cuts_a_slice(in_new_york):
    spring = work(new_york("2026-03-08 01:30"), 60)
    assert cut(spring) == [("2026-03-08", 90, 30), ("2026-03-08", 120, 30)]
    autumn = work(new_york("2026-10-31 23:30"), 24 * 60)
    assert cut(autumn) == [
        ("2026-10-31", 1410, 30),
        ("2026-11-01", 0, 120),
        ("2026-11-01", 120, 1290),
    ]


def expected(start: datetime.datetime, minutes: int, zone: ZoneInfo) -> tuple[Counter, Decimal]:
    """Minutes by day and offset, and the hours they cost, read off the clock one by one."""
    found: Counter = Counter()
    paid = Decimal(0)
    holidays = set(Holiday.objects.filter(country="JP").values_list("day", flat=True))
    for minute in range(minutes):
        shown = (start + minute * ONE_MINUTE).astimezone(zone)
        found[shown.date(), shown.utcoffset()] += 1
        is_office = shown.weekday() < 5 and 9 <= shown.hour < 18
        if shown.date() in holidays:
            paid += 1 + HOLIDAY
        else:
            paid += 1 if is_office else 1 + OUTSIDE_HOURS
        if shown.hour >= 22 or shown.hour < 5:
            paid += NIGHT
    return found, paid / 60


@hypothesis_settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(
    event=st.sampled_from(["2025-12-31 12:00", "2026-03-07 12:00", "2026-10-31 12:00"]),
    after=st.integers(0, 3 * 24 * 60),
    minutes=st.integers(1, 24 * 60),
)
def test_slices_are_the_minutes_of_the_clock(in_new_york, event, after, minutes):
    start = new_york(event) + after * ONE_MINUTE
    activity = work(start, minutes)
    cut(activity)
    slices = list(ActivitySlice.objects.filter(activity=activity))
    zone = ZoneInfo("America/New_York")
    found, paid = expected(start, minutes, zone)
    assert Counter(row.minutes for row in slices) == Counter(found.values())
    assert {row.day for row in slices} == {day for day, _ in found}
    for row in slices:
        midnight = datetime.datetime.combine(row.day, datetime.time.min, zone)
        begins = midnight.astimezone(datetime.UTC) + row.start_minute * ONE_MINUTE
        assert start <= begins
        assert begins + row.minutes * ONE_MINUTE <= start + minutes * ONE_MINUTE
    assert sum(row.cost for row in slices) == pytest.approx(RATE * paid, abs=Decimal("0.001"))


def test_the_premiums_are_seen_by_this_check(in_new_york):
    """Negative control: the reading off the clock does tell a holiday from a Tuesday."""
    assert (
        expected(new_york("2026-03-09 10:00"), 60, ZoneInfo("America/New_York"))[1] == 1 + HOLIDAY
    )
    assert expected(new_york("2026-03-10 10:00"), 60, ZoneInfo("America/New_York"))[1] == 1
