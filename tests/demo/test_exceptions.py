"""Story 7: the override that ends soon, and what waits beside it."""

import datetime
from decimal import Decimal

import pytest

from customers.models import CustomerSnapshot, StrategicScore
from escalation.demo.load import plan_for
from escalation.demo.stories import HOKUTO, HOSHINO, MIDORI, MINAMO
from firm.dates import firm_date
from firm.models import Notification, User
from firm.scope import scope_of
from tiering.models import Override
from tiering.overview import current_overview

pytestmark = pytest.mark.django_db


def row_of(name: str) -> CustomerSnapshot:
    return CustomerSnapshot.objects.get(name=name)


def test_the_town_hall_has_another_tier_than_it_earns_for_two_more_weeks(loaded):
    row = row_of(HOSHINO)
    assert (row.tier_rank, row.earned_rank, row.tier_source) == (2, 3, "override")
    t = plan_for(loaded).t
    assert row.tier_until == t + datetime.timedelta(days=15)
    override = Override.objects.get(customer__name=HOSHINO)
    assert override.reason.startswith("自治体強化")
    assert override.requested_by != override.decided_by


def test_its_end_is_announced_to_owner_and_manager(loaded):
    told = Notification.objects.filter(code="override_ends")
    assert set(told.values_list("recipient__name", flat=True)) == {"山本 翔", "吉田 由美"}


def test_a_request_waits_for_the_head_of_sales(loaded):
    head = User.objects.get(email="watanabe@example.jp")
    waiting = Override.objects.requested().get()
    assert (waiting.customer.name, waiting.asked) == (HOKUTO, [head.pk])


def test_a_payment_stop_hides_the_tier_that_is_earned(loaded):
    row = row_of(MINAMO)
    assert (row.tier_rank, row.earned_rank, row.tier_source) == (4, 3, "payment_stop")


def test_two_customers_are_scored_for_the_strategy(loaded):
    scores = StrategicScore.objects.in_force(firm_date(loaded))
    told = set(scores.values_list("customer__name", "theme", "value"))
    assert told == {
        (HOSHINO, "自治体強化", Decimal("4.7")),
        (MIDORI, "医療", Decimal("4.5")),
    }


def test_the_cards_count_what_the_filter_finds(loaded):
    head = User.objects.get(email="mori@example.jp")
    tiers = current_overview(scope_of(head, on=firm_date(loaded)))
    counted = {card.rule.rank: card.customers for card in tiers.cards}
    found = {rank: CustomerSnapshot.objects.filter(tier_rank=rank).count() for rank in counted}
    assert counted == found
    assert tiers.moved == 2
