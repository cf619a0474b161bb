"""Background jobs: done once, taken over from the dead, and told of when they fail."""

import datetime
import threading

import pytest
from django.utils import timezone

from firm import jobs
from firm.models import Department, JobRun, Notification
from tests.factories import a_job
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

State = JobRun.State


@pytest.fixture(autouse=True)
def bodies(settings):
    settings.JOB_BODIES = {
        name: f"tests.firm.bodies.{name}" for name in ("do", "refuse", "crash", "lose")
    }


def test_a_job_is_done_and_says_what_came_of_it(now):
    job = jobs.run(a_job("do").pk, now=now)
    assert (job.state, job.counts, job.attempt) == (State.DONE, {"written": 1}, 1)
    assert job.claimed_until is None


def test_the_same_job_is_requested_once(now):
    first = jobs.request_job(kind="do", key="2026-07-15", by=None, now=now)
    again = jobs.request_job(kind="do", key="2026-07-15", by=None, now=now)
    assert first == again


def test_a_silent_broker_loses_no_job(now, monkeypatch):
    def silent(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(jobs.current_app, "send_task", silent)
    job = jobs.request_job(kind="do", by=None, now=now)
    assert list(jobs.open_jobs(now=now)) == [job]


def test_a_job_that_is_done_is_not_done_again(now):
    job = a_job("do")
    jobs.run(job.pk, now=now)
    assert jobs.run(job.pk, now=now) is None
    assert Department.objects.count() == 1


def test_twenty_triggers_at_once_do_the_job_once():
    job = a_job("do")
    results = at_once(*[lambda: jobs.run(job.pk, now=timezone.now())] * 20)
    assert sum(result is not None for result in results) == 1, results
    assert Department.objects.count() == 1
    assert JobRun.objects.get(pk=job.pk).attempt == 1


def test_without_the_claim_twenty_triggers_would_do_it_more_than_once():
    """The control of the race above."""
    job = a_job("do")
    ready = threading.Barrier(5)

    def trigger() -> None:
        if JobRun.objects.get(pk=job.pk).state == State.QUEUED:
            ready.wait(10)
            Department.objects.create(name=f"by {threading.get_ident()}")

    at_once(*[trigger] * 5)
    assert Department.objects.count() == 5


def test_a_dead_workers_job_is_taken_over_when_its_lease_has_run_out(now):
    job = a_job("do")
    jobs.claim(job.pk, now=now)
    assert jobs.run(job.pk, now=now + jobs.LEASE) is None
    after = now + jobs.LEASE + datetime.timedelta(seconds=1)
    assert list(jobs.open_jobs(now=after)) == [job]
    taken = jobs.run(job.pk, now=after)
    assert (taken.state, taken.attempt) == (State.DONE, 2)


def test_a_lease_is_renewed_while_the_work_goes_on():
    job = jobs.claim(a_job("do").pk, now=timezone.now() - datetime.timedelta(hours=1))
    with jobs.leased(job) as lease:
        lease.progress(3, 10)
        lease._write()
    shown = JobRun.objects.get(pk=job.pk)
    assert (shown.progress_done, shown.progress_total) == (3, 10)
    assert shown.claimed_until > timezone.now()


def test_what_was_done_after_the_job_was_taken_over_is_undone(now):
    job = jobs.run(a_job("lose").pk, now=now)
    assert job.state == State.RUNNING
    assert not Department.objects.exists()


def test_a_refusal_is_the_end_and_keeps_its_reason(now):
    job = jobs.run(a_job("refuse").pk, now=now)
    assert (job.state, job.attempt) == (State.FAILED, 1)
    assert job.error == {"code": "no_month_closed", "date": "2026-07-01"}


def test_an_unforeseen_error_is_tried_three_times(now, administrator, caplog):
    job = a_job("crash")
    states = []
    for minute in range(3):
        moment = timezone.now() + datetime.timedelta(minutes=minute)
        states.append(jobs.run(job.pk, now=moment).state)
    assert states == [State.RUNNING, State.RUNNING, State.FAILED]
    job.refresh_from_db()
    assert job.error == {"code": "unexpected", "type": "ZeroDivisionError"}


def test_a_job_whose_workers_always_die_is_given_up(now):
    job = a_job("do")
    for attempt in range(jobs.ATTEMPTS):
        jobs.claim(job.pk, now=now + attempt * 2 * jobs.LEASE)
    dead = jobs.run(job.pk, now=now + 10 * jobs.LEASE)
    assert (dead.state, dead.error["code"]) == (State.FAILED, "too_many_attempts")
    assert not Department.objects.exists()


def test_who_asked_for_it_is_told_that_it_failed(now, account_manager, administrator):
    jobs.run(a_job("refuse", requested_by=account_manager).pk, now=now)
    assert Notification.objects.get().recipient == account_manager


def test_the_administrators_are_told_of_a_job_nobody_asked_for(now, administrator, back_office):
    jobs.run(a_job("refuse").pk, now=now)
    assert Notification.objects.get().recipient == administrator
