"""The preview against the night, for every customer of a large made-up book.

    DATA=some/dir python -m tests.trust.previews 100000

works in a data directory of its own and prints what it found as JSON.
"""

import datetime
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from firm.embedded.lease import BASE_DIR, lease_on
from tests.ops.installation import Installation

Found = tuple[str, str, str, bool]
LARGE, SMALL = 100_000, 10_000

SHARES = {
    "name": "shares",
    "method": "share",
    "grace_evaluations": 3,
    "tiers": [
        {"code": "S", "enter": 31, "keep": 33},
        {"code": "A", "enter": 57, "keep": 60},
        {"code": "B", "enter": 84, "keep": 86},
        {"code": "C"},
    ],
}
# One after the other: narrower cuts without a grace period, then everything there is.
DRAFTS: list[dict[str, Any]] = [
    SHARES
    | {
        "name": "narrower",
        "grace_evaluations": 0,
        "dormant_after_months": 13,
        "tiers": [
            {"code": "S", "enter": 25, "keep": 28},
            {"code": "A", "enter": 50, "keep": 52},
            {"code": "B", "enter": 80, "keep": 82},
            {"code": "C"},
        ],
    },
    {
        "name": "thresholds",
        "method": "threshold",
        "window_months": 6,
        "grace_evaluations": 2,
        "drop": "one_step",
        "one_off_weight": 0.5,
        "minimum_tenure_days": 31,
        "tiers": [
            {"code": "S", "enter": 600_000, "keep": 500_000},
            {"code": "A", "enter": 200_000, "keep": 180_000},
            {"code": "B", "enter": 60_000, "keep": 50_000},
            {"code": "C"},
        ],
        "guards": [{"fact": "margin", "enter": 10, "keep": 8, "cap": "B"}],
    },
]


def preview_is_the_night(installation: Installation, *, quick: bool) -> Found:
    """In a database of its own beside the installation's."""
    customers = SMALL if quick else LARGE
    with tempfile.TemporaryDirectory(prefix="merihari-preview-") as place:
        done = subprocess.run(
            [sys.executable, "-m", "tests.trust.previews", str(customers)],
            cwd=BASE_DIR,
            env={**os.environ, "DATA": place},
            capture_output=True,
            text=True,
            check=True,
        )
    found = json.loads(done.stdout.splitlines()[-1])
    moved = ", ".join(f"{one:,}" for one in found["moves"])
    return (
        f"preview = night for each of {customers:,} customers, {len(DRAFTS)} drafts",
        f"{found['differences']} differ; {moved} foretold to move",
        "0 differ, some move",
        found["differences"] == 0 and all(found["moves"]),
    )


CASES = [preview_is_the_night]


def main(customers: int) -> None:
    for name in ("DATABASE_URL", "BROKER_URL", "EMAIL_URL"):
        os.environ[name] = ""
    os.environ |= {
        "DATABASE_ROLE": "worker",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    import django

    django.setup()
    from bench import data

    try:
        data.prepare(customers)
        sys.stdout.write(json.dumps(compared(data.NOW)) + "\n")
    finally:
        lease_on(Path(os.environ["DATA"]).resolve()).release()


def compared(now: datetime.datetime) -> dict[str, Any]:
    """Publish each draft by its preview, with late invoices before it, and let the night run."""
    from bench.nightly import night, publish
    from firm.dates import add_months, firm_date
    from firm.models import User
    from tests.tiering.previews import a_draft, a_preview, foretold, standings
    from tests.tiering.previews import publish as publish_by
    from tiering import actions

    publish()
    by = User.objects.get(email="person-1@example.jp")
    today = firm_date(now)
    actions.request_replay(first=add_months(today, -4), last=today, by=None, now=now)
    night_of("replay", now)
    night()
    differences, moves = 0, []
    for number, rules in enumerate(DRAFTS):
        late_invoices(today, every=100, offset=number)
        draft = a_draft(rules, by=by, now=now)
        preview = a_preview(draft, by=by, now=now)
        expected = foretold(preview)
        publish_by(draft, preview, by=by, since=str(today), now=now)
        night()
        found = standings()
        differences += sum(found[key] != expected.get(key) for key in found)
        moves.append(preview.result["moves"]["up"] + preview.result["moves"]["down"])
    return {"customers": len(found), "differences": differences, "moves": moves}


def night_of(kind: str, now: datetime.datetime) -> None:
    from firm import jobs
    from firm.models import JobRun

    jobs.run(JobRun.objects.filter(kind=kind).latest("pk").pk, now=now)


def late_invoices(today: datetime.date, *, every: int, offset: int) -> None:
    from customers.models import Customer, RevenueEntry
    from tests.factories import an_import

    applied = an_import()
    day = today.replace(day=1) - datetime.timedelta(days=3)
    RevenueEntry.objects.bulk_create(
        RevenueEntry(
            customer=customer,
            date=day,
            amount=300_000,
            original_amount=300_000,
            currency="JPY",
            source="default",
            document_no=f"late-{offset}-{customer.pk}",
            import_ref=applied,
        )
        for customer in Customer.objects.order_by("pk")[offset::every]
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
