"""Business time: the agreed examples, and random calendars against a minute-by-minute count."""

import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firm.business_time import (
    Hours,
    NoBusinessTime,
    Schedule,
    Split,
    Week,
    due_after,
    due_before,
    holiday_pieces,
    open_pieces,
    openings,
    pieces,
    seconds_between,
    split,
)
from tests.examples import examples
from tests.firm import minutes as brute

TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
LONG_AGO = datetime.date(2015, 1, 1)
TEN_TO_SIX = Hours(10 * 60, 18 * 60)
NIGHT = Hours(22 * 60, 6 * 60)
WHOLE_DAY = Hours(0, 24 * 60)


def week_of(
    *hours: Hours, days: range = range(5), breaks: tuple[Hours, ...] = ()
) -> tuple[tuple[datetime.date, Week], ...]:
    """The same hours on these weekdays, since ever."""
    return (
        (
            LONG_AGO,
            Week(
                hours=tuple(hours if day in days else () for day in range(7)),
                breaks=tuple(breaks if day in days else () for day in range(7)),
            ),
        ),
    )


OFFICE = Schedule(TOKYO, week_of(TEN_TO_SIX))
ALWAYS = Schedule(TOKYO, week_of(WHOLE_DAY, days=range(7)))


def tokyo(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def new_york(text: str, fold: int = 0) -> datetime.datetime:
    """In UTC: two moments of which one is told twice by the clocks are never equal."""
    moment = datetime.datetime.fromisoformat(text).replace(tzinfo=NEW_YORK, fold=fold)
    return moment.astimezone(datetime.UTC)


def test_an_hour_asked_for_ten_minutes_before_the_week_end_is_due_on_monday():
    assert due_after(OFFICE, tokyo("2026-07-17 17:50"), 60) == tokyo("2026-07-20 10:50")


def test_an_evening_is_divided_at_closing():
    worked = split(OFFICE, tokyo("2026-07-21 17:30"), tokyo("2026-07-21 19:15"))
    assert worked == Split(inside=30, outside=75, holiday=0, paused=0)


def test_what_is_used_up_at_closing_is_due_at_closing():
    assert due_after(OFFICE, tokyo("2026-07-17 17:00"), 60) == tokyo("2026-07-17 18:00")
    assert due_after(OFFICE, tokyo("2026-07-17 17:00:01"), 60) == tokyo("2026-07-20 10:00:01")


def test_the_closing_moment_is_closed():
    friday, monday = tokyo("2026-07-17 18:00"), tokyo("2026-07-20 10:00")
    assert seconds_between(OFFICE, friday, monday) == 0
    assert due_after(OFFICE, friday, 1) == tokyo("2026-07-20 10:01")


def test_clocks_keep_seconds_and_drop_what_is_below():
    start, end = tokyo("2026-07-17 17:59:30.9"), tokyo("2026-07-20 10:00:15.1")
    assert seconds_between(OFFICE, start, end) == 45
    assert due_after(OFFICE, start, 1) == tokyo("2026-07-20 10:00:30")


def test_a_reversed_interval_is_nothing():
    start, end = tokyo("2026-07-17 12:00"), tokyo("2026-07-17 11:00")
    assert seconds_between(OFFICE, start, end) == 0
    assert split(OFFICE, start, end) == Split(0, 0, 0, 0)


def test_no_minutes_at_all_are_due_at_once():
    asleep = tokyo("2026-07-18 03:00")
    assert due_after(OFFICE, asleep, 0) == due_before(OFFICE, asleep, 0) == asleep


def test_openings_are_told_from_the_first_moment_to_the_last():
    found = openings(OFFICE, tokyo("2026-07-17 12:00"), tokyo("2026-07-20 10:30"))
    assert list(found) == [
        (tokyo("2026-07-17 12:00"), tokyo("2026-07-17 18:00")),
        (tokyo("2026-07-20 10:00"), tokyo("2026-07-20 10:30")),
    ]
    nights = openings(ALWAYS, tokyo("2026-07-17 12:00"), tokyo("2026-07-20 12:00"))
    assert list(nights) == [(tokyo("2026-07-17 12:00"), tokyo("2026-07-20 12:00"))]


def test_a_clock_runs_backwards_over_the_week_end():
    assert due_before(OFFICE, tokyo("2026-07-20 10:50"), 60) == tokyo("2026-07-17 17:50")
    assert due_before(OFFICE, tokyo("2026-07-20 10:00"), 60) == tokyo("2026-07-17 17:00")
    assert due_before(OFFICE, tokyo("2026-07-20 11:00"), 60) == tokyo("2026-07-20 10:00")


def test_a_pause_removes_business_time_only():
    """The customer is waited for from 17:00 to 11:00: an hour in the evening, one after ten."""
    waited = [(tokyo("2026-07-16 17:00"), tokyo("2026-07-17 11:00"))]
    asked = tokyo("2026-07-16 16:00")
    assert due_after(OFFICE, asked, 120, pauses=waited) == tokyo("2026-07-17 12:00")
    assert due_before(OFFICE, tokyo("2026-07-17 12:00"), 120, pauses=waited) == asked
    worked = split(OFFICE, tokyo("2026-07-16 16:00"), tokyo("2026-07-16 20:00"), pauses=waited)
    assert worked == Split(inside=60, outside=120, holiday=0, paused=60)


def test_pauses_that_overlap_or_run_backwards_count_once_or_not_at_all():
    pauses = [
        (tokyo("2026-07-16 12:00"), tokyo("2026-07-16 13:00")),
        (tokyo("2026-07-16 12:30"), tokyo("2026-07-16 13:30")),
        (tokyo("2026-07-16 17:00"), tokyo("2026-07-16 16:00")),
        (tokyo("2026-07-16 17:59"), tokyo("2026-07-16 18:00")),
    ]
    day = tokyo("2026-07-16 10:00"), tokyo("2026-07-16 18:00")
    assert seconds_between(OFFICE, *day, pauses=pauses) == 6.5 * 3600 - 60


def test_a_night_shift_over_new_year_belongs_to_the_old_year():
    """31 December is worked until six in the morning of the holiday; the night of the holiday
    is off, until six in the morning of the second.
    """
    new_year = datetime.date(2027, 1, 1)
    nights = Schedule(TOKYO, week_of(NIGHT, days=range(7)), holidays={new_year: "元日"})
    worked = split(nights, tokyo("2026-12-31 20:00"), tokyo("2027-01-02 08:00"))
    assert worked == Split(inside=8 * 60, outside=(2 + 8) * 60, holiday=18 * 60, paused=0)
    assert due_after(nights, tokyo("2026-12-31 20:00"), 8 * 60) == tokyo("2027-01-01 06:00")
    assert due_after(nights, tokyo("2026-12-31 20:00"), 8 * 60 + 1) == tokyo("2027-01-02 22:01")


def test_a_break_in_the_night_lies_on_the_day_after():
    nights = Schedule(TOKYO, week_of(NIGHT, breaks=(Hours(120, 150),)))
    assert seconds_between(nights, tokyo("2026-07-16 20:00"), tokyo("2026-07-17 08:00")) == 27000
    assert due_after(nights, tokyo("2026-07-17 01:59"), 2) == tokyo("2026-07-17 02:31")


def test_a_break_beats_a_shift_which_beats_the_week_and_a_holiday_beats_all():
    day = datetime.date(2026, 7, 16)
    noon = Hours(12 * 60, 13 * 60)
    shift = {day: (Hours(9 * 60, 15 * 60),)}
    week = week_of(TEN_TO_SIX, breaks=(noon,))
    whole = tokyo("2026-07-16 00:00"), tokyo("2026-07-17 00:00")
    assert split(Schedule(TOKYO, week, shift), *whole).inside == 5 * 60
    closed = split(Schedule(TOKYO, week, shift, {day: "休業"}), *whole)
    assert closed == Split(inside=0, outside=0, holiday=1440, paused=0)


def test_an_empty_shift_closes_a_date_that_is_no_holiday():
    closed = Schedule(TOKYO, week_of(TEN_TO_SIX), {datetime.date(2026, 7, 16): ()})
    day = tokyo("2026-07-16 00:00"), tokyo("2026-07-17 00:00")
    assert split(closed, *day) == Split(inside=0, outside=1440, holiday=0, paused=0)


def test_a_version_holds_from_its_day_on_and_the_night_before_is_the_old_ones():
    change = datetime.date(2026, 7, 16)
    (since, nights), (_, days) = week_of(NIGHT)[0], week_of(TEN_TO_SIX)[0]
    changed = Schedule(TOKYO, ((since, nights), (change, days)))
    worked = split(changed, tokyo("2026-07-15 22:00"), tokyo("2026-07-16 19:00"))
    assert worked.inside == 16 * 60


def test_a_night_in_new_york_is_an_hour_shorter_when_the_clocks_go_forward():
    nights = Schedule(NEW_YORK, week_of(NIGHT, days=range(7)))
    spring = new_york("2026-03-07 12:00"), new_york("2026-03-08 12:00")
    autumn = new_york("2026-10-31 12:00"), new_york("2026-11-01 12:00")
    assert seconds_between(nights, *spring) == 7 * 3600
    assert seconds_between(nights, *autumn) == 9 * 3600


def test_a_skipped_opening_is_the_later_moment_and_a_repeated_closing_the_first():
    skipped = Schedule(NEW_YORK, week_of(Hours(150, 600), days=range(7)))
    assert due_after(skipped, new_york("2026-03-08 00:00"), 1) == new_york("2026-03-08 03:31")
    repeated = Schedule(NEW_YORK, week_of(Hours(0, 90), days=range(7)))
    day = new_york("2026-11-01 00:00"), new_york("2026-11-01 12:00")
    assert split(repeated, *day).inside == 90
    assert due_after(repeated, day[0], 90) == new_york("2026-11-01 01:30", fold=0)


def test_hours_reach_into_the_day_after_the_next_where_their_end_is_skipped():
    """In Nuuk 28 March 2026 ends at 23:00: the closing at 23:58 is 00:58 of the 29th."""
    nuuk = ZoneInfo("America/Nuuk")
    week = week_of(Hours(23 * 60 + 59, 23 * 60 + 58), days=range(4, 5))
    morning = datetime.datetime(2026, 3, 29, 0, 30, tzinfo=nuuk)
    assert due_after(Schedule(nuuk, week), morning, 28) == morning.replace(minute=58)


def test_a_whole_day_is_as_long_as_the_clocks_make_it():
    always = Schedule(NEW_YORK, week_of(WHOLE_DAY, days=range(7)))
    for day, hours in ((8, 23), (9, 24)):
        start = new_york(f"2026-03-{day:02} 00:00")
        end = new_york(f"2026-03-{day + 1:02} 00:00")
        assert seconds_between(always, start, end) == hours * 3600


def test_what_never_opens_is_never_due():
    never = Schedule(TOKYO, week_of())
    for due in (due_after, due_before):
        with pytest.raises(NoBusinessTime):
            due(never, tokyo("2026-07-17 12:00"), 1)


@pytest.mark.parametrize("wrong", [(600, 600), (-1, 60), (0, 1441), (1440, 60)])
def test_hours_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="hours"):
        Hours(*wrong)


