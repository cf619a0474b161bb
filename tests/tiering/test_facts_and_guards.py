"""What is off unless a version asks for it: guards, first months, weights, tenure, groups."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, CustomerSnapshot
from firm.models import User
from tests.examples import examples
from tests.factories import a_customer, an_activity, an_entry
from tests.tiering.beside import an_agreement
from tests.tiering.evaluations import a_replay, at_night, day, exported, published, some_rules
from tiering import actions, rule_file
from tiering.engine import fold, judge
from tiering.engine.customer_facts import of_customer
from tiering.models import Evaluation, RuleSet, Standing, TierChange

pytestmark = pytest.mark.django_db

FIRST, LAST = "2026-01-01", "2026-06-01"
MONTHS = [f"2026-0{month}-01" for month in range(1, 7)]
DAYS = [day("2025-12-31"), *(day(f"2026-0{month}-28") for month in range(1, 6))]
TIERS = [{"code": "S", "enter": 100, "keep": 90}, {"code": "A", "enter": 50}, {"code": "C"}]
MARGIN = {"guards": [{"fact": "margin", "enter": 10, "keep": 8}]}
NOW = at_night(day(LAST))


@pytest.fixture
def evaluate(administrator: User):
    """Publish these rules, over one month unless they say otherwise, and evaluate six months."""

    def evaluated(**rules: Any) -> RuleSet:
        data = some_rules(**{"tiers": TIERS, "window_months": 1} | rules)
        rule_set = published(data, by=administrator, since=FIRST, now=NOW)
        a_replay(FIRST, LAST, now=NOW)
        return rule_set

    return evaluated


def told(code: str, column: str = "earned_tier") -> list[str]:
    rows = [exported(month)[code] for month in MONTHS]
    return [f"{row[column]} {row['reason']}" for row in rows]


def revenues(code: str) -> list[Decimal]:
    return [exported(month)[code]["trailing_revenue"] for month in MONTHS]


def monthly(customer: Customer, costs: list[Any], *, amount: int = 100) -> None:
    """The same revenue every month, at these costs."""
    for date, cost in zip(DAYS, costs, strict=False):
        an_entry(customer, date, amount, cost=Decimal(cost))


def test_a_margin_enters_at_its_bound_is_kept_at_the_lower_one_and_lost_below_it(evaluate):
    monthly(a_customer(code="K1"), ["90.0001", 90, "91.9999", 92, "92.0001", 90])
    evaluate(**MARGIN)
    assert told("K1") == [
        "A initial",
        "S upgraded",
        "S kept_by_keep_bound",
        "S kept_by_keep_bound",
        "A downgraded",
        "S upgraded",
    ]


def test_the_raw_tier_is_that_of_the_criteria_alone(evaluate):
    monthly(a_customer(code="K1"), [100] * 6)
    evaluate(**MARGIN)
    assert told("K1", "raw_tier") == ["S initial", *["S unchanged"] * 5]
    assert told("K1") == ["A initial", *["A unchanged"] * 5]


def test_a_lost_margin_has_its_grace_period(evaluate):
    monthly(a_customer(code="K1"), [80, 95, 95, 95, 95, 95])
    evaluate(grace_evaluations=3, **MARGIN)
    assert [reason.split()[1] for reason in told("K1")] == [
        "initial",
        "grace",
        "grace",
        "downgraded",
        "unchanged",
        "unchanged",
    ]


def test_logged_work_lowers_the_margin(evaluate, administrator: User):
    customer = a_customer(code="K1")
    monthly(customer, [0])
    an_activity(customer, day("2025-12-15"), staff=administrator, cost=Decimal("90.0001"))
    evaluate(**MARGIN)
    assert told("K1")[0] == "A initial"


def test_the_explanation_names_the_guard_with_its_value_and_bounds(evaluate):
    monthly(a_customer(code="K1"), ["91.5"])
    evaluate(**MARGIN)
    guards = TierChange.objects.earliest("as_of").explanation["guards"]
    assert [
        {key: guard[key] for key in ("fact", "cap", "enters", "keeps")} for guard in guards
    ] == [{"fact": "margin", "cap": "A", "enters": False, "keeps": True}]
    assert [Decimal(guards[0][key]) for key in ("value", "enter", "keep")] == [
        Decimal("8.5"),
        10,
        8,
    ]


between = st.integers(900_001, 920_000).map(lambda number: Decimal(number) / 10_000)


@settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(costs=st.lists(between, min_size=5, max_size=5), start=st.sampled_from([80, 95]))
def test_a_margin_that_swings_between_its_bounds_moves_nobody(
    evaluate, costs: list[Decimal], start: int
):
    with transaction.atomic():
        monthly(a_customer(code="K1"), [start, *costs])
        evaluate(**MARGIN)
        assert {row.split()[0] for row in told("K1")} == {"S" if start == 80 else "A"}
        transaction.set_rollback(True)


def test_first_months_are_provisional_then_projected_then_counted_plainly(evaluate):
    customer = a_customer(code="K1", started_on=day("2025-12-10"))
    monthly(customer, [0] * 6, amount=10)
    an_entry(customer, day("2026-02-10"), 7, kind="one_off")
    evaluate(window_months=4, cold_start={"months": 2})
    assert [reason.split()[1] for reason in told("K1")] == [
        "provisional",
        "provisional",
        "initial",
        *["unchanged"] * 3,
    ]
    # 10 x 4/1; 20 x 4/2; 30 x 4/3 + 7; then the last four months.
    assert revenues("K1") == [40, 40, 47, 47, 47, 47]


def test_a_projected_revenue_says_so_and_the_provisional_one_leaves_one_offs_out(evaluate):
    customer = a_customer(code="K1", started_on=day("2025-12-01"))
    an_entry(customer, day("2025-12-20"), 10)
    an_entry(customer, day("2025-12-21"), 500, kind="one_off")
    evaluate(window_months=12, cold_start={"months": 3}, one_off_weight=Decimal("0.5"))
    stored = [change.explanation for change in TierChange.objects.order_by("as_of")[:3]]
    assert [(one["basis"], one["months"]) for one in stored] == [
        ("provisional", 1),
        ("provisional", 2),
        ("annualised", 3),
    ]
    assert revenues("K1")[:3] == [120, 60, 290]


def test_in_the_first_months_a_contract_says_more_than_the_ledger(evaluate):
    customer = a_customer(code="K1", started_on=day("2025-12-01"))
    an_agreement(customer, day("2025-12-01"), None, "maintenance", 240)
    an_entry(customer, day("2025-12-20"), 10)
    evaluate(window_months=6, cold_start={"months": 2})
    # Half of the contract's year, twice; then 10 x 6/2 as of every month that has begun.
    assert revenues("K1")[:2] == [120, 30]
    stored = TierChange.objects.earliest("as_of").explanation
    assert stored["basis"] == "provisional"
    assert "months" not in stored


def test_a_contract_of_no_stated_worth_leaves_the_first_months_to_the_ledger(evaluate):
    customer = a_customer(code="K1", started_on=day("2025-12-01"))
    an_agreement(customer, day("2025-12-01"), None, "maintenance", 0)
    an_entry(customer, day("2025-12-20"), 10)
    evaluate(window_months=6, cold_start={"months": 2})
    assert revenues("K1")[0] == 60


def test_whoever_has_no_start_noted_is_evaluated_plainly(evaluate):
    monthly(a_customer(code="K1"), [0] * 6)
    evaluate(cold_start={"months": 1})
    assert told("K1")[0] == "S initial"


def test_nights_still_to_come_go_by_the_same_rules(administrator: User):
    customer = a_customer(code="K1", started_on=day("2025-12-01"))
    an_entry(customer, DAYS[0], 100, cost=95)
    rules = some_rules(tiers=TIERS, cold_start={"months": 2}, one_off_weight=0, **MARGIN)
    early = at_night(day("2026-01-15"))
    published(rules, by=administrator, since=FIRST, now=early)
    a_replay(FIRST, "2026-03-01", now=early)
    rows = [exported(month)["K1"] for month in MONTHS[:3]]
    assert [(row["earned_tier"], row["reason"]) for row in rows] == [
        ("S", "provisional"),
        ("A", "initial"),
        ("A", "unchanged"),
    ]
    ahead = TierChange.objects.filter(evaluation__is_ahead=True).earliest("as_of").explanation
    assert (ahead["basis"], ahead["months"], ahead["guards"][0]["enters"]) == (
        "annualised",
        2,
        False,
    )


def test_one_off_revenue_counts_by_its_weight(evaluate):
    customer = a_customer(code="K1")
    an_entry(customer, DAYS[0], 40)
    an_entry(customer, DAYS[0], 120, kind="one_off")
    evaluate(one_off_weight=Decimal("0.0833"))
    assert revenues("K1")[0] == Decimal("49.996")
    assert told("K1")[0] == "C initial"


def test_the_dormant_stand_outside_of_the_total_of_the_shares(evaluate):
    shares = [{"code": "S", "enter": 50}, {"code": "C"}]
    an_entry(a_customer(code="gone"), day("2025-08-15"), 100)
    for code in ("a", "b"):
        an_entry(a_customer(code=code), DAYS[0], 60 if code == "a" else 40)
    evaluate(method="share", tiers=shares, window_months=12, dormant_after_months=3)
    rows = exported(FIRST)
    # Of 100 the 60 pass the half alone; of 200 the 40 would not.
    assert {code: rows[code]["raw_tier"] for code in ("a", "b")} == {"a": "S", "b": "C"}
    assert Standing.objects.get(customer__code="gone").is_dormant
    assert Evaluation.objects.earliest("as_of").counts["total"] == "100.0000"


def test_a_silent_customer_with_a_contract_is_not_dormant(evaluate):
    kept, ended = a_customer(code="kept"), a_customer(code="ended")
    an_agreement(kept, day("2025-01-01"), None, "maintenance", 0)
    an_agreement(ended, day("2025-01-01"), day("2025-12-31"), "maintenance", 0)
    for customer in (kept, ended):
        an_entry(customer, day("2025-08-15"), 100)
    evaluate(window_months=12, dormant_after_months=3)
    dormant = Standing.objects.filter(is_dormant=True)
    assert [standing.customer.code for standing in dormant] == ["ended"]


def test_nobody_falls_before_the_minimum_tenure_is_over(evaluate):
    monthly(a_customer(code="K1"), [0] * 2)
    for date in DAYS[2:]:
        an_entry(Customer.objects.get(code="K1"), date, 60)
    evaluate(minimum_tenure_days=90)
    # Entered on 1 January: 1 March is the 59th day, 1 April the 90th.
    assert told("K1") == [
        "S initial",
        "S unchanged",
        "S minimum_tenure",
        "A downgraded",
        "A unchanged",
        "A unchanged",
    ]


def test_a_group_is_judged_together_and_counts_once(evaluate):
    shares = [{"code": "S", "enter": 50}, {"code": "C"}]
    head = a_customer(code="head")
    branch = a_customer(code="branch", parent=head)
    a_customer(code="idle", parent=branch)
    other = a_customer(code="other")
    for customer, amount in ((head, 30), (branch, 40), (other, 65)):
        an_entry(customer, DAYS[0], amount)
    evaluate(method="share", tiers=shares, window_months=12, rolls_up=True)
    rows = exported(FIRST)
    assert {code: row["raw_tier"] for code, row in rows.items()} == {
        "head": "S",
        "branch": "S",
        "idle": "S",
        "other": "C",
    }
    assert {row["trailing_revenue"] for code, row in rows.items() if code != "other"} == {70}
    # Lists and sums go on showing what each brings by itself.
    shown = dict(CustomerSnapshot.objects.values_list("code", "trailing_revenue"))
    assert shown == {"head": 30, "branch": 40, "idle": 0, "other": 65}
    assert Decimal(Evaluation.objects.earliest("as_of").counts["total"]) == 135


def test_the_facts_of_one_customer_are_those_of_the_night(evaluate, administrator: User):
    head = a_customer(code="head", started_on=day("2025-12-10"))
    branch = a_customer(code="branch", started_on=day("2026-02-10"), parent=head)
    monthly(head, [10] * 6)
    an_entry(branch, day("2026-03-03"), 33, kind="one_off", cost=3)
    an_activity(branch, day("2026-03-03"), staff=administrator, cost=7)
    evaluate(
        window_months=9,
        cold_start={"months": 2},
        one_off_weight=Decimal("0.5"),
        rolls_up=True,
        **MARGIN,
    )
    facts = of_customer(branch.pk, Evaluation.objects.latest("pk"))
    standing = Standing.objects.get(customer=branch)
    assert (facts.revenue, facts.own_revenue) == (standing.group_revenue, standing.trailing_revenue)
    # 600 x 9/6 + 33/2, of which 33/2 are the branch's.
    assert (facts.revenue, facts.own_revenue) == (Decimal("916.5"), Decimal("16.5"))
    assert (facts.booked, facts.one_off, facts.expenses, facts.cost) == (633, 33, 63, 7)
    assert (facts.basis, facts.months, facts.members) == ("annualised", 6, 2)
    assert facts.margin == 100 * Decimal(563) / 633


BY_AMOUNT = [{"code": "S", "enter": 60, "keep": 55}, {"code": "A", "enter": 30}, {"code": "C"}]
BY_SHARE = [{"code": "S", "enter": 40, "keep": 60}, {"code": "A", "enter": 80}, {"code": "C"}]


@pytest.mark.parametrize(("method", "tiers"), [("threshold", BY_AMOUNT), ("share", BY_SHARE)])
def test_facts_that_are_stored_decide_as_the_ledgers_do(
    evaluate, administrator: User, method: str, tiers: list[dict[str, Any]]
):
    for number, amount in enumerate([120, 100, 95, 60, 50, 30, 10, 0]):
        customer = a_customer(started_on=DAYS[0] - datetime.timedelta(days=40 * number))
        an_entry(customer, DAYS[5], amount, cost=Decimal(amount) * number / 10)
        an_entry(customer, DAYS[4], 20, kind="one_off")
        an_activity(customer, DAYS[5], staff=administrator, cost=5)
    facts = {
        "window_months": 9,
        "cold_start": {"months": 3},
        "one_off_weight": Decimal("0.5"),
        "dormant_after_months": 2,
    }
    evaluate(**facts, **MARGIN)
    guards = [{"fact": "margin", "enter": 60, "keep": 30}]
    rules = some_rules(method=method, tiers=tiers, minimum_tenure_days=30, guards=guards, **facts)
    draft = actions.create_draft(rules=rule_file.parse(rules), by=administrator, now=NOW)
    assert judge.facts_are_stored(draft, Evaluation.objects.latest("pk"))
    found = [changed(draft, stored=stored) for stored in (False, True)]
    assert found[0] == found[1]
    assert found[0]


def changed(draft: RuleSet, *, stored: bool) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        judge.judge(cursor, rules=draft, as_of=day(LAST), state=fold.STANDING, stored=stored)
        cursor.execute("SELECT * FROM changed ORDER BY customer_id")
        return cursor.fetchall()


@pytest.mark.parametrize(
    "other",
    [
        {"window_months": 2},
        {"window_end": "to_date"},
        {"one_off_weight": Decimal("0.5")},
        {"cold_start": {"months": 1}},
        {"dormant_after_months": 13},
        {"rolls_up": True},
        MARGIN,
    ],
)
def test_facts_are_not_stored_where_a_draft_reads_others(
    evaluate, administrator: User, other: dict[str, Any]
):
    rules = evaluate()
    evaluation = Evaluation.objects.latest("pk")
    data = some_rules(**{"tiers": TIERS, "window_months": 1} | other)
    draft = actions.create_draft(rules=rule_file.parse(data), by=administrator, now=NOW)
    assert judge.facts_are_stored(rules, evaluation)
    assert not judge.facts_are_stored(draft, evaluation)
    Evaluation.objects.filter(pk=evaluation.pk).update(engine_version="1")
    evaluation.refresh_from_db()
    assert not judge.facts_are_stored(rules, evaluation)
