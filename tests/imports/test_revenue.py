"""The ledger: what a file adds, corrects and retires."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from customers.models import ExchangeRate, Import, RevenueEntry
from tests.factories import a_closed_month, a_customer
from tests.imports.conftest import Written, bring, lines_of, reasons

pytestmark = pytest.mark.django_db
HEADER = "顧客コード,日付,金額,伝票番号"
BARE = "顧客コード,日付,金額"


@pytest.fixture(autouse=True)
def _customers(db: None) -> None:
    a_customer("株式会社アルファ", code="0001")
    a_customer("株式会社ベータ", code="0002")


def total() -> Decimal:
    return RevenueEntry.objects.live().aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def half_a_year(*, skip: int = 0, amount_of_june: int = 3_000) -> list[str]:
    """April to September, two customers; without document numbers."""
    lines = [
        f"{code},2026-{month:02}-15,{amount_of_june if month == 6 else month * 1_000}"
        for month in range(4, 10)
        for code in ("0001", "0002")
    ]
    return [BARE, *lines[: len(lines) - skip]]


def test_a_file_is_added_line_by_line(written: Written) -> None:
    import_ = bring("revenue", written(HEADER, "0001,2026-07-10,¥1000,A1", "0002,R8.7.11,△200,A2"))
    assert import_.state == Import.State.APPLIED
    assert list(
        RevenueEntry.objects.order_by("document_no").values_list("date", "amount", "source")
    ) == [
        (datetime.date(2026, 7, 10), 1000, "default"),
        (datetime.date(2026, 7, 11), -200, "default"),
    ]


def test_repeating_a_file_changes_nothing(written: Written) -> None:
    path = written(HEADER, "0001,2026-07-10,1000,A1", "0001,2026-07-10,1000,A2")
    bring("revenue", path)
    before = list(RevenueEntry.objects.values_list())
    again = bring("revenue", path)
    assert lines_of(again.summary["figures"], "added", "changed", "unchanged") == (0, 0, 2)
    assert list(RevenueEntry.objects.values_list()) == before


def test_repeating_a_file_without_document_numbers_changes_nothing(written: Written) -> None:
    """Two equal lines are two lines, each with its place among its equals."""
    path = written(BARE, "0001,2026-07-10,1000", "0001,2026-07-10,1000")
    bring("revenue", path)
    again = bring("revenue", path)
    assert again.state == Import.State.APPLIED
    assert total() == 2000


def test_a_known_document_with_another_amount_is_a_correction(written: Written) -> None:
    first = bring("revenue", written(HEADER, "0001,2026-07-10,1000,A1"))
    second = bring("revenue", written(HEADER, "0001,2026-07-10,1200,A1"))
    old, new = RevenueEntry.objects.order_by("id")
    assert (old.amount, old.import_ref, old.superseded_by_import) == (1000, first, second)
    assert (new.amount, new.import_ref, new.superseded_by_import) == (1200, second, None)
    figures = second.summary["figures"]
    assert Decimal(figures["changed"]["before"]) == 1000
    assert Decimal(figures["changed"]["after"]) == 1200
    assert figures["changed_samples"][0]["document_no"] == "A1"


def test_after_replacing_a_period_the_total_is_that_of_the_second_file(written: Written) -> None:
    bring("revenue", written(*half_a_year()))
    corrected = half_a_year(skip=1, amount_of_june=7_777)
    import_ = bring("revenue", written(*corrected), replace="2026-04..2026-09")
    assert total() == sum(int(line.split(",")[2]) for line in corrected[1:])
    figures = import_.summary["figures"]
    assert lines_of(figures, "added", "vanished") == (2, 3)


def test_replacing_ends_with_the_last_day_that_was_written(written: Written) -> None:
    bring("revenue", written(HEADER, "0001,2026-09-30,1,A1", "0001,2026-10-01,2,A2"))
    bring("revenue", written(HEADER, "0001,2026-08-01,4,A3"), replace="2026-04..2026-09")
    assert total() == 6


def test_replacing_leaves_other_sources_alone(written: Written) -> None:
    bring("revenue", written(HEADER, "0001,2026-07-10,1000,A1"), source="freee")
    bring("revenue", written(HEADER, "0001,2026-07-10,5,A1"), replace="2026-07..2026-07")
    assert total() == 1005


def test_without_document_numbers_an_overlap_is_refused(written: Written) -> None:
    bring("revenue", written(BARE, "0001,2026-07-01,1000", "0001,2026-07-20,1000"))
    import_ = bring("revenue", written(BARE, "0001,2026-07-10,500"))
    assert import_.state == Import.State.APPLIED, "10 July alone overlaps nothing"
    import_ = bring("revenue", written(BARE, "0001,2026-07-05,1", "0001,2026-07-25,1"))
    assert import_.summary["refusal"]["code"] == "overlap_without_replace"
    assert import_.state == Import.State.REFUSED
    assert total() == 2500


def test_without_document_numbers_lines_outside_the_replaced_period_may_not_overlap(
    written: Written,
) -> None:
    bring("revenue", written(BARE, "0001,2026-07-10,1000", "0001,2026-08-10,1000"))
    path = written(BARE, "0001,2026-07-10,900", "0001,2026-08-10,900")
    assert bring("revenue", path, replace="2026-07..2026-07").state == Import.State.REFUSED
    assert bring("revenue", path, replace="2026-07..2026-08").state == Import.State.APPLIED
    assert total() == 1800


def test_a_document_that_stands_twice_is_refused(written: Written) -> None:
    import_ = bring(
        "revenue",
        written(HEADER, "0001,2026-07-10,1,A1", "0002,2026-07-10,1,A1", "0001,2026-07-11,2,A1"),
    )
    assert reasons(import_) == [(4, "document_no", "stands_twice")]


def test_one_refused_line_refuses_the_file(written: Written) -> None:
    import_ = bring(
        "revenue",
        written(
            HEADER,
            "0001,2026-07-10,1000,A1",
            "9999,2026-07-10,1000,A2",
            "0001,2026-02-31,NaN,A3",
            "0001,2026-07-10,1e99,A4",
            ",2026-07-10,1,A5",
            "0001,2026-07-10,1,A6,surplus",
        ),
    )
    assert import_.state == Import.State.REFUSED
    assert reasons(import_) == [
        (3, "customer_code", "unknown_customer"),
        (4, "amount", "not_an_amount"),
        (4, "date", "no_such_date"),
        (5, "amount", "not_an_amount"),
        (6, "customer_code", "required"),
        (7, "", "too_many_cells"),
    ]
    assert import_.summary["refused"] == 5
    assert not RevenueEntry.objects.exists()


def test_title_total_and_empty_lines_are_left_out(written: Written) -> None:
    import_ = bring(
        "revenue",
        written("売上一覧", BARE, "0001,2026-07-10,1000", "", ",,", "合計,,1000", ",【総計】,1000"),
    )
    assert import_.summary["left_out"] == {"empty": 2, "totals": [6, 7], "total_count": 2}
    assert total() == 1000


def test_tax_is_taken_off_and_rounded_half_up(written: Written) -> None:
    bring(
        "revenue",
        written(
            f"{BARE},税区分,税率",
            "0001,2026-07-01,1100,税込,10%",
            "0001,2026-07-02,1000,内税,8",
            "0001,2026-07-03,1000,税抜,10%",
        ),
    )
    amounts = RevenueEntry.objects.order_by("date").values_list("amount", "original_amount")
    assert list(amounts) == [(1000, 1100), (926, 1000), (1000, 1000)]


def test_what_is_finer_than_the_smallest_unit_is_rounded_half_up_and_counted(
    written: Written,
) -> None:
    import_ = bring(
        "revenue",
        written(
            f"{BARE},原価",
            "0001,2026-07-01,0.001,",
            "0001,2026-07-02,-10.5,",
            "0001,2026-07-03,1000.00,0.5",
            "0001,2026-07-04,1000.0,20",
        ),
    )
    entries = RevenueEntry.objects.order_by("date")
    assert list(entries.values_list("amount", "original_amount", "cost")) == [
        (0, Decimal("0.001"), None),
        (-11, Decimal("-10.5"), None),
        (1000, 1000, 1),
        (1000, 1000, 20),
    ]
    assert import_.summary["figures"]["rounded"] == 3


def test_of_dollars_nothing_finer_than_a_cent_is_left(written: Written, settings) -> None:
    settings.BASE_CURRENCY = "USD"
    import_ = bring("revenue", written(BARE, "0001,2026-07-01,0.25", "0001,2026-07-02,0.125"))
    amounts = RevenueEntry.objects.order_by("date").values_list("amount", flat=True)
    assert list(amounts) == [Decimal("0.25"), Decimal("0.13")]
    assert import_.summary["figures"]["rounded"] == 1


def test_tax_included_needs_a_rate(written: Written) -> None:
    import_ = bring("revenue", written(f"{BARE},税区分", "0001,2026-07-01,1100,税込"))
    assert reasons(import_) == [(2, "tax_rate", "tax_rate_missing")]


def test_another_currency_is_converted_by_a_rate_of_the_last_seven_days(written: Written) -> None:
    ExchangeRate.objects.create(currency="USD", date=datetime.date(2026, 7, 3), rate="150.25")
    path = written(f"{BARE},通貨", "0001,2026-07-10,10.5,USD")
    bring("revenue", path)
    entry = RevenueEntry.objects.get()
    assert (entry.amount, entry.original_amount, entry.currency) == (1578, Decimal("10.5"), "USD")


def test_another_currency_without_a_fresh_rate_is_refused(written: Written) -> None:
    ExchangeRate.objects.create(currency="USD", date=datetime.date(2026, 7, 2), rate="150.25")
    import_ = bring("revenue", written(f"{BARE},通貨", "0001,2026-07-10,10.5,USD"))
    assert reasons(import_) == [(2, "currency", "no_exchange_rate")]


def test_a_closed_month_is_said(written: Written, back_office) -> None:
    a_closed_month(datetime.date(2026, 6, 1), by=back_office)
    import_ = bring(
        "revenue", written(HEADER, "0001,2026-06-10,1000,A1", "0001,2026-07-10,1000,A2")
    )
    assert [
        (month["month"], month["closed"]) for month in import_.summary["figures"]["months"]
    ] == [("2026-06-01", True), ("2026-07-01", False)]


def test_a_cp932_file_with_special_characters_comes_in_unchanged(written: Written) -> None:
    a_customer("㈱髙島①", code="㈱①髙～")
    path = written(
        "取引先コード,計上日,売上金額,伝票番号,品名",
        "㈱①髙～,令和8年7月10日,△１，２３４,№１,保守～①㈱",
        encoding="cp932",
    )
    import_ = bring("revenue", path)
    assert import_.summary["understood"]["encoding"] == "cp932"
    entry = RevenueEntry.objects.select_related("customer").get()
    assert entry.customer.code == "㈱①髙～"
    assert (entry.amount, entry.date) == (-1234, datetime.date(2026, 7, 10))
    assert (entry.document_no, entry.service) == ("№１", "保守～①㈱")


def test_unknown_columns_are_ignored_and_listed_unless_strict(written: Written) -> None:
    path = written(f"{HEADER},メモ", "0001,2026-07-10,1,A1,x")
    refused = bring("revenue", path, strict=True)
    assert refused.summary["refusal"] == {"code": "unknown_columns", "names": ["メモ"]}
    assert bring("revenue", path).summary["ignored"] == ["メモ"]


def test_a_dry_run_leaves_nothing(written: Written, tmp_path: Path) -> None:
    bring("revenue", written(HEADER, "0001,2026-07-10,1,A1"), dry_run=True)
    assert not Import.objects.exists()
    assert not RevenueEntry.objects.exists()
    assert not (tmp_path / "kept").exists()


def test_imports_are_numbered_in_the_order_they_are_applied(written: Written) -> None:
    numbers = [
        bring("revenue", written(HEADER, f"0001,2026-07-10,1,A{n}")).applied_no for n in range(3)
    ]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_a_file_with_too_many_lines_is_refused(written: Written, settings) -> None:
    settings.IMPORT_LINE_LIMIT = 2
    path = written(HEADER, *(f"0001,2026-07-10,1,A{n}" for n in range(3)))
    assert bring("revenue", path).summary["refusal"] == {"code": "too_many_lines", "most": 2}