def test_a_moment_without_zone_part_of_a_minute_and_a_negative_time_are_refused():
    noon = tokyo("2026-07-17 12:00")
    with pytest.raises(ValueError, match="zone"):
        seconds_between(OFFICE, datetime.datetime(2026, 7, 17), noon)
    with pytest.raises(ValueError, match="whole minute"):
        split(OFFICE, noon, tokyo("2026-07-17 12:00:30"))
    with pytest.raises(ValueError, match="negative"):
        due_after(OFFICE, noon, -1)


# --- Random calendars --------------------------------------------------------------------------

# Where something happens to the clocks: an hour forward or back, half an hour, at midnight, on
# the other half of the world, an offset of 45 minutes, and nowhere at all.
EVENTS = [
    ("America/New_York", datetime.date(2026, 3, 8)),
    ("America/New_York", datetime.date(2026, 11, 1)),
    ("Australia/Lord_Howe", datetime.date(2026, 4, 5)),
    ("Australia/Lord_Howe", datetime.date(2026, 10, 4)),
    ("America/Santiago", datetime.date(2026, 9, 6)),
    ("America/Havana", datetime.date(2026, 11, 1)),
    ("America/Nuuk", datetime.date(2026, 3, 29)),
    ("Asia/Kathmandu", datetime.date(2026, 12, 31)),
    ("Asia/Tokyo", datetime.date(2026, 12, 31)),
]
ODD_TIMES = [0, 1, 90, 119, 120, 150, 180, 360, 540, 720, 1080, 1320, 1439]
clock_times = st.one_of(st.sampled_from(ODD_TIMES), st.integers(0, 1439))
spans = st.one_of(
    st.just(WHOLE_DAY),
    st.tuples(clock_times, clock_times | st.just(1440))
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: Hours(*pair)),
)
some_hours = st.lists(spans, max_size=3).map(tuple)
some_breaks = st.just(()) | st.lists(spans, max_size=2).map(tuple)


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Of three kinds of days, in any order."""
    kinds = draw(st.lists(st.tuples(some_hours, some_breaks), min_size=3, max_size=3))
    days = draw(st.lists(st.sampled_from(kinds), min_size=7, max_size=7))
    return Week(*zip(*days, strict=True))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[brute.Window, Schedule]:
    seen = brute.window(*draw(st.sampled_from(EVENTS)))
    days = st.integers(4, 8).map(lambda offset: seen.first + datetime.timedelta(days=offset))
    versions = [(LONG_AGO, draw(weeks()))]
    if draw(st.booleans()):
        versions.append((draw(days), draw(weeks())))
    schedule = Schedule(
        seen.zone,
        tuple(versions),
        shifts=draw(st.dictionaries(days, some_hours, max_size=2)),
        holidays=draw(st.dictionaries(days, st.just("休業"), max_size=2)),
    )
    return seen, schedule


def intervals(seen: brute.Window) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Reversed ones as well."""
    within = brute.usable(seen)
    minutes = st.integers(within[0], within[-1])
    return st.lists(st.tuples(minutes, minutes), min_size=8, max_size=8)


