"""The scope check as a line under the quick log."""

import datetime

import pytest

from customers.actions.activities import EntryData
from customers.contracts.kinds import TermLine
from customers.scope import line_for
from firm.dates import firm_zone
from tests.factories import a_contract, a_customer

pytestmark = pytest.mark.django_db

TUESDAY = datetime.date(2026, 7, 14)
EVENING = datetime.datetime.combine(TUESDAY, datetime.time(20), firm_zone())


@pytest.fixture
def customer(account_manager):
    return a_customer("ひかり堂", owner=account_manager)


def entry(**values) -> EntryData:
    return EntryData(**{"day": TUESDAY, "minutes": 60, "cause": "customer_wish", **values})


def test_it_tells_hours_time_and_channel_at_once(customer):
    hours = TermLine("hours", amount=210, period="month")
    a_contract(customer, terms=[hours, TermLine("channel", channel="mail")])
    line = line_for(customer, entry(started_at=EVENING, channel="private_chat"))
    assert str(line) == "残り3.5時間 · 対応時間外 · 契約にない窓口"
    assert line.to_mind


def test_what_is_in_scope_only_says_what_is_left(customer):
    a_contract(customer)
    line = line_for(customer, entry())
    assert str(line) == "残り10時間"
    assert not line.to_mind


def test_our_own_reason_is_not_judged(customer):
    a_contract(customer, terms=[TermLine("hours", amount=30, period="month")])
    assert line_for(customer, entry(cause="own_reason", minutes=600)).parts == []
    assert line_for(customer, entry(minutes=600)).to_mind


def test_without_a_contract_it_says_so(customer):
    assert str(line_for(customer, entry())) == "有効な契約がありません"
