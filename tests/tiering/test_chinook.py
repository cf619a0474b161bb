"""A real ledger, worked out elsewhere by two independent programs, cell by cell."""

import csv
import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from firm.models import User
from tests.tiering.evaluations import CHINOOK, a_night, a_replay, day, load_chinook, published
from tiering.models import Evaluation, Standing, TierChange

METHODS = ["threshold", "share"]
FIRST = "2021-02-01"
LAST = "2027-01-01"

pytestmark = pytest.mark.django_db


def expected(method: str) -> list[dict[str, Any]]:
    with open(CHINOOK / f"expected_{method}.csv", encoding="utf-8-sig") as file:
        return [
            row | {"trailing_revenue": Decimal(row["trailing_revenue"])}
            for row in csv.DictReader(file)
        ]


def rules(method: str) -> dict[str, Any]:
    return json.loads((CHINOOK / f"rules_{method}.json").read_text())


def exported_file(as_of: str, directory: Path) -> dict[str, dict[str, str]]:
    file = directory / f"{as_of}.csv"
    call_command("export", "standings", "--as-of", as_of, "--out", str(file))
    with open(file, encoding="utf-8-sig") as content:
        return {row["customer_code"]: row for row in csv.DictReader(content)}


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values()) for model in (Evaluation, TierChange, Standing)
    ]


@pytest.mark.parametrize("method", METHODS)
def test_the_standings_are_those_worked_out_elsewhere(
    method: str, tmp_path: Path, administrator: User, now: datetime.datetime
):
    load_chinook()
    published(rules(method), by=administrator, since=FIRST, now=now)
    call_command("nightly", "--from", FIRST, "--to", LAST, "--monthly")

    files: dict[str, dict[str, dict[str, str]]] = {}
    differing = []
    for row in expected(method):
        as_of = row["as_of"]
        if as_of not in files:
            files[as_of] = exported_file(as_of, tmp_path)
        found = files[as_of][row["customer_code"]]
        cells = {
            "raw_tier": found["raw_tier"],
            "tier": found["tier"],
            "reason": found["reason"],
            "trailing_revenue": Decimal(found["trailing_revenue"]),
        }
        if cells != {key: row[key] for key in cells}:
            differing.append((row, found))
    assert differing == []
    assert len(files) == 72


@pytest.mark.parametrize("method", METHODS)
def test_nights_day_by_day_end_as_those_of_each_months_first(
    method: str, administrator: User, now: datetime.datetime
):
    load_chinook()
    published(rules(method), by=administrator, since=FIRST, now=now)
    a_replay(FIRST, "2021-12-10", now=now)
    date = day("2021-12-11")
    while date < day("2022-03-05"):
        a_night(date)
        date += datetime.timedelta(days=1)

    rows = TierChange.objects.values_list(
        "customer__code", "as_of", "raw_tier__code", "earned_tier__code", "reason"
    )
    daily = {(str(as_of), code): tiers for code, as_of, *tiers in rows}
    monthly = {
        (row["as_of"], row["customer_code"]): [row["raw_tier"], row["tier"], row["reason"]]
        for row in expected(method)
        if row["as_of"] <= "2022-03-01"
    }
    assert daily == monthly
    assert Evaluation.objects.count() == 14


def test_a_second_replay_of_everything_writes_nothing(administrator: User, now: datetime.datetime):
    load_chinook()
    published(rules("share"), by=administrator, since=FIRST, now=now)
    call_command("nightly", "--from", FIRST, "--to", LAST, "--monthly")
    before = (
        Evaluation.objects.count(),
        TierChange.objects.count(),
        list(Standing.objects.values()),
    )

    call_command("nightly", "--from", FIRST, "--to", LAST, "--monthly")

    assert before == (
        Evaluation.objects.count(),
        TierChange.objects.count(),
        list(Standing.objects.values()),
    )
