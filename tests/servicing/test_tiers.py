"""The tier that a night holds a customer against is the one in force, with the day since when."""

import datetime

import pytest
from django.db import connection

from customers.models import Customer, PaymentStop
from tests.factories import NOW, a_customer, a_rule_set
from tests.servicing.nights import NIGHT, in_tier
from tests.tiering.overrides import a_blocking_guard
from tiering.models import Override, Tier
from tiering.servicing.statements import tiers
from tiering.standings import tier_on

pytestmark = pytest.mark.django_db

ONE_DAY = datetime.timedelta(days=1)
EARNED = datetime.date(2025, 1, 1)


@pytest.fixture
def rules(administrator):
    return a_rule_set(by=administrator)


def an_override(customer, code, *, starts_on, by, ends_on=None):
    return Override.objects.create(
        customer=customer, tier=Tier.objects.get(code=code), starts_on=starts_on,
        ends_on=ends_on or NIGHT + 30 * ONE_DAY, reason="戦略", state="approved", requested_by=by,
        requested_at=NOW, decided_by=by, decided_at=NOW, is_sole=True,
    )  # fmt: skip


def seen() -> dict[int, tuple[int, datetime.date]]:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS servicing_tiers")
        cursor.execute(tiers.prepared(NIGHT))
        cursor.execute("SELECT customer_id, tier_id, since FROM servicing_tiers")
        return {customer: (tier, since) for customer, tier, since in cursor.fetchall()}


def test_it_is_the_tier_in_force(rules, account_manager, administrator):
    a_blocking_guard(rules)
    customers = {name: a_customer(name, owner=account_manager) for name in "abcdefg"}
    for name in "abcde":
        in_tier(customers[name], "B", rules=rules, since=EARNED)
    begun = NIGHT - 10 * ONE_DAY
    an_override(customers["b"], "S", starts_on=begun, by=administrator)
    an_override(customers["c"], "S", starts_on=NIGHT + ONE_DAY, by=administrator)
    an_override(customers["d"], "S", starts_on=begun, ends_on=NIGHT, by=administrator)
    an_override(customers["f"], "A", starts_on=begun, by=administrator)
    PaymentStop.objects.create(
        customer=customers["e"], starts_on=begun, reason="未入金", set_by=administrator, set_at=NOW
    )
    found = seen()
    for customer in Customer.objects.all():
        held = tier_on(customer.pk, on=NIGHT).tier
        assert found.get(customer.pk, (None,))[0] == (held.pk if held else None), customer
    assert customers["g"].pk not in found
    since = {name: found[customers[name].pk][1] for name in "abcdef"}
    assert since == {"a": EARNED, "b": begun, "c": EARNED, "d": EARNED, "e": EARNED, "f": begun}


def test_without_rules_nobody_has_a_tier(account_manager):
    a_customer(owner=account_manager)
    assert seen() == {}
