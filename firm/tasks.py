"""What Celery and beat poke. Every body is idempotent: the truth is in rows."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from firm import audit_chain, heartbeat, idempotency, jobs, outbox, work_calendars
from firm.dates import today


@shared_task(ignore_result=True)
def run_job(job_id: int) -> None:
    jobs.run(job_id, now=timezone.now())


@shared_task(ignore_result=True)
def ensure_runs() -> None:
    """Create the dated jobs that are missing and poke every job that waits for a worker."""
    now = timezone.now()
    for path in settings.RUN_ENSURERS:
        import_string(path)(now=now)
    for job in jobs.open_jobs(now=now):
        run_job.delay(job.pk)


@shared_task(ignore_result=True)
def sweep_outbox() -> None:
    outbox.sweep(now=timezone.now())


@shared_task(ignore_result=True)
def canary() -> None:
    heartbeat.beat(heartbeat.CANARY, now=timezone.now())


@shared_task(ignore_result=True)
def note_audit_head() -> None:
    audit_chain.note_head(now=timezone.now())


@shared_task(ignore_result=True)
def keep_house() -> None:
    """Once an hour: what has had its time goes, what the coming years need comes."""
    idempotency.sweep(now=timezone.now())
    work_calendars.tell_coming_years(today=today())
