"""Separators, headers, sheets: what is understood without being told."""

import datetime
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from customers.imports.errors import Unreadable
from customers.imports.reading import Table, open_table
from customers.imports.wording import file_sentence
from tests.imports.conftest import Written


def opened(path: Path, kind: str = "revenue") -> Table:
    return open_table(path, file_name=path.name, kind=kind)


def read_through(path: Path, kind: str) -> None:
    table = opened(path, kind)
    try:
        list(table.records)
    finally:
        table.close()


def refusal(path: Path, kind: str = "revenue") -> dict[str, object]:
    with pytest.raises(Unreadable) as unreadable:
        read_through(path, kind)
    return unreadable.value.refusal


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A cover sheet, then the data: header in row 3, starting in column B."""
    path = tmp_path / "売上.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("表紙").write(0, 0, "売上一覧")
    page = book.add_worksheet("データ")
    page.write_row(2, 1, ["得意先コード", "計上日", "金額", "備考"])
    day = book.add_format({"num_format": "yyyy/m/d"})
    page.write_row(3, 1, ["0001"])
    page.write_datetime(3, 2, datetime.datetime(2026, 7, 10), day)
    page.write_row(3, 3, [1234.5, "x"])
    book.close()
    return path


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_the_separator_is_found_out(written: Written, separator: str) -> None:
    table = opened(written(separator.join(["顧客コード", "日付", "金額"]), separator.join("abc")))
    assert list(table.records) == [(2, ["a", "b", "c"])]
    table.close()


def test_the_header_may_stand_below_a_title(written: Written) -> None:
    table = opened(written("売上一覧", "", "顧客コード,計上日,金額,備考", "a,b,c,d"))
    assert table.header.line == 3
    assert table.header.names == {"customer_code": "顧客コード", "date": "計上日", "amount": "金額"}
    assert table.header.ignored == ["備考"]
    table.close()


def test_a_header_below_line_ten_is_not_found(written: Written) -> None:
    assert refusal(written(*["x"] * 10, "顧客コード,日付,金額", "a,b,c"))["code"] == "no_header"


def test_names_are_compared_folded(written: Written) -> None:
    table = opened(written("Customer Code,ＤＡＴＥ,* amount", "a,b,c"))
    assert set(table.header.names) == {"customer_code", "date", "amount"}
    table.close()


def test_two_columns_of_one_meaning_are_refused_by_both_names(written: Written) -> None:
    found = refusal(written("コード,取引先コード,名称", "x,0001,A"), kind="customers")
    assert found == {"code": "columns_alike", "first": "コード", "second": "取引先コード"}
    assert "「コード」と「取引先コード」" in file_sentence(found)


def test_a_missing_required_column_is_named(written: Written) -> None:
    assert refusal(written("顧客コード,日付", "a,b")) == {
        "code": "missing_columns",
        "line": 1,
        "missing": ["amount"],
        "kind": "revenue",
    }


def test_a_column_that_stands_twice_is_refused(written: Written) -> None:
    assert refusal(written("顧客コード,日付,金額,金額", "a,b,c,d"))["code"] == "column_twice"


def test_an_unclosed_quotation_mark_is_refused_with_its_line(written: Written) -> None:
    path = written("顧客コード,日付,金額", "a,b,c", 'a,"b,c', "a,b,c")
    assert refusal(path) == {"code": "broken_quotes", "line": 3, "most": 32767}


def test_lines_are_counted_as_the_file_counts_them(written: Written) -> None:
    table = opened(written("顧客コード,日付,金額", 'a,"b\r\nb",c', "d,e,f"))
    assert [line for line, _ in table.records] == [2, 4]
    table.close()


def test_a_workbook_is_found_from_the_directory_one_works_in(
    workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workbook.parent)
    table = opened(Path(workbook.name))
    assert len(list(table.records)) == 1
    table.close()


def test_the_sheet_with_the_header_is_chosen(workbook: Path) -> None:
    table = opened(workbook)
    assert table.understood["sheet"] == "データ"
    assert list(table.records) == [(4, ["0001", "2026-07-10", "1234.5", "x"])]
    table.close()


def with_sheet(workbook: Path, change) -> Path:
    """The workbook with another XML for its data sheet."""
    path = workbook.with_name("changed.xlsx")
    with (
        zipfile.ZipFile(workbook) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            data = old.read(part)
            is_data = part.filename.endswith("sheet2.xml")
            new.writestr(part.filename, change(data) if is_data else data)
    return path


def test_a_sheet_that_claims_to_be_huge_is_read_as_what_it_holds(workbook: Path) -> None:
    claims = b'<dimension ref="A1:XFD1048576"'
    path = with_sheet(workbook, lambda xml: xml.replace(b'<dimension ref="B3:E4"', claims))
    assert claims in zipfile.ZipFile(path).read("xl/worksheets/sheet2.xml")
    table = opened(path)
    assert len(list(table.records)) == 1
    table.close()


def test_a_sheet_with_a_cell_in_its_last_corner_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "corner.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    page.write_row(0, 0, ["顧客コード", "日付", "金額"])
    page.write(1_048_575, 16_383, "x")
    book.close()
    assert refusal(path) == {"code": "xlsx_too_large"}


def test_a_bomb_is_refused_before_it_is_unpacked(workbook: Path) -> None:
    spaces = b" " * (100 << 20)
    path = with_sheet(workbook, lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + spaces))
    assert refusal(path) == {"code": "xlsx_too_large"}


def test_what_a_file_is_called_must_be_what_it_is(workbook: Path, written: Written) -> None:
    text = written("顧客コード,日付,金額", "a,b,c", name="text.xlsx")
    assert refusal(text) == {"code": "unknown_format"}
    renamed = workbook.rename(workbook.with_name("workbook.csv"))
    assert refusal(renamed) == {"code": "unknown_format"}


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"PK\x03\x04 no archive", "a.xlsx", "broken_xlsx"),
        (b"\xd0\xcf\x11\xe0 old", "a.xls", "old_excel"),
        (b"\xd0\xcf\x11\xe0 with a password", "a.xlsx", "old_excel"),
        (b"%PDF", "a.pdf", "unknown_format"),
        (b"", "a.csv", "empty_file"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, name: str, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refusal(path)["code"] == code
