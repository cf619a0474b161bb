"""The weekly sheet of somebody with very many rows, and forms that no page has made."""

import datetime

import pytest
from django.urls import reverse

from customers.actions import read_purpose
from customers.models import Activity
from customers.service_log.purpose import VERSION
from tests.factories import a_customer

pytestmark = pytest.mark.django_db

SAVE = reverse("customers:log-week-save")
MONDAY = datetime.date(2026, 7, 13)


@pytest.fixture
def saved(client_of, account_manager, now):
    """Posts one row's Monday as 1.5 hours, with what else the form has."""
    read_purpose(version=VERSION, by=account_manager, now=now)
    key = f"{a_customer(code='K-0001', owner=account_manager).pk}-in_contract"

    def post(shown: str = "0,0,0,0,0,0,0", **more: str):
        said = {"week": MONDAY.isoformat(), "shown": f"{key}={shown}", f"hours-{key}-0": "1.5"}
        return client_of(account_manager).post(SAVE, said | more)

    return post


def test_a_sheet_of_hundreds_of_rows_is_saved(saved):
    more = {f"hours-{row}-sales-{place}": "" for row in range(300) for place in range(7)}
    assert saved(**more).status_code == 302
    assert Activity.objects.get().minutes == 90


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "１", "x"])
def test_minutes_that_no_page_has_shown_change_nothing(number, saved):
    assert saved(shown=f"{number},0,0,0,0,0,0").status_code == 302
    assert not Activity.objects.exists()
