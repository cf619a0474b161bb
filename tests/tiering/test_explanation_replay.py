"""Whoever follows an explanation step by step comes to the tier that is stored."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firm.models import User
from tests.factories import a_customer, an_entry, an_import
from tests.tiering.evaluations import a_replay, at_night, day, published, some_rules
from tiering.explanations import Explanation, explain

pytestmark = pytest.mark.django_db

CODES = ["K1", "K2", "K3", "K4"]
MONTHS = [datetime.date(2026, month, 1) for month in range(1, 7)]

amounts = st.sampled_from([-20, -10, 0, 5, 10, 18, 20, 25, 40, 50, 90, 100]).map(Decimal)
ledgers = st.lists(
    st.tuples(st.sampled_from(CODES), st.integers(0, 8), amounts), min_size=4, max_size=20
)


@st.composite
def rule_files(draw: st.DrawFn) -> dict[str, Any]:
    share = draw(st.booleans())
    lines = [(50, 60), (80, 90)] if share else [(50, 40), (20, 18)]
    tiers = [
        {"code": f"T{n}", "enter": enter, "keep": keep} for n, (enter, keep) in enumerate(lines)
    ]
    return some_rules(
        method="share" if share else "threshold",
        tiers=[*tiers, {"code": "T9"}],
        window_months=draw(st.sampled_from([1, 2, 12])),
        grace_evaluations=draw(st.integers(0, 3)),
        drop=draw(st.sampled_from(["to_raw", "one_step"])),
        nonpositive=draw(st.sampled_from(["at_once", "with_grace"])),
    )


def followed(why: Explanation, before: Explanation | None) -> tuple[str, str]:
    """Raw and earned tier, by nothing but what the explanation says and the tier before."""
    codes = [one.tier.code for one in why.criteria]
    raw = next((one.tier.code for one in why.criteria if one.passed), codes[-1])
    if before is None:
        return raw, raw
    held = before.earned_tier.code
    place = codes.index(held)
    if codes.index(raw) <= place:
        return raw, raw
    if why.trailing_revenue <= 0 and why.rule_set.nonpositive == "at_once":
        return raw, codes[-1]
    keep = why.criteria[place].keep
    if keep is not None and why.trailing_revenue > 0 and why.trailing_revenue >= keep:
        return raw, held
    since = before.below_since or why.end
    if (why.end.year - since.year) * 12 + why.end.month - since.month + 1 < (
        why.rule_set.grace_evaluations
    ):
        return raw, held
    return raw, codes[place + 1] if why.rule_set.drop == "one_step" else raw


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rules=rule_files(), ledger=ledgers)
def test_an_explanation_followed_step_by_step_is_the_stored_tier(
    administrator: User, rules: dict[str, Any], ledger: list[tuple[str, int, Decimal]]
):
    with transaction.atomic():
        customers = {code: a_customer(code=code) for code in CODES}
        published(rules, by=administrator, since="2025-01-01", now=at_night(MONTHS[-1]))
        applied = an_import()
        for code, month, amount in ledger:
            date = datetime.date(2025, 10, 15) + datetime.timedelta(days=30 * month)
            an_entry(customers[code], date, amount, import_ref=applied)
        a_replay("2026-01-01", "2026-06-01", now=at_night(day("2026-06-01")))
        for customer in customers.values():
            before = None
            for night in MONTHS:
                why = explain(customer.pk, on=night, as_known_today=True)
                assert why is not None
                assert followed(why, before) == (why.raw_tier.code, why.earned_tier.code)
                before = why
        transaction.set_rollback(True)
