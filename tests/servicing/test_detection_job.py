"""The job that looks for flags: when there is one, that it is done once, and whom it tells."""

import contextlib
import datetime
import signal
import threading

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from firm import jobs, outbox
from firm.models import Firm, JobRun, Notification, User
from tests.factories import a_contract, a_customer, a_job
from tests.servicing.nights import worked
from tests.tiering.evaluations import at_night, day, published, some_rules
from tests.tiering.test_night_jobs import a_worker, holding, wait_until_it_waits
from tiering import actions, detection, nightly
from tiering.models import Finding, FindingKind, Observation

pytestmark = pytest.mark.django_db

TODAY = day("2026-07-15")
NOW = at_night(TODAY)
JUNE = day("2026-06-01")
HOURS = FindingKind.HOURS


def an_over_served(owner: User, *, backup: User | None = None, minutes: int = 1200):
    """Ten hours a month, and twice that in each of three closed months."""
    customer = a_customer(owner=owner, backup=backup)
    a_contract(customer)
    for month in ("2026-04-01", "2026-05-01", "2026-06-01"):
        worked(customer, day(month), minutes=minutes, staff=owner)
    return customer


@pytest.fixture
def customer(account_manager: User):
    return an_over_served(account_manager)


def detected(date: datetime.date = TODAY, *, now: datetime.datetime | None = None) -> JobRun:
    job = actions.request_detection(date=date, by=None, now=now or at_night(date))
    done = jobs.run(job.pk, now=now or at_night(date))
    assert done is not None
    assert done.state == JobRun.State.DONE, done.error
    return done


def keys() -> list[str]:
    return list(
        JobRun.objects.filter(kind="detection").order_by("pk").values_list("key", flat=True)
    )


class TestWhenThereIsOne:
    @pytest.fixture(autouse=True)
    def rules(self, administrator: User, customer):
        return published(some_rules(), by=administrator, since="2026-01-01", now=NOW)

    def a_night(self, state: str, *, number: int = 1, finished_at=NOW) -> JobRun:
        lease = {"claimed_until": NOW} if state == "running" else {}
        return a_job(
            key=f"{TODAY}/{number}", business_date=TODAY, state=state, finished_at=finished_at,
            **lease,
        )  # fmt: skip

    @pytest.mark.parametrize("state", ["done", "held", "failed"])
    def test_it_follows_the_night_however_that_ended(self, state):
        self.a_night(state)
        detection.ensure_runs(now=NOW)
        detection.ensure_runs(now=NOW)
        assert keys() == ["2026-07-15"]

    @pytest.mark.parametrize("state", ["queued", "running"])
    def test_it_waits_until_the_night_has_ended(self, state):
        self.a_night(state)
        detection.ensure_runs(now=NOW)
        assert keys() == []

    def test_it_waits_for_a_night_that_has_not_begun(self):
        detection.ensure_runs(now=NOW)
        assert keys() == []

    def test_it_follows_again_where_the_night_is_repeated(self):
        self.a_night("done")
        detection.ensure_runs(now=NOW)
        self.a_night("done", number=2)
        detection.ensure_runs(now=NOW)
        assert keys() == ["2026-07-15"], "the first one still waits, and will see it all"
        JobRun.objects.filter(kind="detection").update(state="done")
        detection.ensure_runs(now=NOW)
        detection.ensure_runs(now=NOW)
        assert keys() == ["2026-07-15", "2026-07-15/2"]

    def test_worker_and_minutely_check_do_both_in_order(self):
        nightly.ensure_runs(now=NOW)
        for _minute in range(4):
            for ensure in (nightly.ensure_runs, detection.ensure_runs):
                ensure(now=NOW)
            for job in jobs.open_jobs(now=NOW):
                jobs.run(job.pk, now=NOW)
        done = JobRun.objects.filter(state="done").order_by("finished_at")
        assert [job.kind for job in done] == ["nightly", "detection"]
        assert Finding.objects.filter(kind=HOURS).exists()


