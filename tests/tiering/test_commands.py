"""The commands other people's scripts use: `rules publish`, `nightly`, `export standings`."""

import csv
import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from firm.models import AuditEvent, User
from tests.factories import a_customer, a_person, an_entry
from tests.tiering.evaluations import day, some_rules
from tiering.models import Evaluation, RuleSet
from tiering.standings import EXPORT_COLUMNS

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.json"
    path.write_text(json.dumps(some_rules()))
    return path


def publish(file: Path, by: User, *more: str, since: str = "2026-01-01") -> None:
    call_command(
        *("rules", "publish", str(file), "--effective-from", since),
        *("--by", str(by.email), "--note", "first rules", *more),
    )


def nightly(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("nightly", *arguments, "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_rules_are_published_by_two_and_the_channel_is_recorded(file: Path, administrator: User):
    second = a_person(role="administrator")
    publish(file, administrator, "--approved-by", str(second.email))
    assert RuleSet.objects.get().approved_by == second
    data = AuditEvent.objects.get(code="rules_published").data
    assert data["channel"] == "command"
    assert data["os_user"]


def test_publishing_prints_the_preview_it_goes_by(
    file: Path, administrator: User, capsys: pytest.CaptureFixture[str]
):
    an_entry(a_customer(), datetime.date.today().replace(day=1) - datetime.timedelta(days=1), 700)
    publish(file, administrator)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("影響の試算：1社")
    assert [row.split() for row in printed[1:4]] == [
        ["前", "\\", "後", "T1", "T2", "T3", "計"],
        ["新規", "1", "0", "0", "1"],
        ["計", "1", "0", "0", "1"],
    ]
    assert RuleSet.objects.get().previews.get().bound_at is not None


def test_a_refused_file_leaves_nothing_behind(file: Path, administrator: User):
    file.write_text(json.dumps(some_rules(guards=[{"fact": "margin"}])))
    with pytest.raises(CommandError, match="enter"):
        publish(file, administrator)
    file.write_text(json.dumps(some_rules()))
    with pytest.raises(CommandError):
        publish(file, a_person(role="account_manager"))
    assert not RuleSet.objects.exists()


def test_an_unknown_person_is_named(file: Path):
    with pytest.raises(CommandError, match=r"nobody@example\.jp"):
        publish(file, User(email="nobody@example.jp"))


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path, administrator: User):
    with pytest.raises(CommandError) as refused:
        publish(tmp_path / "none.json", administrator)
    assert refused.value.returncode == 2


def test_a_night_tells_what_it_wrote_and_a_second_one_wrote_nothing(
    file: Path, administrator: User
):
    an_entry(a_customer(), day("2026-05-15"), 600)
    publish(file, administrator)
    answer = nightly("--date", "2026-06-02")
    assert (answer["state"], answer["written"]) == ("done", 4)
    assert answer["evaluations"][0]["as_of"] == "2026-06-01"
    assert nightly("--date", "2026-06-02")["written"] == 0


def test_an_overtaken_date_is_refused_and_replayed_on_request(file: Path, administrator: User):
    a_customer()
    publish(file, administrator)
    nightly("--from", "2026-02-01", "--to", "2026-06-01", "--monthly")
    with pytest.raises(CommandError, match="--replay-from 2026-03-01"):
        nightly("--date", "2026-03-01")
    assert nightly("--replay-from", "2026-03-01")["state"] == "done"
    assert Evaluation.objects.count() == 5


def test_monthly_begins_and_ends_with_a_first(file: Path, administrator: User):
    a_customer()
    publish(file, administrator)
    nightly("--from", "2026-01-15", "--to", "2026-03-20", "--monthly")
    assert [str(one.business_date) for one in Evaluation.objects.order_by("pk")] == [
        "2026-02-01",
        "2026-03-01",
    ]


def test_from_needs_to():
    with pytest.raises(CommandError) as refused:
        nightly("--from", "2026-01-15")
    assert refused.value.returncode == 2


def test_the_export_has_the_columns_of_the_contract(
    file: Path, administrator: User, tmp_path: Path
):
    an_entry(a_customer(code="=K1"), day("2026-05-15"), "600.5")
    publish(file, administrator)
    nightly("--date", "2026-06-02")
    out = tmp_path / "standings.csv"
    call_command("export", "standings", "--as-of", "2026-06-01", "--out", str(out))
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig")))
    assert tuple(header) == EXPORT_COLUMNS
    assert row == ["'=K1", "2026-06-01", "T1", "T1", "T1", "600.5", "initial"]


def test_the_export_refuses_a_date_that_was_not_evaluated(tmp_path: Path):
    with pytest.raises(CommandError, match="2026-06-01"):
        call_command(
            *("export", "standings", "--as-of", "2026-06-01", "--out", str(tmp_path / "x.csv"))
        )
