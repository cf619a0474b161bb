"""A run whose result looks like a mistake moves nobody until a person has confirmed it."""

from typing import Any

import pytest

from customers.models import Customer, CustomerSnapshot, RevenueEntry
from firm import jobs
from firm.dates import add_months
from firm.models import AuditEvent, JobRun, Notification, User
from firm.refusals import Forbidden, Refused
from tests.factories import a_customer, an_entry, an_import
from tests.tiering.evaluations import at_night, day, published, some_rules
from tiering import actions, held, nightly
from tiering.models import Evaluation, HeldMove, Standing, TierChange
from tiering.status import night_status

pytestmark = pytest.mark.django_db

# Twelve months at 100 each just reach T1; one month missing leads to T2.
TIERS = [
    {"code": "T1", "enter": 1200, "keep": 1200},
    {"code": "T2", "enter": 500, "keep": 500},
    {"code": "T3"},
]
BREAKER = {"down_share": 10, "down_count": 5, "drop_share": 30}
# Each lets pass what the others stop; the months are looked at wherever the breaker is on.
ONLY_MONTHS = {"down_share": 100, "drop_share": 100}
ONLY_MOVERS = {"down_share": 10, "down_count": 5}
ONLY_DROPS = {"drop_share": 30}
SIZE = 30
JULY = at_night(day("2026-07-02"))


@pytest.fixture
def customers() -> list[Customer]:
    """With an entry of 100 in each of the twelve months up to May 2026."""
    customers = [a_customer(code=f"K{number:02}") for number in range(SIZE)]
    applied = an_import()
    for month in range(12):
        for customer in customers:
            an_entry(customer, add_months(day("2025-06-15"), month), 100, import_ref=applied)
    return customers


def rules(administrator: User, breaker: dict[str, Any] | None) -> None:
    """In force with the night of June done by them: everybody is in T1."""
    data = some_rules(tiers=TIERS, **({"breaker": breaker} if breaker else {}))
    published(data, by=administrator, since="2026-01-01", now=at_night(day("2026-06-02")))
    assert run("2026-06-02").state == JobRun.State.DONE


def june(customers: list[Customer]) -> None:
    for customer in customers:
        an_entry(customer, day("2026-06-15"), 100)


def run(date: str, *, now: Any = None) -> JobRun:
    now = now or at_night(day(date))
    job = actions.request_night(date=day(date), by=None, now=now)
    done = jobs.run(job.pk, now=now)
    assert done is not None
    return done


def accepted(run: JobRun, by: User, now: Any = JULY) -> JobRun:
    job = actions.accept_held(run=run, by=by, now=now)
    done = jobs.run(job.pk, now=now)
    assert done is not None
    return done


def retire(entries: Any) -> None:
    """As a wrong file with `--replace` does."""
    correction = an_import()
    entries.update(superseded_by_import=correction)


def stops(job: JobRun) -> list[str]:
    return [stop["code"] for stop in job.counts["held"]["stops"]]


def tiers() -> list[str]:
    return list(
        Standing.objects.order_by("customer__code").values_list("earned_tier__code", flat=True)
    )


def everything() -> list[list[dict[str, Any]]]:
    """All a run writes."""
    tables = (Evaluation, Standing, TierChange, CustomerSnapshot)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.parametrize(
    ("breaker", "state", "moved"), [(BREAKER, "held", 0), (None, "done", SIZE)]
)
def test_a_wrong_file_moves_nobody(customers, administrator, breaker, state, moved):
    rules(administrator, breaker)
    june(customers)
    retire(RevenueEntry.objects.filter(date__lt=day("2026-04-01")))
    before = everything()
    job = run("2026-07-02")
    assert job.state == state
    assert tiers().count("T1") == SIZE - moved
    assert (everything() == before) == (not moved)
    if breaker:
        assert stops(job) == ["many_down", "entries_fell", "total_fell"]


