"""A rule file is understood as a whole or refused with a sentence."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from firm.refusals import Refused
from tests.factories import NOW
from tests.tiering.evaluations import CHINOOK, some_rules
from tiering import actions, rule_file


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def tiers(*lines: dict[str, Any]) -> dict[str, Any]:
    return some_rules(tiers=list(lines))


def guarded(*guards: dict[str, Any]) -> dict[str, Any]:
    return some_rules(guards=list(guards))


@pytest.mark.parametrize("name", ["rules_threshold.json", "rules_share.json"])
def test_the_files_of_the_contract_are_understood(name: str):
    rules = rule_file.read((CHINOOK / name).read_bytes())
    assert [line.code for line in rules.tiers] == ["T1", "T2", "T3", "T4"]
    assert (rules.grace_evaluations, rules.month_close) == (2, "calendar")


def test_what_is_absent_is_off():
    rules = rule_file.parse(some_rules())
    assert (rules.window_months, rules.window_end) == (12, "closed_months")
    assert (rules.grace_evaluations, rules.drop) == (0, "to_raw")
    assert rules.tiers[0].keep == rules.tiers[0].enter == 500


def test_amounts_are_exact():
    content = json.dumps(some_rules()).replace("500", "4.5001").replace("100", "0.1")
    rules = rule_file.read(content.encode())
    assert [line.enter for line in rules.tiers] == [Decimal("4.5001"), Decimal("0.1"), None]


@pytest.mark.parametrize(
    "off",
    [
        {"guards": []},
        {"one_off_weight": 1.0},
        {"cold_start": {"months": 0}},
        {"dormant_after_months": 0},
        {"minimum_tenure_days": None},
        {"breaker": None},
        {"cold_start": {}, "breaker": {}, "rolls_up": None},
    ],
)
def test_values_that_mean_off_are_taken(off: dict[str, Any]):
    assert rule_file.parse(some_rules(**off)) == rule_file.parse(some_rules())


EVERYTHING = some_rules(
    method="share",
    window_end="to_date",
    tiers=[
        {"code": "S", "name": "特", "enter": 31, "keep": Decimal("33.5"), "instruction": "First"},
        {"code": "A", "name": "重", "name_en": "Key", "enter": 57},
        {"code": "C"},
    ],
    one_off_weight=0,
    cold_start={"months": 3},
    dormant_after_months=13,
    minimum_tenure_days=90,
    rolls_up=True,
    guards=[
        {"fact": "payment_stop", "blocking": True},
        {"fact": "margin", "enter": 10, "keep": Decimal("7.5")},
    ],
    breaker={"down_share": 10, "down_count": 5, "drop_share": 30},
)


def test_everything_that_can_be_on_is_understood():
    rules = rule_file.parse(EVERYTHING)
    assert (rules.one_off_weight, rules.cold_start_months, rules.rolls_up) == (0, 3, True)
    assert (rules.dormant_after_months, rules.minimum_tenure_days) == (13, 90)
    assert rules.breaker == rule_file.Breaker(Decimal(10), 5, Decimal(30))


def test_a_margin_caps_at_the_second_lowest_tier_and_a_payment_stop_blocks_down_to_the_lowest():
    assert rule_file.parse(EVERYTHING).guards == (
        rule_file.GuardLine("margin", Decimal(10), Decimal("7.5"), "A", blocking=False),
        rule_file.GuardLine("payment_stop", None, None, "C", blocking=True),
    )


def test_a_margin_guard_without_a_keep_is_kept_where_it_is_entered():
    (guard,) = rule_file.parse(guarded({"fact": "margin", "enter": 10})).guards
    assert guard.keep == 10


@pytest.mark.django_db
@pytest.mark.parametrize("data", [EVERYTHING, some_rules()])
def test_a_stored_version_reads_back_as_the_same_rules(data: dict[str, Any]):
    rules = rule_file.parse(data)
    draft = actions.create_draft(rules=rules, by=None, now=NOW)
    assert rule_file.parse(rule_file.as_data(draft)) == rules
    assert rule_file.read(json.dumps(rule_file.as_data(draft), default=float).encode()) == rules


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "is not JSON"),
        (b"[]", "one JSON object"),
        (b"\x83\x8b", "not UTF-8"),
        (b'{"name": NaN}', "NaN, which is not a number"),
        (b'{"name": "a", "name": "b"}', "“name” appears twice"),
        (b"[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_no_rule_file_is_refused(content: bytes, sentence: str):
    with pytest.raises(Refused, match=sentence):
        rule_file.read(content)


MARGIN = {"fact": "margin", "enter": 10}
STOP = {"fact": "payment_stop"}
S, A, C = {"code": "S", "enter": 100}, {"code": "A", "enter": 50}, {"code": "C"}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (some_rules(grace_evaluation=2), "“grace_evaluation” is not known"),
        (some_rules(name=" "), "“name” must be a text"),
        (some_rules(method="pareto"), "“method” must be one of: threshold, share"),
        (some_rules(window_months=0), "“window_months” must be a whole number from 1 to 60"),
        (some_rules(window_months=True), "“window_months” must be a whole number"),
        (some_rules(grace_evaluations=1.5), "“grace_evaluations” must be a whole number"),
        (some_rules(drop="never"), "“drop” must be one of"),
        (some_rules(month_close=None), "“month_close” must be one of"),
        (some_rules(tiers={}), "“tiers” is a list"),
        (tiers(C), "at least 2"),
        (tiers(S, A), "The last tier takes everybody else"),
        (tiers(S, {"code": "A"}, C), "Tier “A” needs an “enter”"),
        (tiers(A, S, C), "“A” must be harder to enter than “S”"),
        (tiers(S, S, C), "“S” appears twice"),
        (tiers(S, A | {"keep": 9_000}, C), "“A” is harder to keep .9,000. than"),
        (tiers(S, A, C | {"keep": 1}), "“C” has a “keep” but no “enter”"),
        (
            tiers(S, A | {"enter": "50"}, C),
            "“enter”. of tier “A” must be a number",
        ),
        (tiers(S, A | {"enter": -1}, C), "must lie between 0 and"),
        (tiers(S, A | {"enter": 1e99}, C), "must lie between 0 and 999,999,999,999"),
        (tiers(S, A | {"enter": Decimal("1.00001")}, C), "more than four decimals"),
        (tiers(S, A | {"color": "red"}, C), "“color” is not known"),
        (
            some_rules(method="share", tiers=[{"code": "S", "enter": 101}, C]),
            "between 0 and 100",
        ),
        (
            some_rules(method="share", tiers=[{"code": "S", "enter": 50, "keep": 40}, C]),
            "“S” is harder to keep",
        ),
        (some_rules(one_off_weight=1.5), "“one_off_weight” must lie between 0 and 1"),
        (some_rules(one_off_weight="1"), "“one_off_weight” must be a number"),
        (some_rules(cold_start=3), "“cold_start” is an object"),
        (some_rules(cold_start={"month": 3}), "“month” is not known"),
        (
            some_rules(window_months=6, cold_start={"months": 7}),
            "“months” must be a whole number from 0 to 6",
        ),
        (some_rules(dormant_after_months=-1), "“dormant_after_months” must be a whole number"),
        (some_rules(minimum_tenure_days=0.5), "“minimum_tenure_days” must be a whole number"),
        (some_rules(rolls_up="yes"), "“rolls_up” must be true or false"),
        (some_rules(breaker={"down_share": 101}), "“down_share” must lie between 0 and 100"),
        (some_rules(breaker={"down_count": -1}), "“down_count” must be a whole number"),
        (some_rules(breaker={"up_share": 1}), "“up_share” is not known"),
        (some_rules(guards={}), "“guards” is a list of objects"),
        (guarded(MARGIN, MARGIN), "two guards for “margin”"),
        (guarded({"fact": "region"}), "“fact” must be one of: margin, payment_stop"),
        (guarded({"fact": "margin"}), "The margin guard needs an “enter”"),
        (guarded(MARGIN | {"keep": 11}), "The margin guard is harder to keep"),
        (guarded(MARGIN | {"enter": 100}), "of the margin guard must lie between -100 and 99"),
        (guarded(MARGIN | {"blocking": True}), "does not block"),
        (guarded(MARGIN | {"cap": "T1"}), "“margin” would limit nobody"),
        (guarded(MARGIN | {"cap": "T7"}), "“margin” would limit nobody"),
        (guarded(MARGIN | {"floor": 1}), "“floor” is not known"),
        (guarded(STOP | {"keep": 1}), "A payment stop has no “enter”"),
        (guarded(STOP | {"blocking": False}), "A payment stop blocks"),
        (tiers(S, C) | {"guards": [MARGIN]}, "“margin” would limit nobody"),
    ],
)
def test_every_error_is_a_sentence(data: dict[str, Any], sentence: str):
    with pytest.raises(Refused, match=sentence):
        rule_file.parse(data)
