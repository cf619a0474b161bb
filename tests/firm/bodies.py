"""Bodies of jobs for the tests, found by settings.JOB_BODIES as the real ones are."""

from django.db import transaction

from firm import jobs
from firm.models import Department


def do(job, *, lease, now):
    """Writes one row and closes the job, in one transaction."""
    with transaction.atomic():
        Department.objects.create(name=f"job {job.pk} attempt {job.attempt}")
        jobs.finish(job, now=now, counts={"written": 1})


def refuse(job, *, lease, now):
    raise jobs.JobFailed("no_month_closed", date="2026-07-01")


def crash(job, *, lease, now):
    raise ZeroDivisionError


def lose(job, *, lease, now):
    """Somebody takes the job over in the middle; then this one tries to close it."""
    with transaction.atomic():
        Department.objects.create(name="half done")
        job.attempt -= 1
        jobs.finish(job, now=now)
