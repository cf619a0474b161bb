"""Contracts from a file: one row over a template; what the page has added stays."""

import datetime
from decimal import Decimal

import pytest

from customers.actions import RevisionData, correct_revision
from customers.contracts.forms import line_of
from customers.contracts.kinds import Kind, TermLine
from customers.imports.windows import week_of
from customers.models import Contract, ContractRevision
from firm.models import WorkCalendar
from tests.factories import NOW, a_customer
from tests.imports.conftest import Written, bring, lines_of, reasons

pytestmark = pytest.mark.django_db

HEADER = "顧客コード,種類,月額,時間,回数,対応時間,一次回答,適用開始日,終了日,通知期限"
ROW = "K1,保守,30000,2.5,軽微な修正:3回; 更新:2,月-金 10:00-18:00,4h,2026/4/1,2027/4/1,90日"


@pytest.fixture(autouse=True)
def customer():
    return a_customer("ひかり堂", code="K1")


def amounts(revision: ContractRevision) -> dict[str, int | None]:
    return {term.name or term.kind: term.amount for term in revision.terms.all()}


def test_a_row_signs_a_contract_over_its_template(written: Written):
    figures = bring("contracts", written(HEADER, ROW)).summary["figures"]
    assert figures["added"]["lines"] == 1
    revision = Contract.objects.get(template="maintenance").revisions.get()
    assert revision.monthly_fee == Decimal(30_000)
    assert (revision.renews_on, revision.notice_days) == (datetime.date(2027, 4, 1), 90)
    found = amounts(revision)
    assert (found["hours"], found["response"]) == (150, 240)
    assert (found["軽微な修正"], found["更新"]) == (3, 2)
    hours = revision.terms.get(kind=Kind.SUPPORT_HOURS).calendar
    assert hours is not None
    assert hours.name == "月-金 10:00-18:00"
    assert hours.versions.get().hours.count() == 5


def test_the_same_file_again_changes_nothing(written: Written):
    bring("contracts", written(HEADER, ROW))
    figures = bring("contracts", written(HEADER, ROW)).summary["figures"]
    assert lines_of(figures, "added", "changed", "unchanged") == (0, 0, 1)
    assert ContractRevision.objects.count() == 1
    assert WorkCalendar.objects.filter(name="月-金 10:00-18:00").count() == 1


def test_a_later_start_is_a_revision_and_keeps_what_the_page_added(written: Written):
    bring("contracts", written(HEADER, ROW))
    revision = ContractRevision.objects.get()
    terms = [*map(line_of, revision.terms.all()), TermLine(Kind.EXCLUSION, name="撮影")]
    correct_revision(
        revision=revision,
        valid_from=revision.valid_from,
        valid_to=revision.valid_to,
        data=RevisionData.of(revision),
        terms=terms,
        by=None,
        now=NOW,
    )
    row = "K1,保守,40000,,,,,2026/10/1,2027/4/1,"
    assert bring("contracts", written(HEADER, row)).summary["figures"]["changed"]["lines"] == 1
    first, second = ContractRevision.objects.order_by("number")
    assert first.valid_to == datetime.date(2026, 10, 1)
    assert second.monthly_fee == Decimal(40_000)
    assert amounts(second) == amounts(first)
    assert "撮影" in amounts(second)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (ROW.replace("K1", "K9"), "customer_code", "unknown_customer"),
        (ROW.replace("保守", "保険"), "template", "not_a_code"),
        (ROW.replace("30000", "NaN"), "monthly_fee", "not_an_amount"),
        (ROW.replace("2.5", "0.0625"), "hours", "not_hours"),
        (ROW.replace("軽微な修正:3回", "たくさん"), "count_items", "not_counts"),
        (ROW.replace("月-金 10:00-18:00", "だいたい昼間"), "window", "unknown_window"),
        (ROW.replace("4h", "すぐ"), "answer", "not_a_duration"),
        (ROW.replace("2026/4/1", "2026-02-31"), "valid_from", "no_such_date"),
        (ROW.replace("2027/4/1", "2026/4/1"), "valid_to", "ends_before_it_begins"),
        (ROW.replace("90日", "いつか"), "renewal_notice", "not_days"),
    ],
)
def test_a_cell_that_says_nothing_clear_refuses_the_file(row, column, code, written):
    refused = bring("contracts", written(HEADER, row))
    assert (2, column, code) in reasons(refused)
    assert not Contract.objects.exists()


def test_an_earlier_start_than_the_last_revision_is_refused(written: Written):
    bring("contracts", written(HEADER, ROW))
    refused = bring("contracts", written(HEADER, ROW.replace("2026/4/1", "2026/3/1")))
    assert reasons(refused) == [(2, "valid_from", "revision_begins_earlier")]


@pytest.mark.parametrize(
    ("text", "days", "spans"),
    [
        ("Mon-Fri 10:00-18:00", 5, 1),
        ("平日 9:00-12:00、13:00-17:30", 5, 2),
        ("月-土曜日 9時-18時", 6, 1),
        ("日 ２２：００〜６：００", 1, 1),
    ],
)
def test_hours_are_read_as_people_write_them(text, days, spans):
    week = week_of(text)
    assert week is not None
    assert [len(hours) for hours in week.hours if hours] == [spans] * days


@pytest.mark.parametrize(
    "text", ["", "Fri-Mon 9:00-18:00", "月-金", "月-金 25:00-26:00", "いつでも"]
)
def test_what_is_no_hours_is_none(text):
    assert week_of(text) is None
