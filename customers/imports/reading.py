"""Any file as lines of cells under known columns: encoding, separator, sheet and header found."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from customers.imports import xlsx
from customers.imports.columns import COLUMNS, Column, column_names, folded_header
from customers.imports.encoding import encoding_of
from customers.imports.errors import Unreadable

HEADER_WITHIN = 10  # lines
SEPARATORS = {",": "comma", "\t": "tab", ";": "semicolon"}
CELL_LIMIT = 32_767  # characters, as in Excel
TEXT_ENDINGS = (".csv", ".tsv", ".txt")
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"

Record = tuple[int, list[str]]


@dataclass(frozen=True)
class Header:
    """`columns` by position in the file; `names` as the file writes them; `ignored` names."""

    line: int
    columns: dict[int, Column]
    names: dict[str, str]
    ignored: list[str]
    width: int


@dataclass
class Table:
    """`records` are the lines below the header with their numbers in the file, read once;
    `share_read()` tells how far that has come, 0 to 1.
    """

    header: Header
    records: Iterator[Record]
    share_read: Callable[[], float]
    close: Callable[[], None]
    understood: dict[str, Any] = field(default_factory=dict)


def open_table(path: Path, *, file_name: str, kind: str) -> Table:
    """Raises Unreadable for what is no table of this kind."""
    with path.open("rb") as file:
        start = file.read(8)
    ending = Path(file_name).suffix.lower()
    if start.startswith(OLD_EXCEL):
        raise Unreadable("old_excel")
    if ending == ".xlsx" and start.startswith(ZIP):
        return _open_xlsx(path, kind)
    if ending == ".xlsx" or start.startswith(ZIP) or ending not in TEXT_ENDINGS:
        raise Unreadable("unknown_format")
    if not start:
        raise Unreadable("empty_file")
    return _open_csv(path, kind)


def _open_csv(path: Path, kind: str) -> Table:
    encoding = encoding_of(path)
    starts = {separator: _first_records(path, encoding, separator) for separator in SEPARATORS}
    separator = max(starts, key=lambda each: header_score(starts[each], column_names(kind)))
    header = find_header(starts[separator], kind)
    raw = FileIO(path)
    file = open(raw.fileno(), encoding=encoding, newline="", closefd=False)  # noqa: SIM115
    total = path.stat().st_size

    def close() -> None:
        file.close()
        raw.close()

    return Table(
        header=header,
        records=_records_below(_csv_records(file, separator), header),
        share_read=lambda: raw.tell() / total,
        close=close,
        understood={
            "format": "csv",
            "encoding": encoding.removesuffix("-sig"),
            "separator": SEPARATORS[separator],
        },
    )


def _open_xlsx(path: Path, kind: str) -> Table:
    sheet = xlsx.open_sheet(path, set(column_names(kind)), look_at=HEADER_WITHIN)
    try:
        header = find_header(sheet.first, kind)
    except Unreadable:
        sheet.close()
        raise
    return Table(
        header=header,
        records=_records_below(sheet.records, header),
        share_read=sheet.share_read,
        close=sheet.close,
        understood={"format": "xlsx", "sheet": sheet.name, "sheets": sheet.others},
    )


def _csv_records(file: TextIO, separator: str) -> Iterator[Record]:
    """Lines as the file counts them: a record starts where the one before ended."""
    csv.field_size_limit(CELL_LIMIT)
    reader = csv.reader(file, delimiter=separator, strict=True)
    starts_at = 1
    try:
        for cells in reader:
            yield starts_at, cells
            starts_at = reader.line_num + 1
    except csv.Error as error:
        code = "cell_too_long" if "limit" in str(error) else "broken_quotes"
        raise Unreadable(code, line=starts_at, most=CELL_LIMIT) from None


def _first_records(path: Path, encoding: str, separator: str) -> list[Record]:
    with path.open(encoding=encoding, newline="") as file:
        found: list[Record] = []
        with suppress(Unreadable):  # said when the lines themselves are read
            found.extend(islice(_csv_records(file, separator), HEADER_WITHIN))
        return found


def _records_below(records: Iterator[Record], header: Header) -> Iterator[Record]:
    return (record for record in records if record[0] > header.line)


def header_score(records: Sequence[Record], names: dict[str, Column]) -> int:
    """How many known names the best of these lines has."""
    return max(
        (sum(folded_header(cell) in names for cell in cells) for _, cells in records), default=0
    )


def find_header(records: Sequence[Record], kind: str) -> Header:
    """The first line with the most known names. Raises Unreadable where a required column is
    missing, or any stands twice.
    """
    names = column_names(kind)
    best = header_score(records, names)
    if not best:
        raise Unreadable("no_header", within=HEADER_WITHIN, required=_required(kind), kind=kind)
    line, cells = next(record for record in records if header_score([record], names) == best)
    columns = _columns_of(cells, names)
    missing = [name for name in _required(kind) if name not in {c.name for c in columns.values()}]
    if missing:
        raise Unreadable("missing_columns", line=line, missing=missing, kind=kind)
    return Header(
        line=line,
        columns=columns,
        names={column.name: cells[place].strip() for place, column in columns.items()},
        ignored=[c.strip() for place, c in enumerate(cells) if c.strip() and place not in columns],
        width=len(cells),
    )


def _required(kind: str) -> list[str]:
    return [column.name for column in COLUMNS[kind] if column.required]


def _columns_of(cells: list[str], names: dict[str, Column]) -> dict[int, Column]:
    """By position. Raises Unreadable where two cells name one column: nothing is guessed."""
    columns: dict[int, Column] = {}
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if (column := names.get(folded_header(cell))) is None:
            continue
        first = places.setdefault(column.name, place)
        if first != place:
            written, again = cells[first].strip(), cell.strip()
            if written == again:
                raise Unreadable("column_twice", name=again)
            raise Unreadable("columns_alike", first=written, second=again)
        columns[place] = column
    return columns
