"""Nights whose clock, calendar, broker or neighbors misbehave; repeated by `make trust`."""

import threading

import pytest
from django.db import connection

from firm import jobs
from firm.models import JobRun, User
from tests.factories import a_customer, an_entry
from tests.tiering.evaluations import a_night, at_night, day, exported, published, some_rules
from tests.tiering.test_night_jobs import do_all, nights
from tiering import actions, nightly
from tiering.models import Evaluation

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(administrator: User):
    return published(
        some_rules(), by=administrator, since="2023-01-01", now=at_night(day("2026-07-01"))
    )


def test_a_clock_set_back_makes_no_night_again_and_loses_none(rules):
    an_entry(a_customer(code="K1"), day("2026-06-15"), 600)
    do_all(at_night(day("2026-07-14")))
    do_all(at_night(day("2026-07-16")))
    assert do_all(at_night(day("2026-07-14"))) == []
    assert do_all(at_night(day("2026-07-17"))) == ["2026-07-17"]
    assert nights() == [f"2026-07-{number}" for number in (14, 15, 16, 17)]
    assert Evaluation.objects.count() == 1


def test_a_job_claimed_before_the_clock_was_set_back_is_still_taken_over(rules):
    """Once the clock has come to where its lease ends: later, but not never."""
    job = actions.request_night(date=day("2026-07-16"), by=None, now=at_night(day("2026-07-16")))
    jobs.claim(job.pk, now=at_night(day("2026-07-16")))
    assert jobs.run(job.pk, now=at_night(day("2026-07-15"))) is None
    after = at_night(day("2026-07-16")) + 2 * jobs.LEASE
    taken = jobs.run(job.pk, now=after)
    assert taken is not None
    assert taken.state == JobRun.State.DONE


@pytest.mark.parametrize(
    ("entry", "night", "as_of", "counts"),
    [
        ("2024-02-29", "2024-02-29", "2024-02-01", False),
        ("2024-02-29", "2024-03-01", "2024-03-01", True),
        ("2024-02-29", "2025-02-28", "2025-02-01", True),
        ("2024-02-29", "2025-03-01", "2025-03-01", False),
        ("2024-01-31", "2024-01-31", "2024-01-01", False),
        ("2024-01-31", "2024-02-01", "2024-02-01", True),
        ("2024-12-31", "2025-12-31", "2025-12-01", True),
        ("2024-12-31", "2026-01-01", "2026-01-01", False),
    ],
)
def test_month_ends_and_leap_days_fall_into_their_month(rules, entry, night, as_of, counts):
    an_entry(a_customer(code="K1"), day(entry), 600)
    a_night(night)
    assert (exported(as_of)["K1"]["tier"] == "T1") == counts


@pytest.mark.parametrize(
    ("entry", "night", "counts"),
    [
        ("2024-02-29", "2024-02-29", False),
        ("2024-02-29", "2024-03-01", True),
        ("2023-02-28", "2024-02-29", True),  # a year before 29 February is 28 February
        ("2023-02-27", "2024-02-29", False),
        ("2024-02-29", "2025-03-01", False),
        ("2024-02-29", "2025-02-28", True),
    ],
)
def test_so_they_do_where_every_night_is_an_evaluation_date(
    administrator: User, entry, night, counts
):
    published(
        some_rules(window_end="to_date"),
        by=administrator,
        since="2023-01-01",
        now=at_night(day("2026-07-01")),
    )
    an_entry(a_customer(code="K1"), day(entry), 600)
    a_night(night)
    assert (exported(night)["K1"]["tier"] == "T1") == counts


@pytest.mark.parametrize(
    ("amount", "tier"), [(499, "T2"), (500, "T1"), (501, "T1"), (99, "T3"), (100, "T2")]
)
def test_one_yen_decides(rules, amount, tier):
    an_entry(a_customer(code="K1"), day("2026-06-15"), amount)
    a_night("2026-07-02")
    assert exported("2026-07-01")["K1"]["tier"] == tier


def test_a_broker_that_is_down_all_night_costs_only_time(rules, monkeypatch):
    """The nights wait in their rows, and the first one who looks does them in order."""

    def silent(*_args, **_kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(jobs.current_app, "send_task", silent)
    nightly.ensure_runs(now=at_night(day("2026-07-14")))
    for date in ("2026-07-15", "2026-07-16"):  # each minute of two days comes to nothing more
        nightly.ensure_runs(now=at_night(day(date)))
    assert nights() == ["2026-07-14"]
    assert do_all(at_night(day("2026-07-16"))) == ["2026-07-14", "2026-07-15", "2026-07-16"]


def starts_of_twenty(administrator: User, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a night's work begins, when twenty have been told to do it."""
    published(some_rules(), by=administrator, since="2026-01-01", now=at_night(day("2026-07-01")))
    now = at_night(day("2026-07-16"))
    job = actions.request_night(date=day("2026-07-16"), by=None, now=now)
    together, started = threading.Barrier(20), []
    night = nightly.run_night

    def counted(*args, **kwargs) -> None:
        started.append(1)
        night(*args, **kwargs)

    monkeypatch.setattr(nightly, "run_night", counted)

    def trigger() -> None:
        together.wait(30)
        jobs.run(job.pk, now=now)
        connection.close()

    threads = [threading.Thread(target=trigger) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(started)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_are_told_to_one_begins(administrator: User, monkeypatch):
    assert starts_of_twenty(administrator, monkeypatch) == 1
    assert Evaluation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_more_of_them_would_begin(administrator: User, monkeypatch, caplog):
    """The control: whoever finds the job waiting takes it."""

    def unguarded(job_id: int, *, now) -> JobRun:
        JobRun.objects.filter(pk=job_id).update(
            state=JobRun.State.RUNNING, attempt=1, claimed_until=now + jobs.LEASE
        )
        return JobRun.objects.get(pk=job_id)

    monkeypatch.setattr(jobs, "claim", unguarded)
    assert starts_of_twenty(administrator, monkeypatch) > 1
