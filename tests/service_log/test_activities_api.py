"""/api/v1: entries listed, recorded once, corrected and withdrawn."""

import datetime
from decimal import Decimal

import pytest

from customers.actions import read_purpose, record_activity
from customers.models import Activity
from customers.service_log.entries import EntryData, FavorData
from customers.service_log.purpose import VERSION
from tests.factories import a_contract, a_customer, an_activity

pytestmark = pytest.mark.django_db

JSON = "application/json"
DAY = datetime.date(2026, 7, 14)
NEW = {"started_at": "2026-07-14T17:30:00+09:00", "minutes": 105, "cause": "customer_wish"}


@pytest.fixture
def customer(account_manager):
    return a_customer(owner=account_manager)


@pytest.fixture
def client(client_of, account_manager, now):
    read_purpose(version=VERSION, by=account_manager, now=now)
    return client_of(account_manager)


def post(client, path: str, body: dict, **headers):
    return client.post(f"/api/v1/{path}", body, content_type=JSON, headers=headers)


def record(client, customer, **values):
    return post(client, f"customers/{customer.pk}/activities", {**NEW, **values})


def test_an_entry_is_recorded_and_read_again(client, customer, account_manager):
    response = record(client, customer, channel="phone", note="電話")
    assert response.status_code == 201
    entry = response.json()
    assert (entry["day"], entry["staff"], entry["version"]) == (
        "2026-07-14",
        account_manager.pk,
        1,
    )
    assert client.get(f"/api/v1/activities/{entry['id']}").json() == entry
    listed = client.get(f"/api/v1/customers/{customer.pk}/activities").json()
    assert listed["results"] == [entry]


def test_a_request_sent_twice_is_recorded_once(client, customer):
    path = f"customers/{customer.pk}/activities"
    answers = [post(client, path, NEW, **{"Idempotency-Key": "k-1"}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert Activity.objects.count() == 1
    post(client, path, NEW)  # negative control: without the key it is another entry
    assert Activity.objects.count() == 2


def test_the_same_from_one_source_is_recorded_once(client, customer):
    source = {"source": "backlog", "source_id": "42"}
    assert record(client, customer, **source).status_code == 201
    response = record(client, customer, **source)
    assert response.status_code == 409
    assert "登録済み" in response.json()["detail"]


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"minutes": -5}, 409, "1分以上"),
        ({"minutes": 25 * 60}, 409, "24時間以内"),
        ({"minutes": 10**30}, 409, "24時間以内"),
        ({"started_at": "2199-01-01T00:00:00Z"}, 409, "未来"),
        ({"started_at": None}, 400, "日付"),
        ({"day": "2026-07-13"}, 409, "日付と時刻"),
        ({"channel": "pigeon"}, 409, "pigeon"),
        ({"cause": "unpaid"}, 409, "unpaid"),
        ({"note": "長" * 501}, 409, "500文字"),
        ({"contact": 999_999}, 400, "contact"),
        ({"price": 5}, 400, "price"),
        ({"favor": {"why": "お礼"}}, 409, "価格"),
    ],
)
def test_what_cannot_have_been_is_refused_in_a_sentence(client, customer, change, status, words):
    response = record(client, customer, **change)
    assert response.status_code == status
    assert words in response.content.decode()
    assert not Activity.objects.exists()


def test_the_purpose_is_read_first(client_of, account_manager, customer):
    response = record(client_of(account_manager), customer)
    assert response.status_code == 409
    assert "/log/purpose/" in response.json()["detail"]


def test_a_correction_needs_the_version_it_corrects(client, customer):
    path = f"activities/{record(client, customer).json()['id']}"
    body = {**NEW, "minutes": 60, "version": 1}
    assert post(client, f"{path}/correct", body).json()["version"] == 2
    slower = post(client, f"{path}/correct", {**body, "minutes": 75})
    assert slower.status_code == 409
    assert client.get(f"/api/v1/{path}").json()["minutes"] == 60


def test_a_withdrawn_entry_is_off_the_list_and_still_read(client, customer):
    path = f"activities/{record(client, customer).json()['id']}"
    assert post(client, f"{path}/withdraw", {"version": 1, "reason": ""}).status_code == 409
    withdrawn = post(client, f"{path}/withdraw", {"version": 1, "reason": "二重に入力"})
    assert withdrawn.json()["withdrawn_because"] == "二重に入力"
    assert client.get(f"/api/v1/{path}").status_code == 200
    assert client.get(f"/api/v1/customers/{customer.pk}/activities").json()["results"] == []


def test_the_list_is_asked_for_by_days(client, customer, account_manager):
    for number in range(3):
        an_activity(customer, DAY - datetime.timedelta(days=number), staff=account_manager)
    path = f"/api/v1/customers/{customer.pk}/activities"
    days = [
        row["day"]
        for row in client.get(f"{path}?since=2026-07-13&until=2026-07-14").json()["results"]
    ]
    assert days == ["2026-07-13"]
    assert client.get(f"{path}?since=soon").status_code == 400


def test_the_list_is_asked_for_by_marks(client, customer):
    late = record(client, customer).json()["id"]
    record(client, customer, started_at="2026-07-14T12:00:00+09:00", minutes=60)
    path = f"/api/v1/customers/{customer.pk}/activities"
    found = client.get(f"{path}?mark=outside_hours&mark=goodwill").json()["results"]
    assert [row["id"] for row in found] == [late]
    assert client.get(f"{path}?mark=nonsense").status_code == 400


def test_the_price_of_goodwill_needs_its_right(client, client_of, customer, auditor, now):
    a_contract(customer, price_beyond=Decimal(13_000))
    data = EntryData(
        day=DAY, minutes=90, cause="customer_wish", favor=FavorData(why="お礼", usual_price=None)
    )
    entry = record_activity(customer=customer, data=data, by=customer.owner, now=now)
    mine = client.get(f"/api/v1/activities/{entry.pk}").json()["favor"]
    theirs = client_of(auditor).get(f"/api/v1/activities/{entry.pk}").json()["favor"]
    assert Decimal(mine["usual_price"]) == 19_500
    assert (theirs["why"], theirs["usual_price"]) == ("お礼", None)
