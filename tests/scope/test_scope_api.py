"""The scope check and consumption through the API."""

import pytest
from django.urls import reverse

from customers.contracts.kinds import TermLine
from customers.models import ScopeInquiry
from tests.factories import a_contract, a_customer

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture
def customer(account_manager):
    customer = a_customer("ひかり堂", owner=account_manager)
    small = TermLine("count", "軽微な修正", amount=3, period="month", excluded=("新規ページ",))
    a_contract(customer, terms=[small, TermLine("hours", amount=150, period="month")])
    return customer


def post(client, name, customer, **body):
    return client.post(reverse(name, args=[customer.pk]), body, content_type=JSON)


def test_a_check_tells_the_verdict_and_keeps_nothing(client_of, account_manager, customer):
    answer = post(client_of(account_manager), "api-scope-check", customer, request="新規ページ")
    assert answer.json()["verdict"] == "out_of_scope"
    assert answer.json()["facts"][0]["data"]["example"] == "新規ページ"
    assert answer.json()["replies"][0]["code"] == "hold"
    assert not ScopeInquiry.objects.exists()


def test_an_inquiry_is_kept_with_its_outcome(client_of, account_manager, customer):
    client = client_of(account_manager)
    body = {"request": "新規ページ", "minutes": 90, "outcome": "declined"}
    assert post(client, "api-scope-inquiries", customer, **body).status_code == 201
    rows = client.get(reverse("api-scope-inquiries", args=[customer.pk])).json()
    assert [(row["request"], row["outcome"]) for row in rows] == [("新規ページ", "declined")]


@pytest.mark.parametrize(
    "body",
    [
        {"request": "x", "outcome": "requested"},
        {"request": "x", "outcome": "declined", "channel": "fax"},
        {"request": "x", "outcome": "declined", "minutes": 0},
        {"request": "x", "outcome": "declined", "unknown": 1},
    ],
)
def test_what_cannot_be_is_refused(client_of, account_manager, customer, body):
    answer = post(client_of(account_manager), "api-scope-inquiries", customer, **body)
    assert answer.status_code == 400
    assert not ScopeInquiry.objects.exists()


def test_consumption_tells_the_month(client_of, account_manager, customer):
    address = reverse("api-consumption", args=[customer.pk])
    found = client_of(account_manager).get(address).json()
    assert len(found["months"]) == 6
    assert found["months"][0]["included"] == 150
    assert found["counts"][0]["left"] == 3
    bad = client_of(account_manager).get(address, {"as_of": "tomorrow"})
    assert bad.status_code == 400
