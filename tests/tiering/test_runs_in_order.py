"""Runs go in order of their evaluation date; what is recorded is superseded, never changed."""

import datetime
from decimal import Decimal

import pytest

from customers.models import CustomerSnapshot, Import
from firm import jobs
from firm.models import JobRun, User
from firm.refusals import Refused
from tests.factories import a_closed_month, a_customer, an_entry, an_import
from tests.tiering.evaluations import (
    a_night,
    a_replay,
    at_night,
    correct,
    day,
    exported,
    published,
    some_rules,
)
from tiering import plan, standings
from tiering.models import Evaluation, Standing, TierChange

pytestmark = pytest.mark.django_db

NOW = at_night(day("2026-07-15"))


@pytest.fixture(autouse=True)
def rules(administrator: User):
    return published(some_rules(), by=administrator, since="2025-01-01", now=NOW)


def evaluated() -> list[str]:
    return [str(date) for date in Evaluation.objects.order_by("pk").values_list("as_of", flat=True)]


def tier_of(code: str, on: str) -> str:
    held = standings.standing_on(Standing.objects.get(customer__code=code).customer_id, on=day(on))
    assert held is not None
    return held.earned_tier.code


def test_the_first_run_is_the_first_evaluation():
    a_customer()
    a_night("2026-03-10")
    assert evaluated() == ["2026-03-01"]


def test_a_run_first_evaluates_the_dates_missing_before_it():
    a_customer()
    a_night("2026-03-10")
    a_night("2026-06-05")
    assert evaluated() == ["2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01"]
    nights = Evaluation.objects.order_by("pk").values_list("business_date", flat=True)
    assert [str(date) for date in nights][1:] == ["2026-04-01", "2026-05-01", "2026-06-05"]


def test_a_date_before_the_latest_evaluated_one_is_refused_with_the_way_out():
    a_customer()
    a_night("2026-06-05")
    with pytest.raises(Refused, match=r"2026-05-01.*2026-06-01.*--replay-from 2026-05-20"):
        plan.check_can_run(date=day("2026-05-20"), book=plan.open_book(today=day("2026-06-05")))


def test_nothing_is_evaluated_before_there_are_rules():
    with pytest.raises(Refused, match="2024-12-31"):
        plan.check_can_run(date=day("2024-12-31"), book=plan.open_book(today=day("2026-06-05")))


def test_a_second_run_with_unchanged_data_writes_nothing():
    an_entry(a_customer(code="K1"), day("2026-01-15"), 600)
    a_night("2026-06-05")
    before = list(Standing.objects.values()), list(TierChange.objects.values())
    again = a_night("2026-06-05")
    assert again.counts["written"] == 0
    assert before == (list(Standing.objects.values()), list(TierChange.objects.values()))
    assert evaluated() == ["2026-06-01"]
    assert again.key == "2026-06-05/2"


def test_a_late_invoice_undoes_the_downgrade_it_would_have_prevented():
    customer = a_customer(code="K1")
    an_entry(customer, day("2025-05-15"), 600)
    a_night("2026-05-02")
    a_night("2026-06-02")
    assert exported("2026-06-01")["K1"]["reason"] == "nonpositive"
    an_entry(customer, day("2026-05-20"), 550)

    a_night("2026-06-03")

    assert exported("2026-06-01")["K1"] == {
        "customer_code": "K1",
        "as_of": day("2026-06-01"),
        "tier": "T1",
        "earned_tier": "T1",
        "raw_tier": "T1",
        "trailing_revenue": Decimal(550),
        "reason": "unchanged",
    }
    assert tier_of("K1", "2026-06-02") == "T3"  # in the books that day
    assert tier_of("K1", "2026-06-03") == "T1"
    assert Evaluation.objects.get(business_date="2026-06-03").supersedes == Evaluation.objects.get(
        business_date="2026-06-02"
    )


def test_an_export_shows_the_ledger_as_its_evaluation_saw_it():
    customer = a_customer(code="K1")
    entry = an_entry(customer, day("2026-04-15"), 600)
    a_night("2026-05-02")
    correct(entry, amount=50)
    a_night("2026-06-02")
    assert exported("2026-05-01")["K1"]["trailing_revenue"] == 600
    assert exported("2026-06-01")["K1"]["trailing_revenue"] == 50


def test_what_an_evaluation_saw_goes_by_the_order_of_applying_not_of_uploading():
    customer = a_customer(code="K1")
    uploaded_first = Import.objects.create(kind="revenue", created_at=NOW)
    an_entry(customer, day("2026-04-15"), 600, import_ref=an_import())
    a_night("2026-05-02")
    uploaded_first.applied_no = Import.objects.next_applied_no()
    uploaded_first.save()
    an_entry(customer, day("2026-04-16"), 1, import_ref=uploaded_first)
    assert exported("2026-05-01")["K1"]["trailing_revenue"] == 600


