"""`manage.py import`, as scripts use it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from customers.imports import job
from customers.imports.period import read_period
from customers.models import Import, RevenueEntry
from firm.refusals import Refused
from tests.factories import a_customer
from tests.imports.conftest import Written

pytestmark = pytest.mark.django_db
HEADER = "顧客コード,日付,金額,伝票番号"


def run(*args: Any) -> int:
    """The exit status, as the shell sees it."""
    try:
        call_command("import", *map(str, args))
    except CommandError as error:
        return error.returncode
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_a_good_file_ends_with_0(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    a_customer(code="0001")
    assert run("revenue", written(HEADER, "0001,2026-07-10,1000,A1")) == 0
    assert "追加: 1" in capsys.readouterr().out
    assert RevenueEntry.objects.count() == 1


def test_a_refused_file_ends_with_1_and_names_line_column_and_reason(
    written: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = tmp_path / "errors.csv"
    path = written(HEADER, "9999,2026-02-31,=1+1,A1")
    assert run("revenue", path, "--errors", errors) == 1
    said = capsys.readouterr().err
    assert "2 · 日付 · " in said
    assert "2026-02-31" in said
    report = errors.read_text(encoding="utf-8-sig")
    assert "9999" in report
    assert ",'=1+1\n" in report.replace("\r\n", "\n"), "no formula leaves us"


@pytest.mark.parametrize("kept", [2, 3])
def test_a_file_of_errors_that_is_cut_short_is_said_to_be(
    written: Written,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kept: int,
) -> None:
    monkeypatch.setattr(job, "REPORTED_LINES", kept)
    errors = tmp_path / "errors.csv"
    path = written(HEADER, *(f"9999,2026-07-10,1,A{n}" for n in range(3)))
    assert run("revenue", path, "--errors", errors) == 1
    assert len(errors.read_text(encoding="utf-8-sig").splitlines()) == 1 + kept
    is_said = "3件のうち、ファイルに入っているのは最初の2件だけです。" in capsys.readouterr().err
    assert is_said is (kept < 3)


def test_wrong_usage_ends_with_2(written: Written, tmp_path: Path) -> None:
    path = written(HEADER)
    assert run("revenue", tmp_path / "no such file.csv") == 2
    assert run("revenue", path, "--replace", "2026") == 2
    assert run("customers", path, "--replace", "2026-04..2026-09") == 2


def test_of_many_unknown_columns_the_first_are_named_and_the_others_counted(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    a_customer(code="0001")
    unknown = ",".join(f"x{n}" for n in range(2_020))
    path = written(f"{HEADER},{unknown}", "0001,2026-07-10,1000,A1")
    assert run("revenue", path) == 0
    assert "、x19 …ほか2,000件" in capsys.readouterr().out
    assert run("revenue", path, "--strict") == 1
    said = capsys.readouterr().err
    assert "、x19 …ほか2,000件" in said
    assert "x20" not in said


def test_rounded_amounts_are_counted_aloud(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    a_customer(code="0001")
    assert run("revenue", written(HEADER, "0001,2026-07-10,0.001,A1", "0001,2026-07-11,7,A2")) == 0
    assert "最小単位に丸めた金額がある行：1" in capsys.readouterr().out


def test_a_dry_run_says_what_would_happen(
    written: Written, capsys: pytest.CaptureFixture[str]
) -> None:
    a_customer(code="0001")
    assert run("revenue", written(HEADER, "0001,2026-07-10,1,A1"), "--dry-run", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["figures"]["added"]["lines"] == 1
    assert answer["applied"] is False
    assert not Import.objects.exists()


def test_json_tells_each_refused_cell(written: Written, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("revenue", written(HEADER, "9999,2026-07-10,1,A1"), "--json") == 1
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["line"], error["column"], error["code"]) == (
        2,
        "customer_code",
        "unknown_customer",
    )


@pytest.mark.parametrize(
    ("written_period", "first", "until"),
    [
        ("2026-04..2026-09", "2026-04-01", "2026-10-01"),
        ("2026-04-10..2026-04-10", "2026-04-10", "2026-04-11"),
        ("2026-01..2026-02-15", "2026-01-01", "2026-02-16"),
        ("2025-12..2025-12", "2025-12-01", "2026-01-01"),
    ],
)
def test_a_period_includes_its_end(written_period: str, first: str, until: str) -> None:
    assert tuple(day.isoformat() for day in read_period(written_period)) == (first, until)


@pytest.mark.parametrize(
    "written_period", ["", "2026-04", "2026-09..2026-04", "2026-13..2026-14", "2026-02-31..2026-04"]
)
def test_a_doubtful_period_is_refused(written_period: str) -> None:
    with pytest.raises(Refused):
        read_period(written_period)
