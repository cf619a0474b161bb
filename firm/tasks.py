"""What Celery and beat poke. Every body is idempotent: the truth is in rows."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from firm import jobs, outbox


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