def test_a_date_that_was_not_evaluated_is_not_exported():
    a_night("2026-05-02")
    with pytest.raises(Refused, match="2026-04-01"):
        exported("2026-04-01")


def test_a_replay_supersedes_a_date_and_all_after_it_and_no_day_before_it_was_made():
    customer = a_customer(code="K1")
    an_entry(customer, day("2026-02-15"), 150)
    for month in (3, 4, 5, 6):
        a_night(datetime.date(2026, month, 2))
    an_entry(customer, day("2026-02-20"), 400)
    a_replay("2026-04-02", "2026-04-02", now=at_night(day("2026-06-10")))

    replayed = Evaluation.objects.filter(is_replay=True).order_by("pk")
    assert [str(one.as_of) for one in replayed] == ["2026-04-01", "2026-05-01", "2026-06-01"]
    assert {str(one.known_from) for one in replayed} == {"2026-06-10"}
    assert exported("2026-03-01")["K1"]["tier"] == "T2"
    assert exported("2026-04-01")["K1"]["tier"] == "T1"
    assert tier_of("K1", "2026-04-15") == "T2"
    assert tier_of("K1", "2026-06-09") == "T2"
    assert tier_of("K1", "2026-06-10") == "T1"
    held = standings.standing_as_known_today(customer.pk, on=day("2026-04-15"))
    assert held is not None
    assert held.earned_tier.code == "T1"
    assert CustomerSnapshot.objects.get().tier_rank == 1


def test_a_night_of_a_day_already_overtaken_counts_from_the_day_it_is_made():
    customer = a_customer(code="K1")
    an_entry(customer, day("2026-05-15"), 150)
    a_night("2026-06-02")
    a_night("2026-06-20")
    an_entry(customer, day("2026-05-16"), 400)
    a_night("2026-06-10", now=at_night(day("2026-06-25")))
    assert tier_of("K1", "2026-06-24") == "T2"
    assert tier_of("K1", "2026-06-25") == "T1"


def test_a_night_of_former_rules_is_refused_with_that_reason(administrator: User):
    """Its evaluation date is the later night's: it lies before nothing."""
    a_customer()
    a_night("2026-06-02")
    newer, night = some_rules(name="newer"), at_night(day("2026-06-20"))
    published(newer, by=administrator, since="2026-06-20", now=night)
    a_night("2026-06-20")
    book = plan.open_book(today=day("2026-06-25"))
    with pytest.raises(plan.NothingToEvaluate) as refused:
        plan.check_can_run(date=day("2026-06-10"), book=book)
    assert refused.value.error["code"] == "night_of_former_rules"
    plan.check_can_run(date=day("2026-06-21"), book=book)


def test_what_is_worked_out_ahead_is_nobodys_standing(administrator: User):
    customer = a_customer(code="K1")
    an_entry(customer, day("2025-08-15"), 600)
    a_night("2026-07-15")
    a_night("2026-10-01", now=NOW)

    assert exported("2026-09-01")["K1"]["tier"] == "T3"
    assert Standing.objects.get().earned_tier.code == "T1"
    assert CustomerSnapshot.objects.get().tier_rank == 1
    assert tier_of("K1", "2026-12-31") == "T1"
    assert standings.history(customer.pk).count() == 1
    latest = standings.evaluation_on(day("2026-12-31"))
    assert latest is not None
    assert latest.as_of == day("2026-07-01")


def test_looking_ahead_twice_writes_nothing_and_the_real_night_supersedes_it():
    customer = a_customer(code="K1")
    an_entry(customer, day("2025-08-15"), 600)
    a_night("2026-07-15")
    a_night("2026-09-01", now=NOW)
    assert a_night("2026-09-01", now=NOW).counts["written"] == 0
    an_entry(customer, day("2026-08-15"), 700)

    a_night("2026-09-01")

    assert exported("2026-09-01")["K1"]["tier"] == "T1"
    assert [str(one.as_of) for one in Evaluation.objects.real().order_by("pk")] == [
        "2026-07-01",
        "2026-08-01",
        "2026-09-01",
    ]


def test_months_closed_by_hand_only_hold_the_evaluation_back(administrator: User):
    rules = some_rules(month_close="closed")
    published(rules, by=administrator, since="2026-07-15", now=NOW)
    a_customer()
    with pytest.raises(Refused, match="2026-07-20"):
        plan.check_can_run(date=day("2026-07-20"), book=plan.open_book(today=day("2026-07-20")))
    a_closed_month(day("2026-05-01"), by=administrator, now=NOW)
    a_night("2026-07-20")
    assert evaluated() == ["2026-06-01"]