QUICK = settings(max_examples=examples(60), deadline=None)


def moments(seen: brute.Window, pairs: list[tuple[int, int]]) -> list[tuple]:
    return [(seen.moment(start), seen.moment(end)) for start, end in pairs]


@QUICK
@given(st.data())
def test_split_is_a_count_of_minutes(data):
    seen, schedule = data.draw(calendars())
    business = brute.open_minutes(schedule, seen)
    holiday = brute.holiday_minutes(schedule, seen)
    pauses = data.draw(intervals(seen))[: data.draw(st.integers(0, 3))]
    paused = {minute for start, end in pauses for minute in range(start, end)}
    for start, end in data.draw(intervals(seen)):
        found = split(schedule, seen.moment(start), seen.moment(end), pauses=moments(seen, pauses))
        worked = range(start, end)
        assert found == Split(
            inside=sum(business[minute] and minute not in paused for minute in worked),
            outside=sum(not business[minute] and not holiday[minute] for minute in worked),
            holiday=sum(not business[minute] and holiday[minute] for minute in worked),
            paused=sum(business[minute] and minute in paused for minute in worked),
        )


@QUICK
@given(st.data())
def test_due_moments_are_the_first_and_the_last_that_fit(data):
    seen, schedule = data.draw(calendars())
    business = brute.open_minutes(schedule, seen)
    pauses = data.draw(intervals(seen))[: data.draw(st.integers(0, 2))]
    paused = {minute for start, end in pauses for minute in range(start, end)}
    within = brute.usable(seen)
    working = [minute for minute in within if business[minute] and minute not in paused]
    if not working:
        return
    options = {"pauses": moments(seen, pauses)}
    for start, _ in data.draw(intervals(seen)):
        ahead = [minute for minute in working if minute >= start]
        behind = [minute for minute in working if minute < start]
        if ahead:
            wish = data.draw(st.integers(1, len(ahead)))
            due = due_after(schedule, seen.moment(start), wish, **options)
            assert due == seen.moment(ahead[wish - 1] + 1)
        if behind:
            wish = data.draw(st.integers(1, len(behind)))
            due = due_before(schedule, seen.moment(start), wish, **options)
            assert due == seen.moment(behind[-wish])


