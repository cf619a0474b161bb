"""Entries with a time of day out of calendar files."""

import datetime
import itertools
from zoneinfo import ZoneInfo

import pytest

from firm.ics_events import MOST_EVENTS, timed_events
from firm.refusals import Refused

TOKYO = ZoneInfo("Asia/Tokyo")
SINCE = datetime.datetime(2026, 7, 1, tzinfo=TOKYO)
UNTIL = datetime.datetime(2026, 7, 15, tzinfo=TOKYO)


def a_file(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def found_in(*events: str, own_address: str = "") -> list:
    data = a_file(*events)
    return timed_events(data, since=SINCE, until=UNTIL, zone=TOKYO, own_address=own_address).found


def starts(*events: str) -> list[str]:
    return [f"{event.start.astimezone(TOKYO):%m-%d %H:%M}" for event in found_in(*events)]


MEETING = "UID:1\nSUMMARY:打合せ\nDTSTART;TZID=Asia/Tokyo:20260706T100000\nDURATION:PT1H30M"


def test_an_entry_has_its_minutes_its_title_and_who_was_invited():
    (event,) = found_in(f"{MEETING}\nATTENDEE:mailto:Morita@Example.JP\nDESCRIPTION:K-0001")
    assert (event.minutes, event.title, event.text) == (90, "打合せ", "K-0001")
    assert event.addresses == {"morita@example.jp"}


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART:20260706T010000Z",
        "DTSTART;TZID=Asia/Tokyo:20260706T100000",
        "DTSTART:20260706T100000",
        "DTSTART;TZID=America/New_York:20260705T210000",
        "DTSTART;TZID=Tokyo Standard Time:20260706T100000",
    ],
)
def test_every_way_to_write_a_time_is_the_same_moment(start):
    assert starts(f"UID:1\n{start}\nDURATION:PT1H") == ["07-06 10:00"]


@pytest.mark.parametrize(
    "event",
    [
        "UID:1\nDTSTART;VALUE=DATE:20260706\nDTEND;VALUE=DATE:20260707",
        f"{MEETING}\nSTATUS:CANCELLED",
        "UID:1\nDTSTART:20260706T010000Z\nDTEND:20260708T010000Z",
        "UID:1\nDTSTART:20260706T010000Z\nDTEND:20260706T000000Z",
        "UID:1\nDTSTART:20260706T010000Z",
        f"{MEETING}\nATTENDEE;PARTSTAT=DECLINED:mailto:sato@example.jp",
        "UID:1\nDTSTART:20260716T010000Z\nDURATION:PT1H",
    ],
    ids=["whole day", "cancelled", "over a day", "backwards", "no length", "declined", "to come"],
)
def test_what_was_no_work_is_left_out(event):
    assert not found_in(event, own_address="sato@example.jp")


def test_a_weekly_meeting_comes_every_week_but_for_its_exceptions():
    weekly = (
        "UID:1\nDTSTART;TZID=Asia/Tokyo:20260105T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\n"
        "EXDATE;TZID=Asia/Tokyo:20260706T100000"
    )
    assert starts(weekly) == ["07-13 10:00"]


def test_a_moved_meeting_is_where_it_was_moved_to_and_keeps_its_name():
    weekly = "UID:1\nDTSTART;TZID=Asia/Tokyo:20260105T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
    moved = (
        "UID:1\nRECURRENCE-ID;TZID=Asia/Tokyo:20260706T100000\n"
        "DTSTART;TZID=Asia/Tokyo:20260707T150000\nDURATION:PT30M"
    )
    gone = (
        "UID:1\nRECURRENCE-ID;TZID=Asia/Tokyo:20260713T100000\nSTATUS:CANCELLED\n"
        "DTSTART;TZID=Asia/Tokyo:20260713T100000\nDURATION:PT1H"
    )
    (event,) = found_in(weekly, moved, gone)
    assert event.start == datetime.datetime(2026, 7, 7, 15, 0, tzinfo=TOKYO)
    assert event.original == datetime.datetime(2026, 7, 6, 10, 0, tzinfo=TOKYO)


def test_a_rule_keeps_its_hour_over_a_change_of_clocks():
    weekly = (
        "UID:1\nDTSTART;TZID=America/New_York:20260106T200000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
    )
    assert starts(weekly) == ["07-01 09:00", "07-08 09:00"]


@pytest.mark.parametrize("until", ["20260707T010000Z", "20260707", "20260707T100000"])
def test_a_rule_ends_with_its_last_day(until):
    start = "DTSTART;TZID=Asia/Tokyo:20260705T100000"
    daily = f"UID:1\n{start}\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL={until}"
    assert starts(daily)[-1] == "07-07 10:00"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=DAILY;INTERVAL=0;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;UNTIL=00010101T000000Z",
    ],
)
def test_a_rule_nobody_could_live_by_is_counted_as_unread(rule):
    start = "DTSTART;TZID=America/New_York:20260101T000000"
    broken = f"UID:2\n{start}\nDURATION:PT1H\nRRULE:{rule}"
    found = timed_events(a_file(MEETING, broken), since=SINCE, until=UNTIL, zone=TOKYO)
    assert (len(found.found), found.unread) == (1, 1)


def test_a_title_has_no_character_that_cannot_be_kept():
    (event,) = found_in(MEETING.replace("打合せ", "打\0合せ"))
    assert event.title == "打合せ"


def test_rules_that_never_come_true_do_not_keep_us_counting(monkeypatch):
    monkeypatch.setattr("firm.ics.PATIENCE", -1.0)
    with pytest.raises(Refused):
        found_in(MEETING)


def test_rules_of_one_name_are_counted_with_one_patience(monkeypatch):
    monkeypatch.setattr("firm.ics.time.monotonic", itertools.count(0, 6).__next__)
    with pytest.raises(Refused):
        found_in(MEETING, MEETING)


def test_too_many_entries_are_refused():
    events = [f"UID:{n}\nDTSTART:20260706T010000Z\nDURATION:PT1H" for n in range(MOST_EVENTS + 1)]
    with pytest.raises(Refused, match=str(MOST_EVENTS)):
        found_in(*events)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"BEGIN:VCALENDAR", "ただの文".encode("cp932")]
)
def test_what_is_no_calendar_is_refused_in_a_sentence(data):
    with pytest.raises(Refused):
        timed_events(data, since=SINCE, until=UNTIL, zone=TOKYO)
