"""A night writes those whose sums or state differ from what is stored, and leaves the others."""

from decimal import Decimal

import pytest

from customers.models import CustomerSnapshot
from firm.models import User
from tests.factories import a_customer, an_activity, an_entry
from tests.tiering.evaluations import a_night, at_night, day, published, some_rules
from tiering.engine import facts
from tiering.models import Standing, TierChange

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def book(administrator: User, account_manager: User):
    """Two customers who have stood in their tier for two months; then work comes to light."""
    now = at_night(day("2026-07-15"))
    published(some_rules(), by=administrator, since="2025-01-01", now=now)
    for code in ("K1", "K2"):
        an_entry(a_customer(code=code), day("2026-04-15"), 600)
    a_night("2026-05-02")
    a_night("2026-06-02")
    assert a_night("2026-06-03").counts["written"] == 0
    customer = Standing.objects.get(customer__code="K1").customer
    an_activity(customer, day("2026-05-20"), staff=account_manager, cost=70)


def test_work_that_changes_no_tier_is_stored_and_is_no_history():
    recorded = TierChange.objects.count()
    before = Standing.objects.get(customer__code="K2")
    a_night("2026-06-04")
    stored = dict(Standing.objects.values_list("customer__code", "cost_to_serve"))
    assert stored == {"K1": Decimal(70), "K2": Decimal(0)}
    assert dict(CustomerSnapshot.objects.values_list("code", "cost_to_serve")) == stored
    assert Standing.objects.get(customer__code="K2").evaluation_id == before.evaluation_id
    assert TierChange.objects.count() == recorded


def test_what_is_stored_is_compared(monkeypatch: pytest.MonkeyPatch):
    """Without the comparison the work would be overlooked: nothing else tells of it."""
    monkeypatch.setattr(facts, "_are_stored", lambda measure: "true")
    assert a_night("2026-06-04").counts["written"] == 0
