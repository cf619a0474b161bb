"""Reads one sheet of an .xlsx file, in a process that may die of it: `python -m` with the path,
the number of lines to look at for a header, and the folded names to look for on stdin.

Writes a first line of JSON about the sheets, then CSV: the row's number and its cells as text.
"""

import csv
import datetime
import json
import resource
import sys
from itertools import islice
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from firm.text import fold

MEMORY = 3 << 30  # bytes of address space; a sheet that needs more is refused
CPU_SECONDS = 120
CELLS = 100_000_000  # of the rectangle from A1 to the last cell that holds something
TOO_LARGE = "memory: the sheet is larger than we read"


def as_text(cell: Any) -> str:
    """A cell as one would type it: 15 significant digits as in Excel, dates in ISO format."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else plain_number(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    return str(cell)


def plain_number(number: float) -> str:
    """Without an exponent, unless it is so large or so small that nobody means it."""
    text = f"{number:.15g}"
    return f"{number:.12f}".rstrip("0") if "e-" in text and abs(number) >= 1e-9 else text


def main(path: str, look_at: int) -> None:
    names = set(json.load(sys.stdin))
    book = CalamineWorkbook.from_path(path)
    best, chosen, others = -1, None, []
    for sheet in book.sheets_metadata:
        if sheet.typ is not SheetTypeEnum.WorkSheet:
            continue
        page = book.get_sheet_by_name(sheet.name)
        others.append(sheet.name)
        score = max((_known(row, names) for row in islice(page.iter_rows(), look_at)), default=0)
        if score > best:
            best, chosen = score, page
    out = sys.stdout
    if chosen is None:
        out.write(json.dumps({"sheets": []}) + "\n")
        return
    last_row, last_column = chosen.end or (0, 0)
    if (last_row + 1) * (last_column + 1) > CELLS:
        sys.exit(TOO_LARGE)
    about = {"sheet": chosen.name, "sheets": others, "rows": last_row + 1}
    out.write(json.dumps(about) + "\n")
    writer = csv.writer(out)
    for number, row in enumerate(chosen.iter_rows(), start=1):
        writer.writerow([number, *map(as_text, row)])


def _known(row: list[Any], names: set[str]) -> int:
    drop = {ord(character): None for character in " _-*:・"}
    return sum(fold(as_text(cell)).translate(drop) in names for cell in row)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        main(sys.argv[1], int(sys.argv[2]))
    except CalamineError as error:
        sys.exit(f"{type(error).__name__}: {error}")
