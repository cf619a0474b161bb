"""Tables on their way out."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest

from firm.exports import csv_chunks, table_response, unguarded, write_xlsx

HEADER = ["コード", "金額"]


def as_csv(*rows: list[object], encoding: str = "utf-8") -> str:
    content = b"".join(csv_chunks(HEADER, rows, encoding=encoding))
    return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_text_that_would_calculate_becomes_text(start: str) -> None:
    line = as_csv([f"{start}1+1", 1]).split("\r\n", 1)[1]
    assert line.lstrip('"').startswith(f"'{start}")
    assert unguarded(f"'{start}1+1") == f"{start}1+1"


def test_numbers_stay_numbers() -> None:
    assert as_csv(["C1", Decimal("-1234.50")], ["C2", -5]).splitlines()[1:] == [
        "C1,-1234.50",
        "C2,-5",
    ]


def test_csv_has_a_byte_order_mark_and_cp932_has_none() -> None:
    assert b"".join(csv_chunks(HEADER, [])).startswith(b"\xef\xbb\xbf")
    assert b"".join(csv_chunks(HEADER, [], encoding="cp932")) == "コード,金額\r\n".encode("cp932")


def test_what_cp932_cannot_hold_gets_its_twin_or_a_visible_mark() -> None:
    assert as_csv(["〜−—‖髙①🍣", 1], encoding="cp932").splitlines()[1] == "～－―∥髙①〓,1"


def test_a_sheet_keeps_types_and_formulas_stay_text() -> None:
    file = io.BytesIO()
    moment = datetime.datetime(2026, 7, 10, 15, 30, tzinfo=datetime.UTC)
    row = ["=1+1", Decimal("-12.5"), datetime.date(2026, 7, 10), moment, None, True]
    write_xlsx(file, ["a"] * 6, [row])
    cells = next(openpyxl.load_workbook(file).active.iter_rows(min_row=2))
    assert [cell.value for cell in cells] == [
        "=1+1",
        -12.5,
        datetime.datetime(2026, 7, 10),
        datetime.datetime(2026, 7, 11, 0, 30),
        None,
        True,
    ]
    assert cells[0].data_type != "f"


@pytest.mark.django_db  # closing a response looks after the connection
@pytest.mark.parametrize(
    ("format", "ending"),
    [("xlsx", ".xlsx"), ("csv", ".csv"), ("csv-cp932", ".csv"), ("?", ".xlsx")],
)
def test_a_download_is_named(format: str, ending: str) -> None:
    response = table_response("顧客", HEADER, [["C1", 1]], format=format)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Disposition"].endswith(ending)
    assert b"".join(response.streaming_content)
    response.close()