@pytest.mark.parametrize(
    ("breaker", "state", "moved"), [(ONLY_MONTHS, "held", 0), (None, "done", SIZE)]
)
def test_a_missing_last_month_moves_nobody(customers, administrator, breaker, state, moved):
    rules(administrator, breaker)
    job = run("2026-07-02")
    assert (job.state, tiers().count("T2")) == (state, moved)
    if breaker:
        assert job.counts["held"]["stops"] == [
            {"code": "month_empty", "month": "2026-06-01", "entries": 0}
        ]


@pytest.mark.parametrize(
    ("breaker", "state", "moved"), [(ONLY_MONTHS, "held", 0), (None, "done", SIZE - 14)]
)
def test_a_half_empty_ledger_moves_nobody(customers, administrator, breaker, state, moved):
    rules(administrator, breaker)
    june(customers[:14])
    job = run("2026-07-02")
    assert (job.state, tiers().count("T2")) == (state, moved)
    if breaker:
        assert job.counts["held"]["stops"] == [
            {"code": "month_thin", "month": "2026-06-01", "entries": 14, "mean": 30}
        ]


def test_half_of_the_months_before_is_enough(customers, administrator):
    rules(administrator, ONLY_MONTHS)
    june(customers[:15])
    assert run("2026-07-02").state == JobRun.State.DONE


@pytest.mark.parametrize(("falling", "state"), [(5, "done"), (6, "held")])
def test_so_many_go_through_unasked_and_one_more_does_not(customers, administrator, falling, state):
    """Of 30 customers 10 % are 3: the number, 5, is the larger one."""
    rules(administrator, ONLY_MOVERS)
    june(customers[falling:])
    job = run("2026-07-02")
    assert (job.state, tiers().count("T2")) == (state, falling if state == "done" else 0)


@pytest.mark.parametrize(("share", "state"), [(20, "done"), (19.9999, "held")])
def test_the_share_counts_where_it_is_the_larger_one(customers, administrator, share, state):
    rules(administrator, {"down_share": share, "down_count": 5})
    june(customers[6:])
    assert run("2026-07-02").state == state


def test_upgrades_and_first_evaluations_are_never_too_many(customers, administrator):
    rules(administrator, BREAKER)
    june(customers)
    for customer in [*customers, *(a_customer() for _ in range(SIZE))]:
        an_entry(customer, day("2026-06-16"), 600)
    tiers = [{"code": "T0", "enter": 1800, "keep": 1700}, *TIERS]
    published(
        some_rules(tiers=tiers, breaker=BREAKER), by=administrator, since="2026-07-01", now=JULY
    )
    job = run("2026-07-02")
    assert job.state == JobRun.State.DONE
    assert Evaluation.objects.last().counts["upgraded"] == SIZE


@pytest.mark.parametrize(("kept", "state"), [(21, "done"), (20, "held")])
def test_entries_may_fall_by_so_much_and_not_by_more(customers, administrator, kept, state):
    rules(administrator, ONLY_DROPS)
    for customer in customers[:10]:  # that no month is thin, and no total falls
        an_entry(customer, day("2026-05-16"), 9_000)
    run("2026-06-03")
    june(customers[:15])
    retire(RevenueEntry.objects.filter(customer__in=customers[kept:], amount=100))
    job = run("2026-06-04")
    assert job.state == state
    if state == "held":
        assert stops(job) == ["entries_fell"]


def test_a_total_may_fall_by_so_much_and_not_by_more(customers, administrator):
    rules(administrator, ONLY_DROPS)
    an_entry(customers[0], day("2026-05-16"), 36_000)
    run("2026-06-03")
    retire(RevenueEntry.objects.filter(amount=36_000))
    job = run("2026-06-04")
    assert job.counts["held"]["stops"] == [
        {"code": "total_fell", "before": "72000.0000", "after": "36000.0000", "fell": 50}
    ]


def test_the_first_evaluation_of_all_is_not_held(customers, administrator):
    """The ledger's last month is empty; there is nothing to protect yet."""
    data = some_rules(tiers=TIERS, breaker=BREAKER)
    published(data, by=administrator, since="2026-01-01", now=JULY)
    assert run("2026-07-02").state == JobRun.State.DONE


