"""A preview may take its facts from the standings: on any book the same tiers and the same cuts as
from the ledgers.
"""

import datetime
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.models import ContractRevision
from firm.models import User
from tests.examples import examples
from tests.factories import an_entry
from tests.tiering.evaluations import a_replay, at_night
from tests.tiering.previews import a_draft
from tests.tiering.test_engine_properties import (
    FIRST_DAY,
    LAST_DAY,
    SETTINGS,
    Firm,
    rule_files,
    undone,
    worlds,
)
from tiering.engine import fold, judge, step
from tiering.models import Evaluation, RuleSet

pytestmark = pytest.mark.django_db

# What decides which facts are read; the rest of a draft is free.
FACTS = ("window_months", "window_end", "one_off_weight", "cold_start", "dormant_after_months")
MOVED = f"""
SELECT customer_id, raw_id, earned_id, reason, below, since, revenue, own_revenue, cost
  FROM changed WHERE {step.MOVED} ORDER BY customer_id
"""


def rests_on_margin(rules: dict[str, Any]) -> bool:
    return rules != without_margin(rules)


def without_margin(rules: dict[str, Any]) -> dict[str, Any]:
    """Without its guard, and without criteria of tiers that ask for a margin."""
    tiers = [
        {
            key: [one for one in value if one["fact"] != "margin"]
            if key in ("all", "any")
            else value
            for key, value in tier.items()
        }
        for tier in rules["tiers"]
    ]
    return {key: value for key, value in rules.items() if key != "guards"} | {"tiers": tiers}


def judged(draft: RuleSet, *, stored: bool) -> tuple[Any, ...]:
    """The bounds in amounts, who would move and how, and whom no sum fits."""
    with connection.cursor() as cursor:
        found = judge.judge(cursor, rules=draft, as_of=LAST_DAY, state=fold.STANDING, stored=stored)
        cursor.execute(MOVED)
        return found.ladder, cursor.fetchall(), found.changed.failed


def revenues(draft: RuleSet, *, stored: bool) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        judge.judge(cursor, rules=draft, as_of=LAST_DAY, state=fold.STANDING, stored=stored)
        cursor.execute("SELECT customer_id, revenue FROM facts ORDER BY customer_id")
        return cursor.fetchall()


@settings(SETTINGS, max_examples=examples(8))
@given(st.data())
def test_the_standings_decide_as_the_ledgers_do(administrator: User, data: st.DataObject):
    present = data.draw(rule_files()) | {"rolls_up": False}
    wanted = data.draw(rule_files()) | {"rolls_up": False}
    wanted |= {name: present[name] for name in FACTS}
    if not rests_on_margin(present):  # its expenses would not be stored
        wanted = without_margin(wanted)
    world = data.draw(worlds(present))
    with undone():
        firm = Firm(present, world.customers, administrator)
        firm.record(world.entries, world.work)
        a_replay(str(FIRST_DAY), str(LAST_DAY), now=at_night(LAST_DAY))
        draft = a_draft(wanted, by=administrator, now=at_night(LAST_DAY))
        assert judge.facts_are_stored(draft, Evaluation.objects.latest("pk"))
        assert judged(draft, stored=True) == judged(draft, stored=False)
        # Not for want of looking: what came later is in the ledgers alone. First months under a
        # contract of some worth do not go by them.
        ContractRevision.objects.update(annual_value=None, monthly_fee=0)
        late = next(iter(firm.customers.values()))
        an_entry(late, LAST_DAY - datetime.timedelta(days=1), 1_000_000)
        assert revenues(draft, stored=True) != revenues(draft, stored=False)
