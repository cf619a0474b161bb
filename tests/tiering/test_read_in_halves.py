"""A large book is read in two halves: nothing is lost between them, or read twice."""

import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from firm.models import User
from tests.factories import a_customer, a_rule_set, an_activity, an_entry
from tiering.engine import facts as engine_facts
from tiering.engine import fold, judge
from tiering.models import RuleSet

pytestmark = pytest.mark.django_db

AS_OF = datetime.date(2026, 7, 1)


def facts_of(rules: RuleSet) -> list[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        judge.judge(cursor, rules=rules, as_of=AS_OF, state=fold.STANDING)
        cursor.execute("SELECT * FROM facts ORDER BY customer_id")
        rows = cursor.fetchall()
        transaction.set_rollback(True)
    return rows


def test_both_halves_are_the_whole(
    account_manager: User, administrator: User, monkeypatch: pytest.MonkeyPatch
):
    rules = a_rule_set(by=administrator)
    for number in range(7):
        customer = a_customer(owner=account_manager)
        an_entry(customer, AS_OF - datetime.timedelta(days=1 + number), 1000 * number)
        an_activity(
            customer, AS_OF - datetime.timedelta(days=2), staff=account_manager, cost=10 * number
        )
    at_once = facts_of(rules)
    monkeypatch.setattr(engine_facts, "WORTH_HALVING", 1)
    assert facts_of(rules) == at_once
    assert len(at_once) == 7
    # The halves lie where they are told to: with one of them alone some would be missing.
    middle = engine_facts.live_halves
    monkeypatch.setattr(engine_facts, "live_halves", lambda id: (middle(id)[0],))
    assert 0 < len(facts_of(rules)) < 7
