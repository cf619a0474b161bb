"""Files as people have them, and bringing them in as the command does."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from customers.actions import import_now
from customers.imports.period import read_period
from customers.models import Import
from tests.factories import NOW

Written = Callable[..., Path]


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "kept"


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """`written("header", "line", …, encoding=…, name=…)`: a file with these lines."""

    def write(*lines: str, encoding: str = "utf-8", name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_bytes("".join(f"{line}\r\n" for line in lines).encode(encoding))
        return path

    return write


def bring(kind: str, path: Path, *, replace: str = "", **options: Any) -> Import:
    """The import, applied or refused."""
    replaces = read_period(replace) if replace else None
    import_, _ = import_now(kind=kind, path=path, by=None, now=NOW, replaces=replaces, **options)
    return import_


def reasons(import_: Import) -> list[tuple[int, str, str]]:
    """(line, column, code) of each refused cell."""
    return list(import_.refused.values_list("line", "column", "code"))


def lines_of(figures: dict[str, Any], *fates: str) -> Iterable[int]:
    return tuple(figures[fate]["lines"] for fate in fates)
