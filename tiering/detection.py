"""The job that looks for flags: after the night, whose tiers and terms it reads, in one commit.

It goes on where the night is held or has failed: what customers were given does not depend on it.
"""

import datetime
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from customers.models import Activity
from firm import jobs
from firm.dates import firm_date, firm_zone
from firm.models import JobRun
from tiering import actions, nightly, plan
from tiering.servicing.engine import detect
from tiering.servicing.rules import STANDARD


def ensure_runs(*, now: datetime.datetime) -> None:
    """Today's, once its night has ended and again after each repeated one, where anybody has
    logged work.
    """
    today = firm_date(now)
    if Activity.objects.exists() and is_due(date=today, now=now):
        actions.request_detection(date=today, by=None, now=now)


def is_due(*, date: datetime.date, now: datetime.datetime) -> bool:
    """Whether the night of this date has ended, and none has been looked at for flags since."""
    nights = JobRun.objects.filter(kind=plan.NIGHTLY, business_date=date)
    if nights.exclude(state__in=actions.FINAL).exists():
        return False
    last = JobRun.objects.filter(kind=plan.DETECTION, business_date=date).order_by("pk").last()
    if last is not None:
        return last.state in actions.FINAL and nights.filter(pk__gt=last.pk).exists()
    return nights.exists() or _goes_without_night(date, now)


def _goes_without_night(date: datetime.date, now: datetime.datetime) -> bool:
    """Without tier rules there are no nights to wait for, only their hour."""
    has_begun = now.astimezone(firm_zone()).time() >= nightly.starts_at()
    return has_begun and plan.open_book(today=date).rules_on(date) is None


def run(job: JobRun, *, lease: jobs.Lease, now: datetime.datetime) -> None:
    """As of the job's business date, on whichever day it is done."""
    date = job.business_date
    assert date is not None
    with transaction.atomic():
        nightly.lock()
        if skipped := _nothing_to_do(date):
            jobs.finish(job, now=timezone.now(), counts={"written": 0, "skipped": skipped})
            return
        outcome = detect(job=job, on=date, rules=STANDARD, progress=lease.progress)
        actions.tell_of_flags(job=job, now=now)
        actions.begin_flags(on=date)
        jobs.finish(job, now=timezone.now(), counts=asdict(outcome))


def _nothing_to_do(date: datetime.date) -> dict[str, str]:
    """Why, as code and data: flags are as the latest day saw them, and an earlier one does not
    come after it.
    """
    if not Activity.objects.exists():
        return {"code": "nothing_logged"}
    later = JobRun.objects.filter(
        kind=plan.DETECTION, state=JobRun.State.DONE, business_date__gt=date
    )
    if later.exists():
        return {"code": "detection_overtaken", "date": date.isoformat()}
    return {}
