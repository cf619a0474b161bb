"""The lines of a file in a temporary table: one COPY, cells read column by column.

What a cell alone can show to be wrong is found here, on the way, and travels with its line;
what needs the database is found by the SQL of the kind. Both end in `import_refused`.
"""

import json
import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection

from customers.imports.columns import COLUMNS, Column
from customers.imports.errors import BadValue, Unreadable
from customers.imports.reading import Record, Table
from firm.text import fold

LINES_A_BATCH = 10_000
REMEMBERED = 200_000  # distinct cells of a column whose reading is kept
SHOWN = 200  # characters of a refused cell that its report repeats
TOTAL_WORDS = {"合計", "総計", "小計", "計", "総合計", "total", "grand total", "subtotal"}
NULL = r"\N"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_ESCAPED = re.compile(r"[\\\t\n\r]")
# What keeps a text from being stored as it stands: escapes, what is refused, and guards.
_NOT_PLAIN = re.compile(r"[\\\t\n\r\0']")

# Temporary tables write no WAL and are gone with the transaction.
_TABLES = """
DROP TABLE IF EXISTS import_staged, import_refused, import_lines;
CREATE TEMP TABLE import_staged (line integer NOT NULL, refusals jsonb, {columns}) ON COMMIT DROP;
CREATE TEMP TABLE import_refused (
    line integer NOT NULL, name text NOT NULL, code text NOT NULL, data jsonb NOT NULL
) ON COMMIT DROP;
"""
_REFUSE_CELLS = """
INSERT INTO import_refused
SELECT s.line, r->>'name', r->>'code', r->'data'
FROM import_staged s CROSS JOIN LATERAL jsonb_array_elements(s.refusals) r
WHERE s.refusals IS NOT NULL
"""


class Cells(dict[str, str]):
    """What each cell of one column becomes in COPY's text format, read once per spelling.

    `bad` holds the cells that cannot be read, which become NULL.
    """

    def __init__(self, column: Column) -> None:
        super().__init__()
        self.column = column
        self.bad: dict[str, dict[str, Any]] = {}

    def plain(self, column: tuple[str, ...]) -> list[str] | None:
        """All cells of a text column at once, where each is stored as it stands; else None."""
        if self.column.most is None:
            return None
        bare = list(map(str.strip, column))
        if max(map(len, bare)) > self.column.most or _NOT_PLAIN.search("".join(bare)):
            return None
        if "" not in bare:
            return bare
        return None if self.column.required else [cell or NULL for cell in bare]

    def __missing__(self, written: str) -> str:
        if len(self) > REMEMBERED:
            self.clear()
        self[written] = stored = self._read(written)
        return stored

    def _read(self, written: str) -> str:
        bare = written.strip()
        if not bare:
            if self.column.required:
                self._refuse(written, "required")
            return NULL
        if "\0" in bare:  # whatever the column: COPY would break off
            self._refuse(written, "control_character", value=_shown(bare))
            return NULL
        try:
            return _escaped(self.column.read(bare))
        except BadValue as bad:
            self._refuse(written, bad.code, value=_shown(bare), **bad.data)
            return NULL

    def _refuse(self, written: str, code: str, **data: Any) -> None:
        self.bad[written] = {"name": self.column.name, "code": code, "data": data}


def _escaped(text: str) -> str:
    """For COPY. Few cells need it, and looking for it is quicker than translating."""
    return text.translate(_ESCAPES) if _ESCAPED.search(text) else text


def _shown(written: str) -> str:
    """Without NUL, which neither text nor jsonb can hold."""
    return written[:SHOWN].replace("\0", "␀")


def create_tables(kind: str) -> None:
    columns = ", ".join(f'"{column.name}" {column.sql}' for column in COLUMNS[kind])
    with connection.cursor() as cursor:
        cursor.execute(_TABLES.format(columns=columns))


