"""Days that no calendar of ours reaches: answered with a sentence, by pages and the API alike."""

import pytest
from django.urls import reverse

from customers.actions import read_purpose
from customers.service_log.purpose import VERSION
from tests.factories import a_contract, a_customer

pytestmark = pytest.mark.django_db

FAR = ["0001-01-01", "9999-12-31"]
SENTENCE = "日付が離れすぎています"


@pytest.fixture
def customer(account_manager, now):
    read_purpose(version=VERSION, by=account_manager, now=now)
    customer = a_customer("青葉商事", code="K-0001", owner=account_manager)
    a_contract(customer)
    return customer


@pytest.fixture
def client(client_of, account_manager):
    return client_of(account_manager)


@pytest.mark.parametrize("day", FAR)
@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("api-consumption", "as_of"),
        ("api-goodwill-sum", "until"),
        ("api-contracts", "as_of"),
        ("api-timeline", "as_of"),
        ("api-terms", "as_of"),
    ],
)
def test_an_address_is_answered_with_a_sentence(name, parameter, day, client, customer):
    answer = client.get(reverse(name, args=[customer.pk]), {parameter: day})
    assert answer.status_code == 400
    assert SENTENCE in answer.content.decode()


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
def test_so_is_a_month(month, client, account_manager):
    address = reverse("api-person-load", args=[account_manager.pk])
    assert client.get(address, {"month": month}).status_code == 400


@pytest.mark.parametrize("moment", ["0001-01-01T12:00:00Z", "9999-12-30T12:00:00Z"])
def test_a_scope_check_asks_for_a_nearer_moment(moment, client, customer):
    address = reverse("api-scope-check", args=[customer.pk])
    answer = client.post(address, {"starts_at": moment}, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(("day", "status"), [*((day, 400) for day in FAR), ("2100-01-01", 409)])
def test_an_investment_begins_nearer(day, status, client, customer):
    said = {
        "title": "x",
        "expectation": "x",
        "cap_minutes": 60,
        "starts_on": day,
        "review_on": "2100-06-01",
    }
    address = reverse("api-investments", args=[customer.pk])
    assert client.post(address, said, content_type="application/json").status_code == status


@pytest.mark.parametrize("day", FAR)
def test_the_line_under_the_quick_log_says_nothing_of_them(day, client, customer):
    typed = {"customer": customer.pk, "cause": "in_contract", "minutes": "60"}
    for when in ({"when": "day", "day": day}, {"when": "at", "day": day, "time": "09:00"}):
        answer = client.post(reverse("customers:log-line"), typed | when)
        assert answer.status_code == 200
        assert not answer.content.strip()


@pytest.mark.parametrize("day", FAR)
def test_a_benefit_is_not_noted_on_them(day, client, customer):
    given = {"service": "meetings", "day": day, "quantity": "1"}
    answer = client.post(reverse("tiering:record-use", args=[customer.pk]), given)
    assert answer.status_code == 422
    assert SENTENCE in answer.content.decode()


@pytest.mark.parametrize("day", FAR)
def test_a_filter_leaves_them_out(day, client, customer):
    address = reverse("customers:log", args=[customer.pk])
    assert client.get(address, {"since": day, "until": day}).status_code == 200
