"""NUL, which no text of the database can hold: dropped from whatever somebody sends."""

import pytest
from django.urls import reverse

from customers.actions import read_purpose
from customers.models import Activity, ScopeInquiry
from customers.service_log.purpose import VERSION
from tests.factories import a_customer, an_activity

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(account_manager, now):
    read_purpose(version=VERSION, by=account_manager, now=now)
    return a_customer("青葉商事", code="K-0001", owner=account_manager)


@pytest.fixture
def client(client_of, account_manager):
    return client_of(account_manager)


@pytest.mark.parametrize("name", ["customers:log-customers", "customers:scope-customers"])
def test_a_customer_is_found_all_the_same(name, client, customer):
    assert "青葉商事" in client.get(reverse(name), {"q": "青葉\0"}).content.decode()


def test_a_row_of_the_week_is_found_all_the_same(client, customer):
    page = client.post(reverse("customers:log-week-add"), {"find": "K-00\x0001"})
    assert page.status_code == 200
    assert "青葉商事" in page.content.decode()


def test_a_reason_is_kept_without_it(client, customer, account_manager, now):
    entry = an_activity(customer, now.date(), staff=account_manager)
    address = reverse("customers:entry-withdraw", args=[entry.pk])
    client.post(address, {"version": entry.version, "reason": "二重\0"})
    assert Activity.objects.get().withdrawn_because == "二重"


def test_a_scope_check_is_kept_without_it(client, customer):
    address = reverse("customers:scope-record", args=[customer.pk])
    client.post(address, {"request": "", "work_item": "修正\0", "outcome": "declined"})
    assert ScopeInquiry.objects.get().work_item == "修正"