def test_without_tier_rules_it_begins_at_the_nights_hour(customer):
    detection.ensure_runs(now=NOW - datetime.timedelta(hours=1, seconds=1))
    assert keys() == []
    detection.ensure_runs(now=NOW - datetime.timedelta(hours=1))
    assert keys() == ["2026-07-15"]


def test_there_is_none_where_nobody_has_logged_anything(account_manager):
    a_contract(a_customer(owner=account_manager))
    detection.ensure_runs(now=NOW)
    assert keys() == []
    assert detected().counts["skipped"] == {"code": "nothing_logged"}
    assert Firm.objects.get().flags_since is None, "its stages have not begun"


def test_the_first_one_begins_the_stages_and_opens_flags_of_the_past(customer):
    detected()
    assert Firm.objects.get().flags_since == TODAY
    assert Finding.objects.get(kind=HOURS).is_past
    detected(TODAY + datetime.timedelta(days=1))
    assert Firm.objects.get().flags_since == TODAY


def test_a_second_one_writes_nothing(customer):
    first = detected()
    again = detected()
    assert first.counts["opened"] > 0
    assert (again.key, again.counts["written"]) == ("2026-07-15/2", 0)


def test_an_earlier_day_does_not_come_after_a_later_one(customer):
    detected()
    before = list(Finding.objects.order_by("pk").values())
    late = detected(TODAY - datetime.timedelta(days=40), now=NOW)
    assert late.counts["skipped"] == {"code": "detection_overtaken", "date": "2026-06-05"}
    assert list(Finding.objects.order_by("pk").values()) == before


