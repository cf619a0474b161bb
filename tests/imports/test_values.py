"""Cells as people write them."""

import pytest

from customers.imports import values
from customers.imports.errors import BadValue
from customers.imports.xlsx_child import as_text


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2026-07-10", "2026-07-10"),
        ("2026/7/1", "2026-07-01"),
        ("2026.7.1", "2026-07-01"),
        ("20260710", "2026-07-10"),
        ("2026年7月10日", "2026-07-10"),
        ("２０２６／０７／１０", "2026-07-10"),
        ("R8.7.10", "2026-07-10"),
        ("r8/7/10", "2026-07-10"),
        ("R.07/12/01", "2025-12-01"),
        ("令和8年7月10日", "2026-07-10"),
        ("令和元年5月1日", "2019-05-01"),
        ("㋿8年7月10日", "2026-07-10"),
        ("H31.4.30", "2019-04-30"),
        ("S64.1.7", "1989-01-07"),
        ("46213", "2026-07-10"),
        ("46213.75", "2026-07-10"),
        ("2026-07-10 00:00:00", "2026-07-10"),
        ("2026/7/10 9:30", "2026-07-10"),
    ],
)
def test_a_date_is_read_as_the_firm_writes_it(written: str, date: str) -> None:
    assert values.read_date(written) == date


def test_a_moment_with_an_offset_becomes_the_firms_date() -> None:
    assert values.read_date("2011-11-30T15:30:00Z") == "2011-12-01"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2026-02-31", "no_such_date"),
        ("2026-13-01", "no_such_date"),
        ("H31.5.1", "no_such_date"),
        ("S64.1.8", "no_such_date"),
        ("07/10/2026", "not_a_date"),
        ("26/7/10", "not_a_date"),
        ("8.7.10", "not_a_date"),
        ("2026-07/10", "not_a_date"),
        ("NaN", "not_a_date"),
        ("7月10日", "not_a_date"),
        ("0001-01-01", "date_out_of_range"),
        ("2999-01-01", "date_out_of_range"),
    ],
)
def test_a_date_that_could_mean_two_things_is_refused(written: str, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        values.read_date(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1234", "1234"),
        ("-1234.5", "-1234.5"),
        ("1,234,567", "1234567"),
        ("¥1,234", "1234"),
        ("￥1,234", "1234"),
        ("\\1,234", "1234"),
        ("1,234円", "1234"),
        ("△1,234", "-1234"),
        ("▲1,234", "-1234"),
        ("△¥1,234", "-1234"),
        ("¥△1,234", "-1234"),
        ("−1,234", "-1234"),
        ("(1,234)", "-1234"),
        ("（１，２３４）", "-1234"),
        ("１２３４５", "12345"),
        ("+5", "5"),
        ("1.5000", "1.5000"),
        ("1.50000", "1.5"),
        ("¥ 1,234", "1234"),
    ],
)
def test_an_amount_is_read_as_the_firm_writes_it(written: str, amount: str) -> None:
    assert values.read_amount(written) == amount


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("NaN", "not_an_amount"),
        ("inf", "not_an_amount"),
        ("1e99", "not_an_amount"),
        ("1E+05", "not_an_amount"),
        ("1,23", "not_an_amount"),
        ("1.234,5", "not_an_amount"),
        ("1 234 円 税", "not_an_amount"),
        ("--5", "not_an_amount"),
        ("(-5)", "not_an_amount"),
        ("△-5", "not_an_amount"),
        ("-", "not_an_amount"),
        ("$5", "foreign_currency_sign"),
        ("1.23456", "too_many_decimals"),
        ("9999999999999", "amount_out_of_range"),
    ],
)
def test_an_amount_that_could_mean_two_things_is_refused(written: str, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        values.read_amount(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "rate"), [("10%", "0.1"), ("10", "0.1"), ("８％", "0.08"), ("0.08", "0.08")]
)
def test_a_tax_rate_is_a_fraction(written: str, rate: str) -> None:
    assert float(values.read_rate(written)) == float(rate)


@pytest.mark.parametrize("written", ["1", "100", "-10", "abc"])
def test_a_doubtful_tax_rate_is_refused(written: str) -> None:
    with pytest.raises(BadValue):
        values.read_rate(written)


def test_text_loses_the_guard_of_our_own_exports_and_nothing_else() -> None:
    read = values.text(20)
    assert read("'=1+1") == "=1+1"
    assert read("'90年代") == "'90年代"


@pytest.mark.parametrize(
    ("cell", "text"),
    [(1234.0, "1234"), (0.1 + 0.2, "0.3"), (1e99, "1e+99"), (0.00001, "0.00001"), (True, "true")],
)
def test_a_number_of_a_sheet_is_what_excel_shows(cell: float, text: str) -> None:
    assert as_text(cell) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-07-10", "2026-07-10"),
        ("R8.7.10", "2026-07-10"),
        ("46213", "2026-07-10"),
        ("2026-07-10 00:00", "2026-07-10 2026-07-09T15:00:00+00:00"),
        ("2026-07-10T17:30:59", "2026-07-10 2026-07-10T08:30:00+00:00"),
        ("2026/7/10 9:05", "2026-07-10 2026-07-10T00:05:00+00:00"),
        ("令和8年7月10日 ９：０５", "2026-07-10 2026-07-10T00:05:00+00:00"),
        ("2026-07-10T17:30:00.5Z", "2026-07-11 2026-07-10T17:30:00+00:00"),
        ("2026-07-10T17:30-0500", "2026-07-11 2026-07-10T22:30:00+00:00"),
        ("46213.75", "2026-07-10 2026-07-10T09:00:00+00:00"),
        ("46213.9999", "2026-07-11 2026-07-10T15:00:00+00:00"),
    ],
)
def test_a_start_is_a_day_or_a_moment(written: str, read: str) -> None:
    assert values.read_start(written) == read


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2026-07-10 24:00", "no_such_time"),
        ("2026-07-10T10:60Z", "no_such_time"),
        ("2026-07-10T10:00+15:00", "no_such_time"),
        ("2026-02-30 10:00", "no_such_date"),
        ("10:00", "not_a_date"),
        ("2026-07-10 10時", "not_a_date"),
    ],
)
def test_a_start_that_cannot_be_is_refused(written: str, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        values.read_start(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("1.33", 80), ("0.17", 10), ("44.17h", 2650), ("２.5時間", 150), ("1:30", 90),
     ("1:30:00", 90), ("2時間05分", 125)],
)  # fmt: skip
def test_hours_become_the_minutes_that_they_stand_for(written, minutes):
    assert values.read_hours(written) == str(minutes)


@pytest.mark.parametrize("written", ["0.0625", "1:60", "-1", "1e1", "半日", "10000"])
def test_what_is_no_number_of_hours_is_refused(written):
    with pytest.raises(BadValue):
        values.read_hours(written)


@pytest.mark.parametrize("written", ["90", "９０", "90.0", "90分", "1,440"])
def test_minutes_are_whole(written: str) -> None:
    assert values.read_minutes(written) in ("90", "1440")


@pytest.mark.parametrize("written", ["0", "1441", "1.5", "-1", "NaN", "1e3", "1:30", "半日"])
def test_minutes_that_are_none_are_refused(written: str) -> None:
    with pytest.raises(BadValue):
        values.read_minutes(written)
