"""The step of the fold, case by case; test_engine_properties has all the others."""

from typing import Any

import pytest

from firm.models import User
from tests.factories import a_customer, an_entry
from tests.tiering.evaluations import a_replay, at_night, day, exported, published, some_rules

pytestmark = pytest.mark.django_db

FIRST, LAST = "2026-01-01", "2026-06-01"
MONTHS = [f"2026-0{month}-01" for month in range(1, 7)]


@pytest.fixture
def tell(administrator: User):
    """`tell(rules, {code: [revenue in each month from December on]})`: the tier and reason of
    each evaluation, with a window of one month.
    """

    def told(rules: dict[str, Any], revenues: dict[str, list[Any]]) -> dict[str, list[str]]:
        now = at_night(day(LAST))
        published(some_rules(window_months=1, **rules), by=administrator, since=FIRST, now=now)
        days = ["2025-12-31", *(f"2026-0{month}-28" for month in range(1, 6))]
        for code, amounts in revenues.items():
            customer = a_customer(code=code)
            for date, amount in zip(days, amounts, strict=False):
                an_entry(customer, day(date), amount)
        a_replay(FIRST, LAST, now=now)
        months = MONTHS[: max(len(amounts) for amounts in revenues.values())]
        rows = [exported(month) for month in months]
        return {
            code: [f"{row[code]['earned_tier']} {row[code]['reason']}" for row in rows]
            for code in revenues
        }

    return told


THREE = [
    {"code": "S", "enter": 100, "keep": 90},
    {"code": "A", "enter": 50, "keep": 45},
    {"code": "C"},
]
SHARES = [{"code": "S", "enter": 50}, {"code": "A", "enter": 80}, {"code": "C"}]


def test_a_threshold_is_met_by_its_very_amount(tell):
    assert tell({"tiers": THREE}, {"at": ["100"], "below": ["99.9999"], "none": ["0"]}) == {
        "at": ["S initial"],
        "below": ["A initial"],
        "none": ["C initial"],
    }


def test_the_keep_bound_keeps_and_below_it_the_grace_period_runs(tell):
    amounts = [100, 90, "89.9999", 89, 89]
    assert tell({"tiers": THREE, "grace_evaluations": 3}, {"K1": amounts}) == {
        "K1": ["S initial", "S kept_by_keep_bound", "S grace", "S grace", "A downgraded"]
    }


def test_a_month_that_passes_begins_the_grace_period_anew(tell):
    amounts = [100, 60, 95, 60, 60]
    assert tell({"tiers": THREE, "grace_evaluations": 2}, {"K1": amounts}) == {
        "K1": ["S initial", "S grace", "S kept_by_keep_bound", "S grace", "A downgraded"]
    }


def test_an_upgrade_comes_at_once(tell):
    assert tell({"tiers": THREE}, {"K1": [10, 100]}) == {"K1": ["C initial", "S upgraded"]}


def test_without_a_grace_period_a_downgrade_comes_at_once(tell):
    assert tell({"tiers": THREE}, {"K1": [100, 60, 60]}) == {
        "K1": ["S initial", "A downgraded", "A unchanged"]
    }


def test_one_step_at_a_time(tell):
    rules = {"tiers": THREE, "drop": "one_step", "nonpositive": "with_grace"}
    assert tell(rules, {"K1": [100, -5, 0, 0]}) == {
        "K1": ["S initial", "A downgraded", "C downgraded", "C unchanged"]
    }


def test_no_revenue_goes_to_the_lowest_tier_at_once_or_with_the_grace_period(tell):
    rules = {"tiers": THREE, "grace_evaluations": 2}
    assert tell(rules, {"K1": [100, 0, 0]})["K1"][1] == "C nonpositive"


def test_no_revenue_can_have_the_grace_period(tell):
    rules = {"tiers": THREE, "grace_evaluations": 2, "nonpositive": "with_grace"}
    assert tell(rules, {"K1": [100, 0, 0]})["K1"] == ["S initial", "S grace", "C downgraded"]


def test_who_crosses_the_line_is_inside_and_who_starts_on_it_is_outside(tell):
    # Half of 100 is reached exactly by the first: the second starts on the line.
    assert tell({"method": "share", "tiers": SHARES}, {"a": [50], "b": [30], "c": [20]}) == {
        "a": ["S initial"],
        "b": ["A initial"],
        "c": ["C initial"],
    }


def test_who_starts_just_before_the_line_is_inside(tell):
    amounts = {"a": ["49.9999"], "b": ["30.0001"], "c": [20]}
    assert tell({"method": "share", "tiers": SHARES}, amounts) == {
        "a": ["S initial"],
        "b": ["S initial"],
        "c": ["C initial"],
    }


def test_equal_revenue_gives_the_equal_tier(tell):
    amounts = {"a": [40], "b": [20], "c": [20], "d": [20]}
    assert tell({"method": "share", "tiers": SHARES}, amounts) == {
        "a": ["S initial"],
        "b": ["S initial"],
        "c": ["S initial"],
        "d": ["S initial"],
    }


def test_credit_notes_do_not_shrink_the_total_of_the_shares(tell):
    amounts = {"a": [50], "b": [50], "credit": [-1000]}
    assert tell({"method": "share", "tiers": SHARES}, amounts)["b"] == ["S initial"]
    assert exported(FIRST)["credit"]["earned_tier"] == "C"


def test_nobody_has_revenue(tell):
    assert tell({"method": "share", "tiers": SHARES}, {"a": [0], "b": [-1]}) == {
        "a": ["C initial"],
        "b": ["C initial"],
    }
