"""Nights done for real, for tests of what comes of them."""

import csv
import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from customers.models import Customer, Import, RevenueEntry
from firm import jobs
from firm.models import JobRun
from tests.factories import a_customer, an_import
from tiering import actions, rule_file
from tiering.models import RuleSet
from tiering.standings import EXPORT_COLUMNS, export_rows

CHINOOK = Path(__file__).parent.parent / "data" / "chinook"
TOKYO = ZoneInfo("Asia/Tokyo")
TIERS = [{"code": "T1", "enter": 500}, {"code": "T2", "enter": 100}, {"code": "T3"}]


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def at_night(date: datetime.date) -> datetime.datetime:
    """Three o'clock in the firm's night of this date."""
    return datetime.datetime.combine(date, datetime.time(3), TOKYO)


def some_rules(**values: Any) -> dict[str, Any]:
    """A rule file: thresholds 500 and 100 over twelve months, unless said otherwise."""
    return {"name": "rules", "method": "threshold", "tiers": TIERS, **values}


def published(data: dict[str, Any], *, by: Any, since: str, now: datetime.datetime) -> RuleSet:
    draft = actions.create_draft(rules=rule_file.parse(data), by=by, now=now)
    return actions.publish_rules(
        draft=draft,
        preview=actions.preview_now(draft=draft, by=by, now=now),
        effective_from=day(since),
        by=by,
        approved_by=None,
        note="test",
        now=now,
    )


def a_night(date: str | datetime.date, *, now: datetime.datetime | None = None) -> JobRun:
    """The night of a business date, done in that night or at `now`."""
    date = day(date) if isinstance(date, str) else date
    now = now or at_night(date)
    job = actions.request_night(date=date, by=None, now=now)
    done = jobs.run(job.pk, now=now)
    assert done is not None
    assert done.state == JobRun.State.DONE, done.error
    return done


def a_replay(first: str, last: str, *, now: datetime.datetime) -> JobRun:
    job = actions.request_replay(first=day(first), last=day(last), by=None, now=now)
    done = jobs.run(job.pk, now=now)
    assert done is not None
    assert done.state == JobRun.State.DONE, done.error
    return done


def exported(as_of: str | datetime.date) -> dict[str, dict[str, Any]]:
    """The export of a date by customer's code."""
    date = day(as_of) if isinstance(as_of, str) else as_of
    rows = (dict(zip(EXPORT_COLUMNS, row, strict=True)) for row in export_rows(date))
    return {row["customer_code"]: row for row in rows}


def correct(entry: RevenueEntry, *, amount: Decimal | int | None) -> Import:
    """Supersede an entry by one with another amount, or by none."""
    correction = an_import()
    entry.superseded_by_import = correction
    entry.save(update_fields=["superseded_by_import"])
    if amount is not None:
        entry.pk = None
        entry._state.adding = True
        entry.superseded_by_import = None
        entry.import_ref = correction
        entry.amount = entry.original_amount = Decimal(amount)
        entry.save()
    return correction


def load_chinook() -> None:
    """The customers and invoices of the sample ledger, without the import command."""
    with open(CHINOOK / "customers.csv", encoding="utf-8-sig") as file:
        customers: dict[str, Customer] = {
            row["code"]: a_customer(row["name"], code=row["code"]) for row in csv.DictReader(file)
        }
    applied = an_import()
    with open(CHINOOK / "revenue.csv", encoding="utf-8-sig") as file:
        RevenueEntry.objects.bulk_create(
            RevenueEntry(
                customer=customers[row["customer_code"]],
                date=row["date"],
                amount=row["amount"],
                original_amount=row["amount"],
                currency=row["currency"],
                source="default",
                document_no=row["document_no"],
                import_ref=applied,
            )
            for row in csv.DictReader(file)
        )
