"""Whole days out of calendar files."""

import datetime
import itertools

import pytest

from firm.ics import whole_days
from firm.refusals import Refused

SINCE, UNTIL = datetime.date(2026, 1, 1), datetime.date(2029, 1, 1)


def a_file(*events: str) -> bytes:
    entries = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{entries}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def found(*events: str) -> dict[str, str]:
    days = whole_days(a_file(*events), since=SINCE, until=UNTIL).days
    return {day.isoformat(): name for day, name in days.items()}


def test_a_break_of_several_days_ends_before_its_end():
    summer = "SUMMARY:夏季休業\nDTSTART;VALUE=DATE:20260813\nDTEND;VALUE=DATE:20260816"
    assert found(summer) == dict.fromkeys(["2026-08-13", "2026-08-14", "2026-08-15"], "夏季休業")


def test_a_length_may_be_told_instead_of_an_end():
    event = "DTSTART;VALUE=DATE:20260813\nDURATION:P2D"
    assert list(found(event)) == ["2026-08-13", "2026-08-14"]


def test_an_entry_without_an_end_is_one_day_and_without_a_name_a_day_off():
    assert found("DTSTART;VALUE=DATE:20260813") == {"2026-08-13": "休業日"}


def test_a_folded_and_escaped_name_is_read_as_written():
    assert found("SUMMARY:創立記念日\\, 本\n 社\nDTSTART;VALUE=DATE:20260813") == {
        "2026-08-13": "創立記念日, 本社"
    }


@pytest.mark.parametrize(
    ("rule", "years"),
    [
        ("RRULE:FREQ=YEARLY", [2026, 2027, 2028]),
        ("RRULE:FREQ=YEARLY;COUNT=3", [2026]),  # begins two years before
        ("RRULE:FREQ=YEARLY;UNTIL=20271231T150000Z", [2026, 2027]),
        ("RRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20270601", [2026, 2028]),
        ("RRULE:FREQ=NEVER", []),
        ("RRULE:FREQ=DAILY;INTERVAL=0;BYMONTH=2;BYMONTHDAY=30", []),
    ],
)
def test_a_repeated_day_comes_as_often_as_its_rule_says(rule, years):
    event = f"SUMMARY:創立記念日\nDTSTART;VALUE=DATE:20240601\n{rule}"
    assert list(found(event)) == [f"{year}-06-01" for year in years]


def test_a_rule_without_end_is_cut_off():
    assert found("DTSTART;VALUE=DATE:20250601\nRRULE:FREQ=SECONDLY") == {}


def test_rules_that_never_come_true_do_not_keep_us_counting(monkeypatch):
    monkeypatch.setattr("firm.ics.time.monotonic", itertools.count(0, 6).__next__)
    days = [f"DTSTART;VALUE=DATE:2026010{n}\nRRULE:FREQ=YEARLY" for n in (1, 2)]
    assert found(days[0])
    with pytest.raises(Refused):
        found(*days)


def test_entries_with_a_time_are_counted_and_left_out():
    meeting = "SUMMARY:会議\nDTSTART:20260813T010000Z\nDTEND:20260813T020000Z"
    read = whole_days(a_file(meeting, "DTSTART;VALUE=DATE:20260814"), since=SINCE, until=UNTIL)
    assert (read.timed, list(read.days)) == (1, [datetime.date(2026, 8, 14)])


def test_days_outside_the_period_are_left_out():
    event = "DTSTART;VALUE=DATE:20251230\nDTEND;VALUE=DATE:20260103"
    assert list(found(event)) == ["2026-01-01", "2026-01-02"]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"name,day\nx,2026-01-01\n", b"BEGIN:VCALENDAR\r\n"]
)
def test_another_file_is_refused(data):
    with pytest.raises(Refused):
        whole_days(data, since=SINCE, until=UNTIL)


def test_broken_entries_are_left_out():
    assert found("DTSTART:tomorrow", "SUMMARY:x", "DTSTART;VALUE=DATE:20260101")