class TestWhoIsTold:
    @pytest.fixture(autouse=True)
    def begun(self, section_manager, department_head):
        Firm.objects.update(flags_since=day("2026-07-01"))

    def told(self) -> dict[str, int]:
        notices = Notification.objects.filter(code="flags_of_night")
        return {notice.recipient.name: notice.data["flags"] for notice in notices}

    def test_whoever_looks_after_the_customers_hears_how_many_once(self, account_manager, stranger):
        for backup in (None, stranger):
            an_over_served(account_manager, backup=backup)
        detected()
        opened = Finding.objects.count()
        assert self.told() == {account_manager.name: opened, stranger.name: opened // 2}
        detected()
        detected(TODAY + datetime.timedelta(days=1))
        assert Notification.objects.filter(code="flags_of_night").count() == 2

    def test_their_superior_hears_of_it_once_superiors_see_flags(
        self, customer, account_manager, section_manager
    ):
        Firm.objects.update(flags_since=day("2026-05-16"))
        detected()
        opened = Finding.objects.count()
        assert self.told() == {account_manager.name: opened, section_manager.name: opened}

    def test_a_day_earlier_not_yet(self, customer, account_manager):
        Firm.objects.update(flags_since=day("2026-05-17"))
        detected()
        assert set(self.told()) == {account_manager.name}

    def test_nobody_hears_of_the_past(self, customer):
        Firm.objects.update(flags_since=None)
        detected()
        assert self.told() == {}

    def test_nobody_hears_of_days_long_over(self, customer):
        detected(now=NOW + datetime.timedelta(days=2))
        assert Finding.objects.exists()
        assert self.told() == {}

    def test_the_mail_names_no_customer_no_tier_and_no_amount(self, customer):
        detected()
        notice = Notification.objects.get()
        assert set(notice.data) == {"date", "flags"}
        outbox.sweep(now=NOW)
        assert mail.outbox == [], "not in the middle of the night"
        outbox.sweep(now=NOW + datetime.timedelta(hours=5))
        (sent,) = mail.outbox
        assert customer.name not in sent.subject + sent.body
        assert customer.code not in sent.subject + sent.body


def triggered_twenty_times(monkeypatch: pytest.MonkeyPatch) -> int:
    """How often the work begins when twenty look at once."""
    together, started, body = threading.Barrier(20), [], detection.run

    def counted(*args, **kwargs) -> None:
        started.append(1)
        body(*args, **kwargs)

    monkeypatch.setattr(detection, "run", counted)

    def trigger() -> None:
        try:
            together.wait(30)
            detection.ensure_runs(now=NOW)
            jobs.run(JobRun.objects.get().pk, now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=trigger) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(started)


@pytest.mark.django_db(transaction=True)
def test_triggered_twenty_times_at_once_it_runs_once(customer, monkeypatch):
    assert triggered_twenty_times(monkeypatch) == 1
    assert keys() == ["2026-07-15"]
    assert Observation.objects.count() == Finding.objects.count() > 0


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_it_would_begin_more_often(customer, monkeypatch, caplog):
    """The control: whoever finds the job waiting takes it."""

    def unguarded(job_id: int, *, now) -> JobRun:
        JobRun.objects.filter(pk=job_id).update(
            state=JobRun.State.RUNNING, attempt=1, claimed_until=now + jobs.LEASE
        )
        return JobRun.objects.get(pk=job_id)

    monkeypatch.setattr(jobs, "claim", unguarded)
    assert triggered_twenty_times(monkeypatch) > 1


def two_at_once(monkeypatch: pytest.MonkeyPatch) -> tuple[list[JobRun], int]:
    """Two jobs of one date, and how many of them met another in their midst."""
    meeting, detect, met = threading.Barrier(2), detection.detect, []

    def slow(**values):
        with contextlib.suppress(threading.BrokenBarrierError):
            met.append(meeting.wait(1))
        return detect(**values)

    monkeypatch.setattr(detection, "detect", slow)
    made = [a_job("detection", key=f"{TODAY}/{n}", business_date=TODAY) for n in (1, 2)]

    def do(job: JobRun) -> None:
        try:
            jobs.run(job.pk, now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[job]) for job in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [JobRun.objects.get(pk=job.pk) for job in made], len(met)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_go_one_after_the_other(customer, monkeypatch):
    done, met = two_at_once(monkeypatch)
    assert ([job.state for job in done], met) == (["done", "done"], 0)
    assert sorted(job.counts["written"] == 0 for job in done) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_meet(customer, monkeypatch):
    """The control."""
    monkeypatch.setattr(nightly, "lock", lambda: None)
    _done, met = two_at_once(monkeypatch)
    assert met == 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_mid_run_leaves_the_old_flags_and_the_run_completes(
    customer, account_manager
):
    detected(TODAY - datetime.timedelta(days=1))
    before = list(Finding.objects.order_by("pk").values())
    other = an_over_served(account_manager)
    job = actions.request_detection(date=TODAY, by=None, now=NOW)
    with holding("tiering_finding"):
        worker = a_worker(job)
        wait_until_it_waits()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    job.refresh_from_db()
    assert job.state == JobRun.State.RUNNING
    assert list(Finding.objects.order_by("pk").values()) == before

    later = timezone.now() + jobs.LEASE + datetime.timedelta(seconds=1)
    jobs.run(job.pk, now=later)

    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobRun.State.DONE, 2)
    assert Finding.objects.get(customer=other, kind=HOURS).opened_on == TODAY, "its own date"


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_lease_cannot_publish_over_its_successor(customer, account_manager):
    """The control to the test above: the first one was not dead, only slow."""
    job = actions.request_detection(date=TODAY, by=None, now=NOW)
    slow = jobs.claim(job.pk, now=NOW)
    assert slow is not None
    jobs.run(job.pk, now=NOW + jobs.LEASE + datetime.timedelta(seconds=1))
    before = Observation.objects.count()
    an_over_served(account_manager)
    with pytest.raises(jobs.LeaseLost):
        detection.run(slow, lease=jobs.Lease(slow), now=NOW)
    assert Observation.objects.count() == before