def fill(table: Table, *, progress: Callable[[float], None]) -> dict[str, Any]:
    """COPY the file's lines. Returns what was left out: empty lines counted, total lines named.

    Raises Unreadable where the file breaks off or has too many lines.
    """
    batches = Batches(table)
    names = ", ".join(f'"{column.name}"' for column in table.header.columns.values())
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY import_staged (line, refusals, {names}) FROM STDIN") as copy:
            while batch := list(islice(table.records, LINES_A_BATCH)):
                copy.write(batches.as_copy_text(batch))
                progress(table.share_read())
        cursor.execute("ANALYZE import_staged (line)")  # how many there are is what plans go by
        cursor.execute(_REFUSE_CELLS)
    if not batches.count:
        raise Unreadable("no_lines")
    return {"empty": batches.empty, "totals": batches.totals}


class Batches:
    """Lines into COPY's text format, column by column: a dictionary that reads what it misses
    runs at C speed. `count` lines so far, `empty` ones and `totals` (line numbers) left out.
    """

    def __init__(self, table: Table) -> None:
        self.width = table.header.width
        self.cells = {place: Cells(column) for place, column in table.header.columns.items()}
        self.key = next(p for p, column in table.header.columns.items() if column.required)
        self.count = 0
        self.empty = 0
        self.totals: list[int] = []

    def as_copy_text(self, batch: list[Record]) -> str:
        kept = [record for record in batch if any(map(str.strip, record[1]))]
        self.empty += len(batch) - len(kept)
        if not kept:
            return ""
        refusals: dict[int, list[dict[str, Any]]] = {}
        columns = list(zip(*self._rows(kept, refusals), strict=True))
        stored = [self._stored(place, columns[place], refusals) for place in self.cells]
        lines = [str(line) for line, _ in kept]
        totals = self._totals(kept, columns[self.key], refusals)
        self.totals += [kept[index][0] for index in totals]
        self.count += len(kept) - len(totals)
        if self.count > settings.IMPORT_LINE_LIMIT:
            raise Unreadable("too_many_lines", most=settings.IMPORT_LINE_LIMIT)
        noted = [_json(refusals[i]) if i in refusals else NULL for i in range(len(kept))]
        rows = map("\t".join, zip(lines, noted, *stored, strict=True))
        return "".join(f"{row}\n" for index, row in enumerate(rows) if index not in totals)

    def _rows(self, kept: list[Record], refusals: dict[int, Any]) -> list[list[str]]:
        """All as wide as the header; cells beyond it would be lost, so they refuse the line."""
        rows = [cells for _, cells in kept]
        for index, cells in enumerate(rows):
            if len(cells) != self.width:
                rows[index] = cells[: self.width] + [""] * (self.width - len(cells))
                if any(map(str.strip, cells[self.width :])):
                    refusals[index] = [{"name": "", "code": "too_many_cells", "data": {}}]
        return rows

    def _stored(
        self, place: int, column: tuple[str, ...], refusals: dict[int, list[dict[str, Any]]]
    ) -> list[str]:
        cells = self.cells[place]
        if plain := cells.plain(column):
            return plain
        stored = list(map(cells.__getitem__, column))
        if cells.bad:
            for index, written in enumerate(column):
                if written in cells.bad:
                    refusals.setdefault(index, []).append(cells.bad[written])
        return stored

    def _totals(
        self, kept: list[Record], keys: tuple[str, ...], refusals: dict[int, list[dict[str, Any]]]
    ) -> set[int]:
        """Positions of total lines: a word such as 合計 in a line that lacks what every line
        has, or where the code should stand.
        """
        lacking = {
            i for i, found in refusals.items() if any(r["code"] == "required" for r in found)
        }
        totals = {index for index in lacking if any(map(_is_total_word, kept[index][1]))}
        if not TOTAL_WORDS.isdisjoint(keys):
            totals |= {index for index, key in enumerate(keys) if key in TOTAL_WORDS}
        return totals


def _is_total_word(cell: str) -> bool:
    return len(cell) <= 20 and fold(cell).strip("【】[]<>: ") in TOTAL_WORDS


def _json(refusals: list[dict[str, Any]]) -> str:
    return _escaped(json.dumps(refusals, ensure_ascii=False))


def refused_counts() -> dict[str, int]:
    """`refused` lines and `refused_cells`: a line may be refused for several."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT line), count(*) FROM import_refused")
        lines, cells = cursor.fetchone()
        return {"refused": lines, "refused_cells": cells}
