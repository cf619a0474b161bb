"""The nightly run: what a job does, and which jobs there should be.

Everything a run writes is seen in one commit, together with the job's end. Runs go one after
the other behind a lock, and hold the ledger's lock shared, so that every pass of a run reads the
same ledger: an import applied meanwhile waits.
"""

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from customers.models.imports import LEDGER_LOCK
from firm import jobs
from firm.dates import firm_date, firm_zone
from firm.models import JobRun
from tiering import actions, held, plan
from tiering.engine import breaker
from tiering.engine.evaluate import Pass, evaluate

# A longer outage is not caught up night by night: the first run fills in what is missing.
CATCH_UP = datetime.timedelta(days=31)
Plan = Callable[[plan.Book], list[Pass]]


def run_night(job: JobRun, *, lease: jobs.Lease, now: datetime.datetime) -> None:
    """The night of the job's business date."""
    date = job.business_date
    assert date is not None

    def planned(book: plan.Book) -> list[Pass]:
        return plan.night(date, book=book)

    _run(job, planned, lease=lease, now=now)
    if date < firm_date(now):
        transaction.on_commit(lambda: ensure_runs(now=now))


def run_replay(job: JobRun, *, lease: jobs.Lease, now: datetime.datetime) -> None:
    """The nights of `params["first"]` to `params["last"]` again, in one commit."""
    first, last = (datetime.date.fromisoformat(job.params[key]) for key in ("first", "last"))

    def planned(book: plan.Book) -> list[Pass]:
        return plan.replay(first, last, book=book)

    _run(job, planned, lease=lease, now=now)


def _run(job: JobRun, planned: Plan, *, lease: jobs.Lease, now: datetime.datetime) -> None:
    up_to = _pin_rules(job)
    with transaction.atomic():
        lock()
        book = plan.open_book(today=firm_date(now), up_to=up_to)
        try:
            counts = _evaluated(planned(book), book, job=job, lease=lease, now=now)
        except plan.NothingToEvaluate as refused:
            counts = {"evaluations": 0, "written": 0, "skipped": refused.error}
        except _Held as found:
            actions.hold_run(job=job, verdict=found.verdict, now=timezone.now())
            return
        if job.kind == plan.NIGHTLY:
            actions.tell_of_night(job=job, now=now)
        jobs.finish(job, now=timezone.now(), counts=counts)


class _Held(Exception):
    """Undoes what the run has written."""

    def __init__(self, verdict: breaker.Verdict) -> None:
        super().__init__()
        self.verdict = verdict


def _evaluated(
    passes: list[Pass],
    book: plan.Book,
    *,
    job: JobRun,
    lease: jobs.Lease,
    now: datetime.datetime,
) -> dict[str, Any]:
    """What the passes wrote, as the job's counts. Raises _Held where it is to be undone."""
    rules = next((one.rules for one in reversed(passes) if not one.is_ahead), None)
    with transaction.atomic():
        former = breaker.before(book.latest) if rules and breaker.is_on(rules) else None
        outcome = evaluate(passes, job=job, now=now, progress=lease.progress)
        counts = {"evaluations": len(outcome.evaluations), "written": outcome.written}
        if rules is None or former is None:
            return counts
        verdict = breaker.judge(outcome.evaluations, rules=rules, former=former)
        stops = held.not_accepted_before(verdict.stops)
        if stops and not held.accepts(job, verdict):
            raise _Held(replace(verdict, stops=stops))
    return counts | ({"accepted": {"stops": stops}} if stops else {})


def _pin_rules(job: JobRun) -> int:
    """The latest version there was when the job first started; a retry goes by it, too."""
    if "rules_up_to" not in job.params:
        job.params["rules_up_to"] = plan.latest_number()
        job.save(update_fields=["params"])
    number: int = job.params["rules_up_to"]
    return number


def lock() -> None:
    """One run at a time, for the rest of the transaction, and no import meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [actions.RUN_LOCK])
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LEDGER_LOCK])


def ensure_runs(*, now: datetime.datetime) -> None:
    """Create the night that is due next: that of the first day missed, else today's.

    Nights missed go one by one, each when the one before has ended, so that they run in order
    however many workers there are. Today's begins at NIGHT_STARTS_AT, and none while no rules
    are in force: there is nothing to evaluate.
    """
    today = firm_date(now)
    nights = JobRun.objects.filter(kind=plan.NIGHTLY, business_date__lte=today)
    if nights.filter(state__in=[JobRun.State.QUEUED, JobRun.State.RUNNING]).exists():
        return
    last = nights.aggregate(last=Max("business_date"))["last"]
    due = max(last + plan.ONE_DAY, today - CATCH_UP) if last else today
    book = plan.open_book(today=today)
    while due <= today and book.rules_on(due) is None:
        due += plan.ONE_DAY
    has_begun = now.astimezone(firm_zone()).time() >= starts_at()
    if due < today or (due == today and has_begun):
        actions.request_night(date=due, by=None, now=now)


def starts_at() -> datetime.time:
    return datetime.time.fromisoformat(settings.NIGHT_STARTS_AT)
