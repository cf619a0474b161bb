"""Flags by the API: read with the reader's rights, moved with the version that was read."""

import datetime

import pytest
from rest_framework.test import APIClient

from firm.models import Firm
from tests.factories import a_customer, an_activity
from tests.servicing.findings import FROM, a_finding
from tiering.models import Finding

pytestmark = pytest.mark.django_db

TOMORROW = datetime.date.today() + datetime.timedelta(days=2)


@pytest.fixture(autouse=True)
def shown_to_all():
    Firm.objects.update(flags_since=datetime.date(2025, 1, 1))


@pytest.fixture
def finding(account_manager):
    customer = a_customer(owner=account_manager)
    return a_finding(
        customer,
        loss=58_000,
        forgone_fee=144_000,
        seen={"by_month": {"2026-06-01": 720}},
        entries=[an_activity(customer, FROM, staff=account_manager)],
    )


def api(person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def post(client: APIClient, *args, **kwargs):
    return client.post(*args, format="json", **kwargs)


def url(finding: Finding, act: str = "") -> str:
    return f"/api/v1/findings/{finding.pk}" + (f"/{act}" if act else "")


def test_a_flag_comes_with_what_nights_saw_of_it(finding, section_manager):
    shown = api(section_manager).get(url(finding)).json()
    assert (shown["kind"], shown["direction"], shown["unit"]) == ("hours", "over", "minutes")
    assert (shown["quantity"], shown["loss"], shown["version"]) == (720, "58000.0000", 1)
    (seen,) = shown["observations"]
    assert seen["values"] == {"by_month": {"2026-06-01": 720}}
    assert seen["evidence"] == finding.observations.get().evidence
    assert (seen["window_from"], seen["window_until"]) == ("2026-04-01", "2026-07-01")


def test_money_is_for_those_with_the_right_to_it(finding, account_manager, auditor):
    shown = api(account_manager).get(url(finding)).json()
    for row in (shown, *shown["observations"]):
        assert (row["loss"], row["forgone_fee"]) == (None, "144000.0000")
    shown = api(auditor).get(url(finding)).json()
    for row in (shown, *shown["observations"]):
        assert (row["loss"], row["forgone_fee"]) == (None, None)


def test_the_list_is_asked_by_kind_direction_state_and_customer(finding, account_manager):
    other = a_finding(
        a_customer(owner=account_manager), "no_proposal", state="resolved", resolution="false"
    )
    client = api(account_manager)

    def found(**asked) -> list[int]:
        return [row["id"] for row in client.get("/api/v1/findings", asked).json()["results"]]

    assert found() == [other.pk, finding.pk]
    assert found(kind="hours") == found(direction="over") == found(state="open") == [finding.pk]
    assert found(direction="under") == found(customer=other.customer_id) == [other.pk]


def test_a_flag_is_moved_with_the_version_that_was_read(finding, account_manager):
    client = api(account_manager)
    first = post(client, url(finding, "acknowledge"), {"version": 1})
    assert (first.status_code, first.json()["state"]) == (200, "acknowledged")
    stale = post(client, url(finding, "start"), {"version": 1, "reason": "先方と相談する"})
    assert (stale.status_code, set(stale.json())) == (409, {"detail"})
    started = post(client, url(finding, "start"), {"version": 2, "reason": "先方と相談する"})
    assert started.json()["state"] == "in_progress"
    body = {"version": 3, "reason": "4月分として請求", "resolution": "billed"}
    assert post(client, url(finding, "resolve"), body).json()["resolution"] == "billed"
    again = post(client, url(finding, "resolve"), {**body, "version": 4})
    assert again.status_code == 409


def test_the_same_request_sent_twice_takes_effect_once(finding, account_manager):
    client, body = api(account_manager), {"version": 1, "reason": ""}
    answers = [
        post(client, url(finding, "acknowledge"), body, headers={"Idempotency-Key": "k1"})
        for _time in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    finding.refresh_from_db()
    assert finding.version == 2


def test_somebody_above_accepts_until_a_day(finding, section_manager):
    body = {"version": 1, "reason": "移転の月だけ", "until": TOMORROW.isoformat()}
    accepted = post(api(section_manager), url(finding, "accept"), body).json()
    assert (accepted["state"], accepted["accepted_until"]) == ("accepted", TOMORROW.isoformat())


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("acknowledge", {}),
        ("start", {"version": 1}),
        ("resolve", {"version": 1, "reason": "済み"}),
        ("resolve", {"version": 1, "reason": "済み", "resolution": "subsided"}),
        ("accept", {"version": 1, "reason": "済み", "until": "soon"}),
        ("start", {"version": 1, "reason": "済み", "state": "resolved"}),
    ],
)
def test_what_is_missing_or_unknown_is_said(finding, section_manager, act, body):
    assert post(api(section_manager), url(finding, act), body).status_code == 400
    finding.refresh_from_db()
    assert finding.state == "open"
