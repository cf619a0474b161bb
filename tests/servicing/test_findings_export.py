"""`export findings` and what `nightly` says of flags: contracts with other people's scripts."""

import csv
import datetime
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from firm.dates import add_months, today
from firm.models import Firm, JobRun
from tests.factories import a_contract, a_customer, an_entry
from tests.servicing.findings import a_finding
from tests.servicing.nights import worked
from tests.tiering.evaluations import at_night, day, published, some_rules
from tiering.models import Finding

pytestmark = pytest.mark.django_db


def exported(tmp_path: Path, first: str, last: str) -> list[dict[str, str]]:
    out = tmp_path / "findings.csv"
    call_command("export", "findings", "--from", first, "--to", last, "--out", str(out))
    return list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))


def test_flags_are_exported_as_codes_and_numbers(tmp_path):
    a_finding(a_customer(code="K-1"), loss=58_000, forgone_fee=144_000)
    assert exported(tmp_path, "2026-06-01", "2026-06-30") == [
        {
            "customer_code": "K-1",
            "kind": "hours",
            "period_start": "2026-04-01",
            "period_end": "2026-06-30",
            "quantity": "720",
            "unit": "minutes",
            "loss": "58000",
            "forgone_fee": "144000",
            "status": "open",
        }
    ]


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-03-01", "2026-03-31", 0),
        ("2026-03-01", "2026-04-01", 1),
        ("2026-06-30", "2026-07-31", 1),
        ("2026-07-01", "2026-07-31", 0),
    ],
)
def test_those_whose_window_touches_the_days(tmp_path, first, last, count):
    a_finding(a_customer(), state="resolved", resolution="billed")
    assert len(exported(tmp_path, first, last)) == count


def test_days_the_wrong_way_round_are_refused(tmp_path):
    with pytest.raises(CommandError):
        exported(tmp_path, "2026-07-01", "2026-06-01")


def nightly(*arguments: str) -> dict:
    out = io.StringIO()
    call_command("nightly", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


class TestTheNightlyCommand:
    @pytest.fixture(autouse=True)
    def over_served(self, administrator, account_manager):
        """Twice the hours in each of the three months before today's."""
        published(
            some_rules(), by=administrator, since="2025-01-01", now=at_night(day("2025-01-01"))
        )
        customer = a_customer(owner=account_manager)
        a_contract(customer)
        month = today().replace(day=1)
        for _month in range(3):
            month = (month - datetime.timedelta(days=1)).replace(day=1)
            worked(customer, month, minutes=1200, staff=account_manager)
        return customer

    def test_it_looks_for_flags_after_the_tiers(self):
        answer = nightly("--date", today().isoformat())["detection"]
        assert answer["state"] == "done"
        assert answer["opened"] == Finding.objects.count() > 0
        assert Firm.objects.get().flags_since == today()

    def test_a_second_time_it_writes_nothing(self):
        nightly("--date", today().isoformat())
        again = nightly("--date", today().isoformat())
        assert (again["written"], again["detection"]["written"]) == (0, 0)

    def test_where_the_tiers_are_held_it_goes_on(self, administrator, over_served):
        """The ledger has nothing for the last month."""
        published(
            some_rules(breaker={"drop_share": 30}), by=administrator,
            since="2025-01-02", now=at_night(day("2025-01-02")),
        )  # fmt: skip
        this_month = today().replace(day=1)
        for back in range(2, 8):
            an_entry(over_served, add_months(this_month, -back), 100)
        nightly("--date", add_months(this_month, -1).isoformat())
        with pytest.raises(CommandError, match="確認"):
            nightly("--date", today().isoformat())
        assert JobRun.objects.get(kind="nightly", business_date=today()).state == "held"
        assert JobRun.objects.get(kind="detection", business_date=today()).state == "done"

    def test_of_a_range_it_looks_on_the_last_day(self):
        first = today().replace(day=1)
        answer = nightly("--from", first.isoformat(), "--to", today().isoformat(), "--monthly")
        assert answer["detection"]["business_date"] == first.isoformat()

    def test_of_nights_to_come_it_does_not(self):
        tomorrow = today() + datetime.timedelta(days=1)
        assert nightly("--date", tomorrow.isoformat())["detection"] is None

    def test_it_says_so_in_words(self, capsys):
        call_command("nightly", "--date", today().isoformat())
        assert "要確認：新規" in capsys.readouterr().out
