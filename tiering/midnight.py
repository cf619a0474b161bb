"""What a new day of the firm brings for the tiers in force: overrides that start and end, the
lists' rows of these customers, warnings of ends to come, the review of the rules that is due.

A job a day, created by whoever looks first after local midnight. It goes by the day on which it
runs, not by its key, so that missed days are made up by the next one.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from customers.models import PaymentStop
from firm import jobs
from firm.dates import firm_date
from firm.models import JobRun
from tiering import actions, in_force
from tiering.models import Override, RuleSet

KIND = "tiers_in_force"


def ensure_runs(*, now: datetime.datetime) -> None:
    """Today's job, where there is anything it could look at."""
    today = firm_date(now)
    if JobRun.objects.filter(kind=KIND, key=today.isoformat()).exists():
        return
    review_is_due = RuleSet.objects.on(today).filter(review_on__lte=today)
    if Override.objects.exists() or PaymentStop.objects.exists() or review_is_due.exists():
        jobs.request_job(kind=KIND, key=today.isoformat(), business_date=today, by=None, now=now)


def run(job: JobRun, *, lease: jobs.Lease, now: datetime.datetime) -> None:
    with transaction.atomic():
        in_force.lock()
        counts = {
            "settled": in_force.settle_today(on=firm_date(now)),
            "warned": actions.warn_of_ends(now=now),
            "asked": actions.ask_again(now=now),
            "reviews": actions.remind_of_review(now=now),
        }
        jobs.finish(job, now=timezone.now(), counts=counts)