@pytest.mark.parametrize(
    ("date", "as_of"),
    [("2026-07-09", "2026-06-01"), ("2026-07-10", "2026-07-01"), ("2026-07-31", "2026-07-01")],
)
def test_a_month_closes_by_itself_on_the_tenth(administrator: User, date: str, as_of: str):
    rules = some_rules(month_close="closed_or_day_10")
    published(rules, by=administrator, since="2026-07-01", now=at_night(day("2026-07-01")))
    book = plan.open_book(today=day("2026-07-31"))
    assert book.as_of_on(day(date)) == day(as_of)


def test_a_customer_whose_tier_the_new_rules_do_not_have_is_evaluated_as_first(
    administrator: User,
):
    for code, amount in (("K1", 600), ("K2", 150)):
        an_entry(a_customer(code=code), day("2026-05-15"), amount)
    a_night("2026-06-02")
    tiers = [{"code": "T1", "enter": 500}, {"code": "NEW", "enter": 100}, {"code": "T3"}]
    published(some_rules(tiers=tiers), by=administrator, since="2026-07-15", now=NOW)
    a_night("2026-07-15")
    rows = exported("2026-07-01")
    assert (rows["K1"]["tier"], rows["K1"]["reason"]) == ("T1", "unchanged")
    assert (rows["K2"]["tier"], rows["K2"]["reason"]) == ("NEW", "initial")


def test_rules_published_during_a_run_do_not_enter_into_it(
    administrator: User, rules, monkeypatch: pytest.MonkeyPatch
):
    an_entry(a_customer(code="K1"), day("2026-05-15"), 600)
    lock = plan.open_book

    def publish_first(**values):
        monkeypatch.setattr(plan, "open_book", lock)
        published(
            some_rules(tiers=[{"code": "X", "enter": 1}, {"code": "Y"}]),
            by=administrator,
            since="2026-07-15",
            now=NOW,
        )
        return lock(**values)

    monkeypatch.setattr(plan, "open_book", publish_first)
    a_night("2026-07-15", now=NOW)
    assert Evaluation.objects.get().rule_set == rules
    assert exported("2026-07-01")["K1"]["tier"] == "T1"
    a_night("2026-07-15", now=NOW)
    assert exported("2026-07-01")["K1"]["tier"] == "X"


def test_a_customer_whose_sum_nothing_can_hold_stops_nobody_else():
    broken, whole = a_customer(code="K1"), a_customer(code="K2")
    an_entry(whole, day("2026-04-15"), 600)
    an_entry(broken, day("2026-04-15"), 600)
    a_night("2026-05-02")
    for number in range(2):
        an_entry(broken, day("2026-05-15"), 999_999_999_999, document_no=f"B{number}")
    an_entry(whole, day("2026-05-16"), -550)

    a_night("2026-06-02")

    rows = exported("2026-06-01")
    assert rows["K2"]["reason"] == "downgraded"
    assert rows["K1"]["tier"] == "T1"
    failed = Evaluation.objects.get(as_of="2026-06-01").counts["failed"]
    assert failed == [{"customer": broken.pk, "code": "amount_out_of_range"}]


def test_a_run_that_nothing_can_be_evaluated_for_says_so_and_is_done(administrator: User):
    published(some_rules(month_close="closed"), by=administrator, since="2026-07-15", now=NOW)
    job = jobs.request_job(
        kind="nightly", key="2026-07-20", business_date=day("2026-07-20"), by=None, now=NOW
    )
    done = jobs.run(job.pk, now=at_night(day("2026-07-20")))
    assert done is not None
    assert (done.state, done.counts["skipped"]["code"]) == (JobRun.State.DONE, "no_month_closed")


def test_the_counts_are_those_of_every_customer():
    for code, amount in (("K1", 600), ("K2", 150), ("K3", 0), ("K4", -20)):
        customer = a_customer(code=code)
        if amount:
            an_entry(customer, day("2026-05-15"), amount)
    a_night("2026-06-02")
    counts = Evaluation.objects.get().counts
    assert {code: figures["customers"] for code, figures in counts["tiers"].items()} == {
        "T1": 1,
        "T2": 1,
        "T3": 2,
    }
    assert Decimal(counts["total"]) == 750
    assert (counts["customers"], counts["entries"], counts["first"]) == (4, 3, 4)
    assert sum(size for size, _sum, _rank in counts["concentration"]["groups"]) == 2