@QUICK
@given(st.data())
def test_seconds_are_those_of_the_minutes_and_of_the_parts_of_two(data):
    seen, schedule = data.draw(calendars())
    business = brute.open_minutes(schedule, seen)
    seconds = st.integers(0, 59)
    for start, end in data.draw(intervals(seen)):
        since, until = start * 60 + data.draw(seconds), end * 60 + data.draw(seconds)
        found = seconds_between(schedule, seen.moment(0, since), seen.moment(0, until))
        assert found == sum(
            business[minute] * max(0, min(until, minute * 60 + 60) - max(since, minute * 60))
            for minute in range(start, end + 1)
        )
        if found >= 60:
            due = due_after(schedule, seen.moment(0, since), found // 60)
            assert seconds_between(schedule, seen.moment(0, since), due) == found // 60 * 60
            second = datetime.timedelta(seconds=1)
            before = seconds_between(schedule, seen.moment(0, since), due - second)
            assert before == found // 60 * 60 - 1


def marked(parts, seen: brute.Window, zone: ZoneInfo) -> bytearray:
    """The minutes that pieces of days in `zone` cover; each of them once."""
    marks = bytearray(len(seen.shown))
    for day, start, length in parts:
        midnight = datetime.datetime.combine(day, datetime.time.min, zone)
        first = int((midnight.astimezone(datetime.UTC) - seen.start).total_seconds()) // 60 + start
        for minute in range(max(first, 0), min(first + length, len(marks))):
            assert not marks[minute]
            marks[minute] = 1
    return marks


@QUICK
@given(st.data(), st.sampled_from(["Asia/Tokyo", "America/New_York", "Europe/London"]))
def test_a_calendar_is_told_in_another_zone(data, firm):
    seen, schedule = data.draw(calendars())
    zone, within = ZoneInfo(firm), brute.usable(seen)
    business = brute.open_minutes(schedule, seen)
    holiday = brute.holiday_minutes(schedule, seen)
    days = (seen.first + datetime.timedelta(days=4), seen.first + datetime.timedelta(days=9))
    opened = marked(open_pieces(schedule, zone, *days), seen, zone)
    closed = marked(holiday_pieces(schedule, zone, *days), seen, zone)
    for minute in within:
        assert opened[minute] == business[minute]
        assert closed[minute] == (holiday[minute] and not business[minute])


@QUICK
@given(st.data())
def test_work_is_cut_at_midnight_and_where_the_clocks_change(data):
    seen = brute.window(*data.draw(st.sampled_from(EVENTS)))
    for start, end in data.draw(intervals(seen)):
        parts = list(pieces(seen.moment(start), seen.moment(end), seen.zone))
        assert sum(part.minutes for part in parts) == max(0, end - start)
        position = start
        for part in parts:
            shown = seen.shown[position : position + part.minutes]
            assert {wall.date() for wall in shown} == {part.day}
            steps = {b - a for a, b in pairwise(shown)}
            assert steps <= {datetime.timedelta(minutes=1)}
            assert part.start_minute == position - seen.minute_at(part.day, 0)
            position += part.minutes
