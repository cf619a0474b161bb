"""The parent's side of reading .xlsx: limits before, limits during, lines after."""

import csv
import io
import json
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO

from django.conf import settings

from customers.imports.errors import Unreadable

UNPACKED_LIMIT = 2 << 30  # bytes of all parts together
RATIO_LIMIT = 200  # unpacked : packed, for parts that are large at all
LARGE_PART = 64 << 20
TIME_LIMIT = 300.0  # seconds from start to end, reading and storing together

Record = tuple[int, list[str]]


@dataclass
class Sheet:
    """`first` are the first records, which `records` gives once more."""

    name: str
    others: list[str]
    first: list[Record]
    records: Iterator[Record]
    share_read: Callable[[], float]
    close: Callable[[], None]


def check_archive(path: Path) -> None:
    """Raises Unreadable for what is no workbook or unpacks beyond measure. Sizes in the archive's
    directory may lie; the child's memory limit is the second line.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Unreadable("broken_xlsx") from None
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Unreadable("broken_xlsx")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("encrypted_xlsx")
    packed_well = any(
        part.file_size > LARGE_PART and part.file_size > RATIO_LIMIT * max(part.compress_size, 1)
        for part in parts
    )
    if packed_well or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise Unreadable("xlsx_too_large")


def open_sheet(path: Path, names: Iterable[str], *, look_at: int) -> Sheet:
    """The sheet whose first `look_at` lines have the most of these folded names."""
    check_archive(path)
    errors = tempfile.TemporaryFile()  # noqa: SIM115 closed by Sheet.close
    child = subprocess.Popen(
        [sys.executable, "-m", "customers.imports.xlsx_child", str(path.resolve()), str(look_at)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=settings.BASE_DIR,
        env={"PYTHONPATH": str(settings.BASE_DIR), "PYTHONIOENCODING": "utf-8", "LANG": "C.UTF-8"},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdin as stdin:
        stdin.write(json.dumps(sorted(names)).encode())
    timer = threading.Timer(TIME_LIMIT, child.kill)
    timer.daemon = True
    timer.start()

    def close() -> None:
        timer.cancel()
        child.kill()
        child.wait()
        lines.close()
        errors.close()

    lines = io.TextIOWrapper(child.stdout, encoding="utf-8", newline="")
    try:
        about = json.loads(lines.readline() or "null")
        if about is None:
            raise _failure(child, errors)
        if not about["sheets"]:
            raise Unreadable("broken_xlsx")
        count = Counter(about["rows"])
        records = _records(lines, child, errors, count)
        first = list(islice(records, look_at))
    except BaseException:
        close()
        raise
    return Sheet(
        name=about["sheet"],
        others=about["sheets"],
        first=first,
        records=chain(first, records),
        share_read=count.share,
        close=close,
    )


@dataclass
class Counter:
    total: int
    done: int = 0

    def share(self) -> float:
        return self.done / self.total if self.total else 1.0


def _records(
    lines: IO[str], child: "subprocess.Popen[bytes]", errors: IO[bytes], count: Counter
) -> Iterator[Record]:
    for number, *cells in csv.reader(lines):
        count.done += 1
        yield int(number), cells
    if child.wait():
        raise _failure(child, errors)


def _failure(child: "subprocess.Popen[bytes]", errors: IO[bytes]) -> Unreadable:
    """Killed or out of memory: too large. With words of its own: not a workbook."""
    code = child.wait()
    errors.seek(0)
    said = errors.read().decode(errors="replace")
    if code < 0 or "memory" in said.lower():
        return Unreadable("xlsx_too_large")
    return Unreadable("encrypted_xlsx" if "Password" in said else "broken_xlsx")
