"""Whoever follows an explanation step by step comes to the tier that is stored."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from firm.models import User
from tests.examples import examples
from tests.factories import a_customer, an_entry, an_import
from tests.tiering.beside import a_strategic_score
from tests.tiering.evaluations import a_replay, at_night, day, published, some_rules
from tiering.explanations import Explanation, explain
from tiering.grace import months_below

pytestmark = pytest.mark.django_db

CODES = ["K1", "K2", "K3", "K4"]
MONTHS = [datetime.date(2026, month, 1) for month in range(1, 7)]

amounts = st.sampled_from([-20, -10, 0, 5, 10, 18, 20, 25, 40, 50, 90, 100]).map(Decimal)
lines = st.tuples(
    st.sampled_from(CODES),
    st.integers(0, 8),
    amounts,
    st.sampled_from(["recurring", "one_off"]),
    st.sampled_from([None, 1, 5, 40]),
)
ledgers = st.lists(lines, min_size=4, max_size=20)
starts = st.none() | st.integers(0, 200).map(
    lambda days: datetime.date(2025, 10, 1) + datetime.timedelta(days=days)
)


margin = {"fact": "margin", "enter": 10, "keep": 8, "cap": "T1"}
facts_beyond_revenue = st.fixed_dictionaries(
    {},
    optional={
        "guards": st.just([margin]),
        "one_off_weight": st.sampled_from([0, Decimal("0.5"), 1]),
        "cold_start": st.just({"months": 3}),
        "minimum_tenure_days": st.sampled_from([40, 100]),
        "dormant_after_months": st.just(3),
        "rolls_up": st.just(True),
    },
)
margins = [{"fact": "margin", "enter": 10, "keep": 8}]
fits = [{"fact": "strategic_fit", "enter": 4, "keep": 3}]
criteria = st.fixed_dictionaries(
    {}, optional={"all": st.sampled_from([margins, fits]), "any": st.just(fits)}
)


@st.composite
def rule_files(draw: st.DrawFn) -> dict[str, Any]:
    share = draw(st.booleans())
    lines = [(50, 60), (80, 90)] if share else [(50, 40), (20, 18)]
    tiers = [
        {"code": f"T{n}", "enter": enter, "keep": keep} | draw(criteria)
        for n, (enter, keep) in enumerate(lines)
    ]
    return some_rules(
        method="share" if share else "threshold",
        tiers=[*tiers, {"code": "T9"}],
        window_months=draw(st.sampled_from([3, 12])),
        grace_evaluations=draw(st.integers(0, 3)),
        drop=draw(st.sampled_from(["to_raw", "one_step"])),
        nonpositive=draw(st.sampled_from(["at_once", "with_grace"])),
        **draw(facts_beyond_revenue),
    )


def followed(why: Explanation, before: Explanation | None) -> tuple[str, str]:
    """Raw and earned tier, by nothing but what the explanation says and the tier before."""
    assert why.facts is not None
    codes = [one.tier.code for one in why.criteria]
    raw = next((one.tier.code for one in why.criteria if one.passed), codes[-1])
    if why.facts.basis == "provisional":
        return raw, raw
    target = codes[why.guard.capped(codes.index(raw) + 1) - 1] if why.guard else raw
    if before is None or before.facts is None or before.facts.basis == "provisional":
        return raw, target
    held = before.earned_tier.code
    place = codes.index(held)
    if codes.index(target) <= place:
        return raw, target
    tenure = datetime.timedelta(days=why.rule_set.minimum_tenure_days)
    may_fall = why.end - before.earned_since >= tenure
    if why.trailing_revenue <= 0 and why.rule_set.nonpositive == "at_once":
        return raw, codes[-1] if may_fall else held
    own = why.criteria[place]
    keep = own.keep
    is_large = (
        keep is not None
        and why.trailing_revenue >= keep
        and why.trailing_revenue > (0 if why.rule_set.method == "share" else -1000)
    )
    instead = any(one.keeps for one in own.conditions if one.needs == "any")
    besides = all(one.keeps for one in own.conditions if one.needs == "all")
    is_guarded = why.guard is not None and place + 1 < why.guard.cap_rank
    if (is_large or instead) and besides and (not is_guarded or why.guard.keeps):
        return raw, held
    since = before.below_since or why.end
    is_over = months_below(since, why.end) >= why.rule_set.grace_evaluations
    if not is_over or not may_fall:
        return raw, held
    return raw, codes[place + 1] if why.rule_set.drop == "one_step" else target


@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rules=rule_files(),
    ledger=ledgers,
    began=st.lists(starts, min_size=len(CODES), max_size=len(CODES)),
)
def test_an_explanation_followed_step_by_step_is_the_stored_tier(
    administrator: User,
    rules: dict[str, Any],
    ledger: list[tuple[Any, ...]],
    began: list[datetime.date | None],
):
    """The last customer is a daughter of the first."""
    with transaction.atomic():
        customers: dict[str, Customer] = {}
        for code, start in zip(CODES, began, strict=True):
            parent = customers["K1"] if code == CODES[-1] else None
            customers[code] = a_customer(code=code, started_on=start, parent=parent)
        for customer, value in zip(customers.values(), [5, 3, 2], strict=False):
            a_strategic_score(
                customer, day("2025-01-01"), day("2026-04-20"), value, by=administrator
            )
        published(rules, by=administrator, since="2025-01-01", now=at_night(MONTHS[-1]))
        applied = an_import()
        for code, month, amount, kind, cost in ledger:
            date = datetime.date(2025, 10, 15) + datetime.timedelta(days=30 * month)
            an_entry(customers[code], date, amount, kind=kind, cost=cost, import_ref=applied)
        a_replay("2026-01-01", "2026-06-01", now=at_night(day("2026-06-01")))
        for customer in customers.values():
            before = None
            for night in MONTHS:
                why = explain(customer.pk, on=night, as_known_today=True)
                assert why is not None
                assert followed(why, before) == (why.raw_tier.code, why.earned_tier.code)
                before = why
        transaction.set_rollback(True)
