"""Drafts: proposed once, recorded or left out by their person alone."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers.actions.activities import read_purpose
from customers.models import Activity, ActivityDraft
from customers.service_log.purpose import VERSION
from firm.dates import today as firm_today
from tests.factories import NOW, a_customer

pytestmark = pytest.mark.django_db

READ, SETTLE = reverse("customers:log-drafts-read"), reverse("customers:log-drafts-settle")


@pytest.fixture(autouse=True)
def everybody_has_read(account_manager, section_manager, stranger, now):
    for person in (account_manager, section_manager, stranger):
        read_purpose(version=VERSION, by=person, now=now)


@pytest.fixture
def aoba(account_manager):
    return a_customer("青葉商事", code="K-0001", owner=account_manager)


def a_draft(person, *, customer=None, **values) -> ActivityDraft:
    number = ActivityDraft.objects.count()
    return ActivityDraft.objects.create(
        person=person,
        source="calendar",
        source_id=f"id-{number}",
        customer=customer,
        made_at=NOW,
        **{"day": firm_today(), "minutes": 60, "title": f"定例{number}", **values},
    )


def a_csv() -> SimpleUploadedFile:
    lines = f"顧客,日付,時間,件名\n青葉商事,{firm_today()},1.5,定例\n山の手,{firm_today()},1,訪問\n"
    return SimpleUploadedFile("hours.csv", lines.encode())


def choice(draft, what="take", *, customer="K-0001 青葉商事", cause="in_contract", minutes="60"):
    return {
        f"what-{draft.pk}": what,
        f"customer-{draft.pk}": customer,
        f"cause-{draft.pk}": cause,
        f"minutes-{draft.pk}": minutes,
    }


def test_a_file_becomes_drafts_once(client_of, account_manager, aoba):
    client = client_of(account_manager)
    for _time in range(2):
        assert client.post(READ, {"file": a_csv()}).status_code == 302
    drafts = list(ActivityDraft.objects.values_list("customer", "minutes", "title"))
    assert sorted(drafts, key=str) == sorted([(aoba.pk, 90, "定例"), (None, 60, "訪問")], key=str)
    page = client.get("/log/drafts/").content.decode()
    assert "K-0001 青葉商事" in page
    assert not Activity.objects.exists()


def test_a_file_that_is_none_is_said_beside_its_field(client_of, account_manager):
    file = SimpleUploadedFile("meetings.ics", b"no calendar")
    response = client_of(account_manager).post(READ, {"file": file})
    assert response.status_code == 422
    assert "カレンダーファイル" in response.content.decode()


def test_what_is_taken_is_recorded_with_its_time_and_not_proposed_again(
    client_of, account_manager, aoba
):
    draft, other = a_draft(account_manager), a_draft(account_manager)
    data = choice(draft, minutes="45", cause="customer_wish") | choice(other, "leave")
    client = client_of(account_manager)
    assert client.post(SETTLE, data).status_code == 302
    entry = Activity.objects.get()
    assert (entry.customer, entry.minutes, entry.cause) == (aoba, 45, "customer_wish")
    assert (entry.staff, entry.note) == (account_manager, draft.title)
    states = list(ActivityDraft.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["taken", "left_out"]
    client.post(SETTLE, data)
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"customer": "K-9999"}, "顧客を選んでください"),
        ({"customer": ""}, "顧客を選んでください"),
        ({"minutes": "0"}, "1から1,440"),
        ({"minutes": "1.5"}, "1から1,440"),
        ({"cause": "gifts"}, "理由を選んでください"),
    ],
)
def test_a_bad_choice_is_said_and_nothing_is_recorded(
    wrong, said, client_of, account_manager, aoba
):
    draft, other = a_draft(account_manager), a_draft(account_manager)
    data = choice(draft, **wrong) | choice(other)
    response = client_of(account_manager).post(SETTLE, data)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Activity.objects.exists()


def test_another_persons_draft_and_customer_are_out_of_reach(client_of, stranger, aoba):
    mine = a_draft(stranger)
    response = client_of(stranger).post(SETTLE, choice(mine))
    assert response.status_code == 422
    theirs = a_draft(aoba.owner, customer=aoba)
    client_of(stranger).post(SETTLE, choice(theirs, "leave"))
    theirs.refresh_from_db()
    assert theirs.state == "waiting"
    assert theirs.title not in client_of(stranger).get("/log/drafts/").content.decode()


def test_the_api_lists_reads_and_settles(client_of, account_manager, aoba):
    client = client_of(account_manager)
    answer = client.post("/api/v1/log/drafts", {"file": a_csv()})
    assert answer.json() == {"proposed": 2, "known": 0, "older": 0, "problems": []}
    first, second = client.get("/api/v1/log/drafts").json()
    take = [{"draft": first["id"], "customer": aoba.pk, "minutes": 30}]
    body = json.dumps({"take": take, "leave_out": [second["id"]]})
    answer = client.post("/api/v1/log/drafts/settle", body, content_type="application/json")
    assert answer.json() == {"recorded": 1}
    assert client.get("/api/v1/log/drafts").json() == []


def test_the_api_takes_nobody_elses_customer(client_of, stranger, aoba):
    draft = a_draft(stranger)
    take = [{"draft": draft.pk, "customer": aoba.pk, "minutes": 30}]
    answer = client_of(stranger).post(
        "/api/v1/log/drafts/settle", json.dumps({"take": take}), content_type="application/json"
    )
    assert answer.status_code == 404
    assert not Activity.objects.exists()
