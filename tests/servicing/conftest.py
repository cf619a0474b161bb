"""A customer of a firm that has logged for long, and a way to log for it."""

import datetime

import pytest

from customers.actions.activities import EntryData, record_activity
from customers.models import Activity
from firm.dates import firm_zone
from firm.models import Firm
from tests.factories import NOW, a_customer
from tests.servicing.nights import LONG_BEFORE, worked

TUESDAY = datetime.date(2026, 7, 14)


@pytest.fixture
def firm(db):
    return Firm.objects.get()


@pytest.fixture
def customer(account_manager):
    other = a_customer(owner=account_manager)
    worked(other, LONG_BEFORE, minutes=60, staff=account_manager)
    return a_customer("ひかり堂", owner=account_manager)


@pytest.fixture
def log(account_manager, customer):
    """Record an entry as people do; `at` is the clock of the firm."""

    def record(day=TUESDAY, minutes=60, cause="in_contract", at=None, **values) -> Activity:
        started_at = datetime.datetime.combine(day, at, firm_zone()) if at else None
        data = EntryData(day=day, minutes=minutes, cause=cause, started_at=started_at, **values)
        return record_activity(customer=customer, data=data, by=account_manager, now=NOW)

    return record
