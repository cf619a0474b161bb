"""Hours carried from month to month, where the plain rules of the oracle are not enough."""

import datetime

import pytest

from customers.consumption.hours import hours_of
from tests.factories import a_contract, a_customer, an_activity

pytestmark = pytest.mark.django_db

MAY, JUNE = datetime.date(2026, 5, 1), datetime.date(2026, 6, 1)
# As many that carry over without a limit as overflow the column when their limits are added up.
CONTRACTS = 22


def test_however_many_contracts_carry_everything_over_their_hours_are_added_up(account_manager):
    customer = a_customer(owner=account_manager)
    for number in range(CONTRACTS):
        a_contract(customer, name=f"契約{number}", valid_from=MAY, carry_over="all")
    an_activity(customer, MAY, staff=account_manager, minutes=90)

    found = hours_of([customer.pk], on=JUNE)[customer.pk]

    assert found.carried == CONTRACTS * 600 - 90
