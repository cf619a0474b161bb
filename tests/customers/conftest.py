"""A small book after a real night: 佐藤's customers, a stranger's, and what they bring."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.utils import timezone

from customers.models import Customer
from firm.dates import add_months, first_of_month, today
from firm.models import User
from firm.scope import Scope, scope_of
from tests.factories import (
    a_contact,
    a_customer,
    a_department,
    a_rule_set,
    an_activity,
    an_entry,
    an_import,
)
from tests.tiering.evaluations import a_night


@pytest.fixture
def scope_for(today: datetime.date) -> Callable[[User], Scope]:
    return lambda person: scope_of(person, on=today)


@pytest.fixture
def book(account_manager: User, stranger: User, administrator: User) -> SimpleNamespace:
    """Revenues that no other figure of a page contains: 21,421, 1,234 and 9,876 thousand."""
    a_rule_set(by=administrator, keep=(6_650_000, 2_660_000, 855_000), grace_evaluations=3)
    section = a_department("営業部/第一課")
    toto = a_customer(
        "東都精機販売",
        code="K-0001",
        kana="とうとせいきはんばい",
        phone="03-0000-1001",
        owner=account_manager,
        backup=stranger,
        department=section,
        tags=["重点"],
    )
    child = a_customer("東都部品", code="K-0002", owner=account_manager, parent=toto)
    midori = a_customer(
        "みどり医療会",
        code="K-0003",
        kana="みどりいりょうかい",
        phone="03-0000-1003",
        owner=stranger,
    )
    a_contact(toto, "森田 花子", phone="03-0000-2001", decider=True, key_person=True)
    last_month = add_months(first_of_month(today()), -1)
    ledger = an_import()
    for customer, amount in ((toto, 21_421_000), (child, 1_234_000), (midori, 9_876_000)):
        an_entry(customer, last_month, amount, import_ref=ledger)
    an_activity(toto, last_month, staff=account_manager, minutes=600, cost=7_711_560)
    a_night(today(), now=timezone.now())
    for customer in Customer.objects.all():
        customer.snapshot.refresh_from_db()
    return SimpleNamespace(toto=toto, child=child, midori=midori)
