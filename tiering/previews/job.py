"""The background job `preview`: first what a night would do, then the back-test.

The first part is to be read as soon as it is there. Whoever leaves the preview ends its job at
the next month of the back-test.
"""

import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from firm.dates import firm_date
from firm.jobs import Lease, finish
from firm.models import JobRun
from tiering import plan
from tiering.models import Preview, RuleSet
from tiering.previews.backtest import Left, Months, back_test, months_of
from tiering.previews.compute import compute

PREVIEW_LOCK = 7_205  # with the preview's number: two workers never work at the same one


def run(job: JobRun, *, lease: Lease, now: datetime.datetime) -> None:
    found = Preview.objects.select_related("draft").filter(pk=job.params["preview_id"])
    preview = found.first()
    if preview is None or preview.left_at is not None:  # or gone with its draft
        _finish(job, {"left": True})
        return
    versions = _versions(preview, now)
    months = months_of(versions, last=_last_month(preview, now))
    progress = _Progress(lease, preview, total=1 + len(versions) * len(months or ()))
    with transaction.atomic():
        _lock(preview)
        preview.refresh_from_db()
        if preview.computed_at is None:
            compute(preview, now=now)
    progress.advance()
    try:
        with transaction.atomic():
            if months is not None:
                preview.result["back_test"] = _played(versions, months, progress)
                preview.save(update_fields=["result"])
            _finish(job, {"customers": preview.result.get("customers", 0)})
    except Left:
        _finish(job, {"left": True})


class _Progress:
    """Steps done of all, and whether anybody still waits for the rest."""

    def __init__(self, lease: Lease, preview: Preview, *, total: int) -> None:
        self._lease, self._preview, self._done, self._total = lease, preview, 0, total

    def advance(self) -> bool:
        self._done += 1
        self._lease.progress(self._done, self._total)
        return not Preview.objects.filter(pk=self._preview.pk, left_at__isnull=False).exists()


def _versions(preview: Preview, now: datetime.datetime) -> list[RuleSet]:
    """The draft, and beside it the version in force."""
    present = RuleSet.objects.in_force(firm_date(now))
    return [preview.draft, present] if present else [preview.draft]


def _last_month(preview: Preview, now: datetime.datetime) -> datetime.date:
    book = plan.open_book(today=firm_date(now))
    return book.latest.as_of if book.latest else firm_date(now)


def _played(versions: list[RuleSet], months: Months, progress: _Progress) -> dict[str, Any]:
    names = ("draft", "present")
    return {
        name: back_test(rules, months=months, advance=progress.advance)
        for name, rules in zip(names, versions, strict=False)
    }


def _lock(preview: Preview) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PREVIEW_LOCK, preview.pk % 2**31])


def _finish(job: JobRun, counts: dict[str, Any]) -> None:
    finish(job, now=timezone.now(), counts=counts)
