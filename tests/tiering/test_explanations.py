"""Why a customer has its tier, in codes and numbers."""

from decimal import Decimal

import pytest

from customers.models import Customer
from firm.models import User
from tests.factories import a_customer, an_entry
from tests.tiering.evaluations import a_night, at_night, day, published, some_rules
from tiering.explanations import Explanation, explain
from tiering.models import TierChange

pytestmark = pytest.mark.django_db

TIERS = [
    {"code": "S", "enter": 1000, "keep": 900},
    {"code": "A", "enter": 500, "keep": 450},
    {"code": "C"},
]


@pytest.fixture(autouse=True)
def rules(administrator: User):
    rules = some_rules(tiers=TIERS, grace_evaluations=3, window_months=1)
    return published(rules, by=administrator, since="2026-01-01", now=at_night(day("2026-07-01")))


@pytest.fixture
def customer(db: None) -> Customer:
    return a_customer(code="K1")


def explained(customer: Customer, on: str) -> Explanation:
    explanation = explain(customer.pk, on=day(on))
    assert explanation is not None
    return explanation


def test_it_says_which_bounds_were_met_in_which_window(customer: Customer):
    an_entry(customer, day("2026-05-31"), 700)
    a_night("2026-06-02")
    why = explained(customer, "2026-06-20")
    assert (why.start, why.end) == (day("2026-05-01"), day("2026-06-01"))
    assert why.trailing_revenue == 700
    assert [(one.tier.code, one.enter, one.keep, one.passed) for one in why.criteria] == [
        ("S", 1000, 900, False),
        ("A", 500, 450, True),
        ("C", None, None, False),
    ]
    assert (why.earned_tier.code, why.raw_tier.code, why.reason) == ("A", "A", "initial")


def test_it_says_how_far_it_is_up_and_down_and_until_when(customer: Customer):
    an_entry(customer, day("2026-05-31"), 700)
    a_night("2026-06-02")
    why = explained(customer, "2026-06-20")
    assert why.up is not None
    assert (why.up.tier.code, why.up.amount, why.up.by) == ("S", 300, day("2026-06-30"))
    assert why.down is not None
    assert (why.down.tier.code, why.down.amount) == ("C", 250)


def test_in_the_grace_period_it_says_what_is_missing_to_stay(customer: Customer):
    an_entry(customer, day("2026-05-31"), 1000)
    an_entry(customer, day("2026-06-15"), 600)
    a_night("2026-06-02")
    a_night("2026-07-02")
    why = explained(customer, "2026-07-02")
    assert (why.reason, why.grace, why.below_since) == ("grace", (1, 3), day("2026-07-01"))
    assert why.up is None
    assert why.down is not None
    assert (why.down.tier.code, why.down.amount) == ("A", -300)


def test_a_past_day_is_explained_as_it_was_in_the_books(customer: Customer):
    an_entry(customer, day("2026-05-31"), 700)
    a_night("2026-06-02")
    an_entry(customer, day("2026-05-30"), 400)
    a_night("2026-06-10")
    assert explained(customer, "2026-06-09").trailing_revenue == 700
    assert explained(customer, "2026-06-10").trailing_revenue == 1100


def test_before_the_first_evaluation_there_is_nothing_to_explain(customer: Customer):
    a_night("2026-06-02")
    assert explain(customer.pk, on=day("2026-06-01")) is None


def test_the_numbers_are_stored_with_what_changed(customer: Customer):
    an_entry(customer, day("2026-05-31"), 700)
    an_entry(customer, day("2026-06-15"), 1100)
    a_night("2026-06-02")
    a_night("2026-07-02")
    first, second = TierChange.objects.order_by("as_of")
    assert {key: Decimal(value) for key, value in first.explanation.items()} == {
        "up": 300,
        "down": 250,
    }
    assert second.explanation["before"] == "A"
    assert Decimal(second.explanation["down"]) == 200


def test_the_share_method_explains_with_the_cuts_of_that_night(administrator: User):
    tiers = [{"code": "S", "enter": 50}, {"code": "C"}]
    published(
        some_rules(method="share", tiers=tiers),
        by=administrator,
        since="2026-07-02",
        now=at_night(day("2026-07-02")),
    )
    large, small = a_customer(), a_customer()
    an_entry(large, day("2026-06-01"), 80)
    an_entry(small, day("2026-06-01"), 20)
    a_night("2026-07-02")
    why = explained(small, "2026-07-02")
    assert why.criteria[0].enter == 80
    assert why.up is not None
    assert why.up.amount == 60
