"""A rule file is understood as a whole or refused with a sentence."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from firm.refusals import Refused
from tests.tiering.evaluations import CHINOOK, some_rules
from tiering import rule_file


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def tiers(*lines: dict[str, Any]) -> dict[str, Any]:
    return some_rules(tiers=list(lines))


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
    ],
)
def test_values_that_mean_off_are_taken(off: dict[str, Any]):
    rule_file.parse(some_rules(**off))


@pytest.mark.parametrize(
    "on",
    [
        {"guards": [{"fact": "margin", "enter": 10, "keep": 8, "cap": "T2"}]},
        {"one_off_weight": 0.5},
        {"cold_start": {"months": 3}},
        {"dormant_after_months": 13},
        {"minimum_tenure_days": 90},
        {"breaker": {"down_share": 10}},
    ],
)
def test_what_is_not_supported_yet_is_refused_by_name(on: dict[str, Any]):
    with pytest.raises(Refused, match=f"“{next(iter(on))}” is not supported yet"):
        rule_file.parse(some_rules(**on))


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
        (tiers(S, A | {"keep": 60}, C), "“A” is harder to keep"),
        (tiers(S, A, C | {"keep": 1}), "“C” has a “keep” but no “enter”"),
        (tiers(S, A | {"enter": "50"}, C), "“enter” of tier “A” must be a number"),
        (tiers(S, A | {"enter": -1}, C), "must lie between 0 and"),
        (tiers(S, A | {"enter": 1e99}, C), "must lie between 0 and"),
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
    ],
)
def test_every_error_is_a_sentence(data: dict[str, Any], sentence: str):
    with pytest.raises(Refused, match=sentence):
        rule_file.parse(data)
