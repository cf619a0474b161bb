"""Rows of the weekly sheet that change their causes all at once: no minute gets lost."""

import datetime
from collections.abc import Iterable

import pytest

from customers.actions.activities import EntryData, record_activity
from customers.actions.week import Wish, save_week
from customers.models import Activity
from tests.factories import a_customer

pytestmark = pytest.mark.django_db

MONDAY = datetime.date(2026, 7, 13)
WISH, OWN, SALES = "customer_wish", "own_reason", "sales"


@pytest.fixture
def sheet(account_manager, now):
    """Saves (was, cause, minutes) of one customer's Monday; says what is logged then by cause."""
    customer = a_customer("青葉商事", code="K-0001", owner=account_manager)

    def save(*moves: tuple[str, str, int]) -> dict[str, int]:
        wishes: Iterable[Wish] = (
            Wish(customer.pk, MONDAY, cause, minutes, was) for was, cause, minutes in moves
        )
        save_week(week=MONDAY, wishes=list(wishes), by=account_manager, now=now)
        live = Activity.objects.live().filter(customer=customer)
        return dict(live.values_list("cause", "minutes"))

    save.customer = customer
    return save


def test_two_rows_may_change_places(sheet):
    sheet((WISH, WISH, 60), (OWN, OWN, 30))
    assert sheet((WISH, OWN, 60), (OWN, WISH, 30)) == {OWN: 60, WISH: 30}


def test_a_row_may_follow_another_that_moves_on(sheet):
    sheet((WISH, WISH, 60), (OWN, OWN, 30))
    assert sheet((WISH, OWN, 60), (OWN, SALES, 30)) == {OWN: 60, SALES: 30}


def test_what_was_logged_in_other_ways_does_not_move_along(sheet, account_manager, now):
    data = EntryData(day=MONDAY, minutes=15, cause=WISH)
    sheet((WISH, WISH, 60), (OWN, OWN, 30))
    record_activity(customer=sheet.customer, data=data, by=account_manager, now=now)
    sheet((WISH, OWN, 75), (OWN, WISH, 30))
    live = Activity.objects.live().order_by("cause", "source")
    assert list(live.values_list("cause", "source", "minutes")) == [
        (WISH, "", 15),
        (WISH, "grid", 30),
        (OWN, "grid", 60),
    ]