@pytest.fixture
def held_run(customers, administrator) -> JobRun:
    """Six customers have no entry in June."""
    rules(administrator, BREAKER)
    june(customers[6:])
    job = run("2026-07-02")
    assert job.state == JobRun.State.HELD
    return job


def test_who_would_have_moved_is_kept(held_run, customers):
    moves = HeldMove.objects.filter(job=held_run).order_by("pk")
    assert [move.customer for move in moves] == customers[:6]
    assert {(m.before.code, m.after.code, m.is_down, m.reason) for m in moves} == {
        ("T1", "T2", True, "downgraded")
    }
    assert {move.trailing_revenue for move in moves} == {1100}
    facts = held_run.counts["held"]
    assert (facts["down"], facts["up"], facts["listed"], facts["is_changed"]) == (6, 0, 6, False)
    assert facts["stops"] == [
        {"code": "many_down", "down": 6, "allowed": 5, "customers": SIZE, "foreseen": 0}
    ]


def test_a_long_list_is_cut_and_the_digest_is_of_all(customers, administrator, monkeypatch):
    rules(administrator, BREAKER)
    june(customers[7:])
    whole = run("2026-07-02").counts["held"]
    monkeypatch.setattr("tiering.engine.breaker.KEPT", 4)
    cut = run("2026-07-02").counts["held"]
    assert (cut["down"], cut["listed"], cut["digest"]) == (7, 4, whole["digest"])


def test_the_administrators_are_told_and_the_subject_has_no_figure(held_run, administrator):
    notice = Notification.objects.get(code="run_held")
    assert notice.recipient == administrator
    assert notice.data == {"date": "2026-07-02", "down": 6, "up": 0}


def test_a_held_night_is_no_late_night_and_every_page_can_say_so(held_run):
    status = night_status(now=at_night(day("2026-07-02")))
    assert status is not None
    assert (status.held, str(status.business_date)) == (held_run.pk, "2026-06-02")


def test_it_blocks_nothing_the_next_night_evaluates_again(held_run, customers):
    nightly.ensure_runs(now=at_night(day("2026-07-03")))
    assert jobs.open_jobs(now=JULY).get().business_date == day("2026-07-03")
    assert run("2026-07-03").state == JobRun.State.HELD
    june(customers[:6])
    assert run("2026-07-04").state == JobRun.State.DONE
    assert tiers() == ["T1"] * SIZE
    status = night_status(now=at_night(day("2026-07-04")))
    assert status is not None
    assert status.held is None


def test_a_confirmed_run_takes_effect_and_it_is_known_who_confirmed_it(held_run, administrator):
    done = accepted(held_run, administrator)
    assert (done.state, done.key) == (JobRun.State.DONE, "2026-07-02/2")
    assert tiers().count("T2") == 6
    assert done.counts["accepted"]["stops"][0]["code"] == "many_down"
    event = AuditEvent.objects.get(code="held_run_accepted")
    assert (event.actor, event.subject_id) == (administrator, held_run.pk)


def test_what_was_confirmed_holds_for_exactly_these_customers(held_run, customers, administrator):
    june(customers[:1])
    retire(RevenueEntry.objects.filter(customer=customers[9], date=day("2026-06-15")))
    again = accepted(held_run, administrator)
    assert again.state == JobRun.State.HELD
    assert again.counts["held"]["is_changed"]
    assert tiers() == ["T1"] * SIZE
    moved = [move.customer for move in HeldMove.objects.filter(job=again)]
    assert set(moved) == {*customers[1:6], customers[9]}

    assert accepted(again, administrator).state == JobRun.State.DONE
    assert tiers().count("T2") == 6


def test_a_corrected_ledger_needs_no_confirmation(held_run, customers, administrator):
    june(customers[:6])
    assert accepted(held_run, administrator).state == JobRun.State.DONE
    assert tiers() == ["T1"] * SIZE


