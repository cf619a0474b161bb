"""Tables out of the application, as .xlsx and as CSV.

Text that a spreadsheet would take for a formula stays text, whoever typed it; numbers and dates
stay numbers and dates. Cells are str, int, Decimal, float, bool, date, datetime or None.
"""

import codecs
import csv
import datetime
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils import timezone

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNSAFE_STARTS = tuple("=+-@\t\r＝＋－＠")
GUARD = "'"
# What CP932 holds under another code point, and what stands for what it does not hold at all.
_CP932_TWINS = str.maketrans("〜−—‖", "～－―∥")
_MISSING = "〓"
_LINES_A_CHUNK = 500
_EXCEL_ROWS = 1_048_575  # below the header

Row = Sequence[Any]


def guarded(cell: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would begin to calculate."""
    return GUARD + cell if cell.startswith(UNSAFE_STARTS) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given; other apostrophes stay."""
    return cell[1:] if cell.startswith(GUARD) and cell[1:].startswith(UNSAFE_STARTS) else cell


def _replace_missing(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _MISSING * (error.end - error.start), error.end


codecs.register_error("merihari-geta", _replace_missing)


def encoded(text: str, encoding: str) -> bytes:
    """`utf-8` or `cp932`; what CP932 cannot hold becomes its twin or a visible 〓."""
    if encoding == "cp932":
        return text.translate(_CP932_TWINS).encode("cp932", "merihari-geta")
    return text.encode(encoding)


def _csv_cell(cell: Any) -> Any:
    if isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, datetime.datetime):
        return timezone.localtime(cell).isoformat(" ", "minutes")
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell


def csv_chunks(header: Row, rows: Iterable[Row], *, encoding: str = "utf-8") -> Iterator[bytes]:
    """CSV with CRLF, for Excel: UTF-8 with a byte order mark, or CP932."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    if encoding == "utf-8":
        buffer.write("\ufeff")
    writer.writerow([_csv_cell(cell) for cell in header])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_csv_cell(cell) for cell in row])
        if number % _LINES_A_CHUNK == 0:
            yield encoded(buffer.getvalue(), encoding)
            buffer.seek(0)
            buffer.truncate()
    yield encoded(buffer.getvalue(), encoding)


def write_xlsx(file: Any, header: Row, rows: Iterable[Row], *, sheet: str = "Sheet1") -> None:
    """Row by row, in the memory of one row. A sheet ends where Excel's does."""
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "in_memory": False}
    )
    page = book.add_worksheet(sheet)
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for column, cell in enumerate(header):
        page.write_string(0, column, str(cell), bold)
        page.set_column(column, column, 18)
    page.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        if number > _EXCEL_ROWS:
            break
        for column, cell in enumerate(row):
            _write_cell(page, number, column, cell, moment)
    book.close()


def _write_cell(page: Any, row: int, column: int, cell: Any, moment: Any) -> None:
    """The type decides, never the content: `write` would turn a text `=1+1` into a formula."""
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, int | float | Decimal):
        page.write_number(row, column, float(cell))
    elif isinstance(cell, datetime.datetime):
        page.write_datetime(row, column, timezone.localtime(cell).replace(tzinfo=None), moment)
    elif isinstance(cell, datetime.date):
        page.write_datetime(row, column, cell)
    else:
        page.write_string(row, column, str(cell))


def table_response(
    name: str, header: Row, rows: Iterable[Row], *, format: str = "xlsx"
) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """A download named `name` with its ending. `format` is xlsx, csv or csv-cp932; anything
    else is taken as xlsx, so that a mistyped address still gives the table.
    """
    if format in ("csv", "csv-cp932"):
        encoding = "cp932" if format == "csv-cp932" else "utf-8"
        charset = "Shift_JIS" if encoding == "cp932" else "utf-8"
        response = StreamingHttpResponse(
            csv_chunks(header, rows, encoding=encoding), content_type=f"text/csv; charset={charset}"
        )
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115 FileResponse closes it
    write_xlsx(file, header, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
