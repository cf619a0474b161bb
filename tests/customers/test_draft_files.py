"""What a person's own files propose, and which customer each line is about."""

import datetime
import io

import pytest

from customers.service_log.drafts import read_file
from customers.service_log.matching import Matcher
from firm.exports import write_xlsx
from firm.refusals import Refused
from firm.scope import scope_of
from tests.factories import a_contact, a_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def scope(account_manager, today):
    return scope_of(account_manager, on=today)


@pytest.fixture
def aoba(account_manager):
    customer = a_customer("株式会社 青葉商事", code="K-0001", owner=account_manager)
    a_contact(customer, "森田 花子", email="Morita@aoba.example.jp")
    return customer


@pytest.fixture
def read(account_manager, scope, now):
    def read_it(data: bytes | str, name: str = "hours.csv"):
        data = data.encode() if isinstance(data, str) else data
        return read_file(data, name=name, person=account_manager, scope=scope, now=now)

    return read_it


@pytest.mark.parametrize(
    "text",
    [
        "K-0001 定例",
        "k-0001：定例",
        "青葉商事さま 定例",
        "(株)青葉商事　打合せ",
        "【ＡＯＢＡ】青葉 商事",
    ],
)
def test_a_text_is_matched_by_code_or_name(text, aoba, scope):
    assert Matcher(scope).match(text) == aoba.pk


def test_a_text_is_matched_by_the_address_of_a_contact(aoba, scope):
    assert Matcher(scope).match("定例", addresses=["morita@aoba.example.jp"]) == aoba.pk


def test_the_longer_name_wins_and_a_tie_is_nobody(aoba, account_manager, scope):
    kyushu = a_customer("青葉商事九州", owner=account_manager)
    a_customer("緑屋本店", owner=account_manager)
    matcher = Matcher(scope)
    assert matcher.match("青葉商事九州 定例") == kyushu.pk
    assert matcher.match("青葉商事九州と青葉商事") == kyushu.pk
    assert matcher.match("社内会議") is None
    a_customer("赤羽商事", owner=account_manager)
    assert Matcher(scope).match("青葉商事・赤羽商事 合同") is None


def test_another_persons_customer_is_not_matched(stranger, scope):
    a_customer("緑屋本店", code="K-0009", owner=stranger)
    assert Matcher(scope).match("K-0009 緑屋本店") is None


def test_an_hours_file_says_customer_day_and_hours(aoba, read):
    (line,) = read("顧客コード,日付,開始,時間,件名\nK-0001,2026-07-10,9:30,1.5,定例\n").proposals
    assert (line.customer, line.minutes, line.title) == (aoba.pk, 90, "定例")
    assert line.started_at == datetime.datetime(2026, 7, 10, 0, 30, tzinfo=datetime.UTC)


def test_hours_come_from_excel_as_well(aoba, read):
    file = io.BytesIO()
    day = datetime.date(2026, 7, 10)
    write_xlsx(file, ["customer", "date", "minutes"], [["青葉商事", day, 45]])
    (line,) = read(file.getvalue(), "hours.xlsx").proposals
    assert (line.customer, line.minutes, line.started_at) == (aoba.pk, 45, None)


def test_an_unknown_customer_is_left_to_be_chosen(read):
    (line,) = read("customer,date,hours\n山の手,2026-07-10,1\n").proposals
    assert line.customer is None


def test_equal_lines_are_two_pieces_of_work_with_names_that_stay(aoba, read):
    file = "customer_code,date,hours\nK-0001,2026-07-10,1\nK-0001,2026-07-10,1\n"
    ids = [line.source_id for line in read(file).proposals]
    assert len(set(ids)) == 2
    assert [line.source_id for line in read(file).proposals] == ids


def test_a_bad_line_is_said_and_the_others_are_read(read):
    found = read("customer,date,hours\n青葉,2026-02-30,1\n青葉,2026-07-10,1\n青葉,2026-07-10,\n")
    assert len(found.proposals) == 1
    assert [problem.split("：")[0] for problem in found.problems] == ["2行目", "4行目"]


def test_what_lies_too_far_back_or_ahead_is_counted_only(read):
    found = read("customer,date,hours\nA,2026-01-05,1\nA,2026-07-16,1\nA,2026-07-15,1\n")
    assert (len(found.proposals), found.older) == (1, 2)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        ("a,b\n1,2\n", "hours.csv", "見出し"),
        ("customer,date,hours\n", "hours.csv", "行がありません"),
        ("", "hours.csv", "空"),
        ("x", "hours.pdf", "csv"),
        ("x", "calendar.ics", "ics"),
        ("customer,date,hours\n" + "A,2026-07-10,1\n" * 1001, "hours.csv", "1,000"),
        (b"\xd0\xcf\x11\xe0 old", "hours.xls", "Excel"),
        (b"0" * (3 << 20), "hours.csv", "2"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(data, name, said, read):
    with pytest.raises(Refused, match=said):
        read(data, name)