def test_a_month_accepted_once_is_not_asked_about_again(customers, administrator):
    rules(administrator, ONLY_MONTHS)
    june(customers[:14])
    accepted(run("2026-07-02"), administrator)
    assert tiers().count("T2") == 16
    june(customers[14:15])  # a late entry: still a thin month, and something to write
    assert run("2026-07-03").state == JobRun.State.DONE
    retire(RevenueEntry.objects.filter(customer__in=customers[:2], date=day("2026-06-15")))
    assert run("2026-07-04").state == JobRun.State.HELD  # thinner than what was accepted


def test_only_who_may_run_the_night_confirms(held_run, executive):
    with pytest.raises(Forbidden):
        actions.accept_held(run=held_run, by=executive, now=JULY)


def test_a_run_that_is_not_held_or_no_longer_the_last_cannot_be_confirmed(
    held_run, customers, administrator
):
    later = run("2026-07-03")
    with pytest.raises(Refused, match="後の計算"):
        actions.accept_held(run=held_run, by=administrator, now=at_night(day("2026-07-03")))
    done = accepted(later, administrator, now=at_night(day("2026-07-03")))
    with pytest.raises(Refused, match="確認待ちではありません"):
        actions.accept_held(run=done, by=administrator, now=at_night(day("2026-07-03")))


def test_confirming_twice_makes_one_run(held_run, administrator):
    actions.accept_held(run=held_run, by=administrator, now=JULY)
    with pytest.raises(Refused, match="計算の途中"):
        actions.accept_held(run=held_run, by=administrator, now=JULY)
    assert JobRun.objects.filter(state="queued").count() == 1


def test_a_replay_is_held_and_confirmed_as_a_whole(customers, administrator):
    rules(administrator, ONLY_MOVERS)
    june(customers)
    run("2026-07-02")
    retire(RevenueEntry.objects.filter(customer__in=customers[:6], date=day("2026-05-15")))
    before = everything()
    replay = actions.request_replay(
        first=day("2026-06-02"), last=day("2026-07-02"), by=administrator, now=JULY
    )
    job = jobs.run(replay.pk, now=JULY)
    assert job is not None
    assert job.state == JobRun.State.HELD
    assert everything() == before
    assert job.counts["held"]["down"] == 6  # not twice, for two dates

    done = accepted(job, administrator)
    assert (done.state, done.counts["evaluations"]) == (JobRun.State.DONE, 2)
    assert tiers().count("T2") == 6


def test_what_is_worked_out_ahead_is_nobodys_move(customers, administrator):
    rules(administrator, BREAKER)
    job = run("2026-09-01", now=at_night(day("2026-06-20")))
    assert job.state == JobRun.State.DONE
    assert tiers() == ["T1"] * SIZE


def test_with_unchanged_data_there_is_nothing_to_hold(customers, administrator):
    rules(administrator, BREAKER)
    june(customers)
    run("2026-07-02")
    assert run("2026-07-03").counts["written"] == 0


@pytest.mark.parametrize(("further", "state"), [(5, "done"), (6, "held")])
def test_who_was_listed_in_the_preview_of_the_rules_is_not_counted(
    customers, administrator, further, state
):
    """As long as they move to where it said: `further` fall to the tier below that one."""
    rules(administrator, ONLY_MOVERS)
    june(customers)
    stricter = [{"code": "T1", "enter": 1300, "keep": 1300}, *TIERS[1:]]
    published(
        some_rules(tiers=stricter, breaker=ONLY_MOVERS),
        by=administrator,
        since="2026-07-01",
        now=at_night(day("2026-06-20")),
    )
    retire(
        RevenueEntry.objects.filter(customer__in=customers[:further], date__lt=day("2026-04-01"))
    )
    job = run("2026-07-02")
    assert job.state == state
    if state == "held":
        assert job.counts["held"]["stops"] == [
            {"code": "many_down", "down": 6, "allowed": 5, "customers": SIZE, "foreseen": 24}
        ]
    else:
        assert tiers().count("T2") == SIZE - further


def test_held_sentences_carry_the_numbers(held_run):
    words = held.HeldRun(held_run).sentences(unit=None)
    assert words == ["30社のうち6社のランクが下がります（確認なしで進めるのは5社まで）。"]
