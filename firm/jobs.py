"""Background jobs as rows. Celery only pokes; the row says what is to do, who does it and what
came of it.

A job is claimed by a conditional UPDATE under a lease that a side thread keeps renewing; whoever
finds the lease run out may take over. `finish` is fenced by the attempt number, so a worker that
was thought dead cannot publish its result over its successor's.
"""

import datetime
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from firm import audit, outbox
from firm.dates import firm_date
from firm.models import JobRun, PostHolding, User
from firm.roles import Role

log = logging.getLogger(__name__)

LEASE = datetime.timedelta(seconds=30)
RENEW_EVERY = 5.0  # seconds
ATTEMPTS = 3


class LeaseLost(Exception):
    """Somebody else has taken the job over; whatever was done here must roll back."""


class JobFailed(Exception):
    """The job cannot be done, for a reason the user can be told: a code of wording.ERRORS."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.error = {"code": code, **data}


@transaction.atomic
def request_job(
    *,
    kind: str,
    by: User | None,
    now: datetime.datetime,
    key: str | None = None,
    business_date: datetime.date | None = None,
    params: dict[str, Any] | None = None,
) -> JobRun:
    """The job of this kind and key, created where it is missing, and poked after the commit."""
    values = {"business_date": business_date, "params": params or {}, "created_at": now}
    if key is None:
        job, created = JobRun.objects.create(kind=kind, requested_by=by, **values), True
    else:
        job, created = JobRun.objects.get_or_create(
            kind=kind, key=key, defaults={**values, "requested_by": by}
        )
    if created and by is not None:
        audit.record("job_requested", by=by, now=now, subject=job, kind=kind)
    transaction.on_commit(lambda: poke(job.pk))
    return job


def poke(job_id: int) -> None:
    """Ask a worker to look at the job. A silent broker is no error: the sweep asks again."""
    try:
        current_app.send_task("firm.tasks.run_job", args=[job_id], retry=False)
    except (OSError, OperationalError) as failure:
        log.warning("job %s not announced: %s", job_id, failure)


def open_jobs(*, now: datetime.datetime) -> QuerySet[JobRun]:
    """Jobs that wait for a worker, or whose worker has died."""
    return JobRun.objects.claimable(now).order_by("created_at")


def claim(job_id: int, *, now: datetime.datetime) -> JobRun | None:
    """Take the job, or None where it is done or in somebody else's hands."""
    claimed = (
        JobRun.objects.claimable(now)
        .filter(pk=job_id)
        .update(
            state=JobRun.State.RUNNING,
            attempt=F("attempt") + 1,
            claimed_until=now + LEASE,
            started_at=now,
            error={},
        )
    )
    return JobRun.objects.get(pk=job_id) if claimed else None


class Lease:
    """Keeps a claimed job ours and its progress visible from a connection of its own."""

    def __init__(self, job: JobRun) -> None:
        self.job = job
        self._progress: tuple[int, int] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease-{job.pk}", daemon=True)

    def progress(self, done: int, total: int) -> None:
        self._progress = (done, total)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _renew(self) -> None:
        waited = 0.0
        try:
            while not self._stop.wait(1.0):
                waited += 1.0
                if self._progress is not None or waited >= RENEW_EVERY:
                    self._write()
                    waited = 0.0
        finally:
            connection.close()

    def _write(self) -> None:
        values: dict[str, Any] = {"claimed_until": timezone.now() + LEASE}
        if self._progress is not None:
            values["progress_done"], values["progress_total"] = self._progress
            self._progress = None
        JobRun.objects.filter(pk=self.job.pk, attempt=self.job.attempt, state="running").update(
            **values
        )


@contextmanager
def leased(job: JobRun) -> Iterator[Lease]:
    lease = Lease(job)
    lease.start()
    try:
        yield lease
    finally:
        lease.stop()


def finish(
    job: JobRun,
    *,
    now: datetime.datetime,
    state: str = JobRun.State.DONE,
    counts: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
) -> None:
    """Close the job in the caller's transaction. Raises LeaseLost where it is not ours any more."""
    changed = JobRun.objects.filter(
        pk=job.pk, attempt=job.attempt, state=JobRun.State.RUNNING
    ).update(
        state=state,
        finished_at=now,
        claimed_until=None,
        counts=counts or {},
        error=error or {},
        progress_done=F("progress_total"),
    )
    if not changed:
        raise LeaseLost
    job.refresh_from_db()


def run(job_id: int, *, now: datetime.datetime) -> JobRun | None:
    """Claim and do a job here and now; the body is found in settings.JOB_BODIES by its kind.

    A body `body(job, *, lease, now)` does its work and calls `finish` in one transaction. An
    error it did not foresee counts as an attempt; after three the job is dead, with its reason.
    """
    job = claim(job_id, now=now)
    if job is None:
        return None
    body: Callable[..., None] = import_string(settings.JOB_BODIES[job.kind])
    try:
        if job.attempt > ATTEMPTS:
            raise JobFailed("too_many_attempts", attempts=ATTEMPTS)
        with leased(job) as lease:
            body(job, lease=lease, now=now)
    except LeaseLost:
        log.warning("job %s was taken over", job.pk)
    except JobFailed as failure:
        _give_up(job, failure.error)
    except Exception as failure:
        log.exception("job %s failed", job.pk)
        _retry_or_give_up(job, failure)
    return JobRun.objects.get(pk=job.pk)


def _retry_or_give_up(job: JobRun, failure: Exception) -> None:
    error = {"code": "unexpected", "type": type(failure).__name__}
    if job.attempt >= ATTEMPTS:
        _give_up(job, error)
    else:
        JobRun.objects.filter(pk=job.pk, attempt=job.attempt, state=JobRun.State.RUNNING).update(
            claimed_until=timezone.now(), error=error
        )


def _give_up(job: JobRun, error: dict[str, Any]) -> None:
    """The job is dead; who asked for it is told, else the administrators."""
    now = timezone.now()
    try:
        with transaction.atomic():
            finish(job, now=now, state=JobRun.State.FAILED, error=error)
            for person in _concerned(job, now):
                outbox.queue(
                    "job_failed", recipient=person, now=now, kind=job.kind, key=job.key, error=error
                )
    except LeaseLost:
        log.warning("job %s was taken over", job.pk)


def _concerned(job: JobRun, now: datetime.datetime) -> list[User]:
    if job.requested_by is not None:
        return [job.requested_by]
    return administrators(now)


def administrators(now: datetime.datetime) -> list[User]:
    """Whom a job's end concerns where nobody asked for it."""
    posts = PostHolding.objects.on(firm_date(now)).filter(post__role=Role.ADMINISTRATOR)
    return list(User.objects.active().filter(pk__in=posts.values("person")))
