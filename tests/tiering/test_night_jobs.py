"""Which nights there are, and that each is done once, whatever happens to those who do it."""

import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.utils import timezone

from customers.models import Customer
from firm import jobs
from firm.models import JobRun, User
from tests.factories import a_customer, an_entry
from tests.races import at_once
from tests.tiering.evaluations import TOKYO, a_night, at_night, day, published, some_rules
from tiering import actions, nightly
from tiering.models import Evaluation, Standing, TierChange


def nights() -> list[str]:
    return [job.key for job in JobRun.objects.filter(kind="nightly").order_by("business_date")]


def do_all(now: datetime.datetime) -> list[str]:
    """As the worker and the minutely check do together; the keys in the order they were done."""
    done = []
    while True:
        nightly.ensure_runs(now=now)
        waiting = list(jobs.open_jobs(now=now))
        if not waiting:
            return done
        for job in waiting:
            jobs.run(job.pk, now=now)
            done.append(job.key)


@pytest.mark.django_db
class TestWhichNightsThereAre:
    @pytest.fixture(autouse=True)
    def rules(self, administrator: User):
        return published(
            some_rules(), by=administrator, since="2026-01-01", now=at_night(day("2026-07-01"))
        )

    def test_the_night_begins_at_two_in_the_firms_morning(self):
        date = day("2026-07-16")
        nightly.ensure_runs(now=datetime.datetime.combine(date, datetime.time(1, 59), TOKYO))
        assert nights() == []
        nightly.ensure_runs(now=datetime.datetime.combine(date, datetime.time(2, 0), TOKYO))
        assert nights() == ["2026-07-16"]

    def test_asking_every_minute_makes_one_night(self):
        for _minute in range(3):
            nightly.ensure_runs(now=at_night(day("2026-07-16")))
        assert nights() == ["2026-07-16"]

    def test_three_missed_days_are_caught_up_in_order(self):
        an_entry(a_customer(), day("2026-06-15"), 600)
        do_all(at_night(day("2026-07-30")))
        done = do_all(at_night(day("2026-08-03")))
        assert done == ["2026-07-31", "2026-08-01", "2026-08-02", "2026-08-03"]
        evaluations = Evaluation.objects.order_by("pk").values_list("as_of", "business_date")
        assert [tuple(map(str, one)) for one in evaluations] == [
            ("2026-07-01", "2026-07-30"),
            ("2026-08-01", "2026-08-01"),
        ]

    def test_a_later_night_waits_until_the_one_before_has_ended(self):
        do_all(at_night(day("2026-07-14")))
        nightly.ensure_runs(now=at_night(day("2026-07-16")))
        nightly.ensure_runs(now=at_night(day("2026-07-16")))
        assert nights() == ["2026-07-14", "2026-07-15"]

    def test_after_a_long_outage_only_the_last_month_is_done_night_by_night(self):
        do_all(at_night(day("2026-01-10")))
        done = do_all(at_night(day("2026-07-16")))
        assert (done[0], done[-1]) == ("2026-06-15", "2026-07-16")
        assert [str(one.as_of) for one in Evaluation.objects.order_by("pk")] == [
            f"2026-0{month}-01" for month in range(1, 8)
        ]

    def test_what_was_worked_out_ahead_keeps_no_night_from_coming(self):
        a_night("2026-07-15")
        a_night("2026-09-01", now=at_night(day("2026-07-15")))
        assert do_all(at_night(day("2026-07-16"))) == ["2026-07-16"]

    def test_recalculating_now_is_another_run_of_today(self, administrator: User):
        now = at_night(day("2026-07-16"))
        do_all(now)
        job = actions.recalculate(by=administrator, now=now)
        assert (job.key, job.requested_by) == ("2026-07-16/2", administrator)
        assert actions.recalculate(by=administrator, now=now) == job


@pytest.mark.django_db
def test_there_is_no_night_without_rules():
    nightly.ensure_runs(now=at_night(day("2026-07-16")))
    assert nights() == []


def a_ledger(administrator: User) -> None:
    published(some_rules(), by=administrator, since="2026-01-01", now=at_night(day("2026-07-01")))
    for number in range(20):
        an_entry(a_customer(), day("2026-05-15"), 40 * number + 1)


@pytest.mark.django_db(transaction=True)
def test_a_night_triggered_twenty_times_at_once_runs_once(administrator: User):
    a_ledger(administrator)
    now = at_night(day("2026-07-16"))

    def trigger() -> JobRun | None:
        job = actions.request_night(date=day("2026-07-16"), by=None, now=now)
        return jobs.run(job.pk, now=now)

    ran = [job for job in at_once(*[trigger] * 20) if job is not None]

    # Whoever came after its end found it done and asked for another one, which wrote nothing.
    assert Evaluation.objects.count() == 1
    assert TierChange.objects.count() == 20
    assert [job.counts["written"] for job in ran if job.key == "2026-07-16"] == [1 + 20 + 20 + 20]
    assert all(job.counts["written"] == 0 for job in ran if job.key != "2026-07-16")


@contextmanager
def holding(table: str) -> Iterator[None]:
    """Nobody can write to the table while this lasts."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield


def a_worker(job: JobRun) -> subprocess.Popen[bytes]:
    script = (
        "import django; django.setup();"
        "from django.utils import timezone; from firm import jobs;"
        f"jobs.run({job.pk}, now=timezone.now())"
    )
    return subprocess.Popen([sys.executable, "-c", script], env=os.environ)


def wait_until_it_waits(seconds: float = 30) -> None:
    """For a session that waits for a lock, in the middle of its run."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.05)
    raise AssertionError("no run came as far as its first write")


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_mid_run_leaves_the_old_standings_and_the_run_completes(
    administrator: User,
):
    a_ledger(administrator)
    a_night("2026-06-16")
    before = list(Standing.objects.order_by("pk").values())
    for customer in Customer.objects.all():
        an_entry(customer, day("2026-06-15"), 1000)
    job = actions.request_night(date=day("2026-07-16"), by=None, now=at_night(day("2026-07-16")))
    with holding("tiering_standing"):
        worker = a_worker(job)
        wait_until_it_waits()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    job.refresh_from_db()
    assert job.state == JobRun.State.RUNNING
    assert list(Standing.objects.order_by("pk").values()) == before

    later = timezone.now() + jobs.LEASE + datetime.timedelta(seconds=1)
    assert job in jobs.open_jobs(now=later)
    jobs.run(job.pk, now=later)

    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobRun.State.DONE, 2)
    assert set(Standing.objects.values_list("earned_tier__code", flat=True)) == {"T1"}
    assert Evaluation.objects.filter(job=job).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_cannot_publish_over_its_successor(administrator: User):
    """The control to the test above: the first one was not dead, only slow."""
    a_ledger(administrator)
    now = at_night(day("2026-07-16"))
    job = actions.request_night(date=day("2026-07-16"), by=None, now=now)
    slow = jobs.claim(job.pk, now=now)
    assert slow is not None
    jobs.run(job.pk, now=now + jobs.LEASE + datetime.timedelta(seconds=1))
    before = Evaluation.objects.count()
    an_entry(a_customer(), day("2026-06-15"), 5)
    with pytest.raises(jobs.LeaseLost):
        nightly.run_night(slow, lease=jobs.Lease(slow), now=now)
    assert Evaluation.objects.count() == before
