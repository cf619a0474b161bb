"""What a new day brings for the customers: reminders of what has come due.

A job a day, created by whoever looks first after local midnight. Every step goes by the day on
which it runs and by what was done before, so that missed days are made up by the next one and
nobody is told twice.
"""

import datetime
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from customers.actions import burden, investments, renewals
from customers.models import Activity, Contract, Investment
from firm import jobs
from firm.dates import firm_date
from firm.models import JobRun

KIND = "customers_daily"

# By what the job's counts call it. A step changes nothing where nothing has come due.
STEPS: dict[str, Callable[..., int]] = {
    "reviews": investments.remind_of_reviews,
    "renewals": renewals.tell_of_renewals,
    "lone_work": burden.tell_of_lone_work,
}


def ensure_runs(*, now: datetime.datetime) -> None:
    """Today's job, where there is anything it could look at."""
    today = firm_date(now)
    if JobRun.objects.filter(kind=KIND, key=today.isoformat()).exists():
        return
    if Investment.objects.open().exists() or Contract.objects.exists() or Activity.objects.exists():
        jobs.request_job(kind=KIND, key=today.isoformat(), business_date=today, by=None, now=now)


def run(job: JobRun, *, lease: jobs.Lease, now: datetime.datetime) -> None:
    with transaction.atomic():
        counts = {name: step(now=now) for name, step in STEPS.items()}
        jobs.finish(job, now=timezone.now(), counts=counts)
