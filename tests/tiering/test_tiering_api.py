"""/api/v1: tier rules, evaluations, a customer's standing."""

import datetime

import pytest
from django.urls import reverse

from tests.factories import a_customer, a_rule_set
from tests.tiering.nights import a_done_night, a_move, an_evaluation
from tiering.models import RuleSet
from tiering.models.standing import Reason


@pytest.fixture
def rules(administrator):
    return a_rule_set(by=administrator, keep=(6_650_000, 2_660_000, 855_000))


def read(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.content
    return response.json()


def test_rules_are_read_by_everybody_and_drafts_are_not_among_them(client_of, stranger, rules, now):
    RuleSet.objects.create(name="次の版", method="threshold", created_at=now)
    results = read(client_of(stranger), "api-rule-sets")["results"]
    assert [row["id"] for row in results] == [rules.pk]
    assert results[0]["status"] == "active"
    assert results[0]["tiers"][1] == {
        "code": "A",
        "name": "アドバンス",
        "name_en": "Plus",
        "enter": "2800000.0000",
        "keep": "2660000.0000",
        "criteria": [],
    }
    assert results[0]["tiers"][-1]["enter"] is None


def test_one_version_has_an_etag(client_of, stranger, rules):
    url = reverse("api-rule-set", args=[rules.pk])
    client = client_of(stranger)
    etag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_a_draft_is_not_found(client_of, administrator, now):
    draft = RuleSet.objects.create(name="次の版", method="threshold", created_at=now)
    url = reverse("api-rule-set", args=[draft.pk])
    assert client_of(administrator).get(url).status_code == 404


def test_evaluations_tell_revenue_only_to_those_who_may_see_the_firms(
    client_of, executive, auditor, account_manager, rules
):
    an_evaluation(rules, upgraded=2)
    for person, revenue in ((executive, "50000000.0000"), (auditor, None)):
        row = read(client_of(person), "api-evaluations")["results"][0]
        assert row["upgraded"] == 2
        assert row["tiers"][0]["customers"] == 4
        assert row["tiers"][0]["revenue"] == revenue
    assert client_of(account_manager).get(reverse("api-evaluations")).status_code == 403


@pytest.fixture
def customer(account_manager, rules):
    """A in June, S since July."""
    customer = a_customer("みどり医療会", owner=account_manager)
    june = a_done_night(business_date=datetime.date(2026, 6, 1))
    a_move(customer, an_evaluation(rules, job=june), before="", after="A", reason=Reason.INITIAL)
    july = a_done_night(business_date=datetime.date(2026, 7, 1))
    a_move(customer, an_evaluation(rules, job=july), before="A", after="S", reason=Reason.UPGRADED)
    return customer


def test_a_standing_is_of_the_day_asked_for(client_of, account_manager, customer):
    client = client_of(account_manager)
    assert read(client, "api-standing", customer.pk)["earned_tier"] == "S"
    june = read(client, "api-standing", customer.pk, as_of="2026-06-30")
    assert june["earned_tier"] == "A"
    assert june["reason"] == "initial"
    assert june["as_of"] == "2026-06-01"
    assert (june["window_start"], june["window_end"]) == ("2025-06-01", "2026-06-01")


def test_a_standing_says_what_is_missing_to_the_next_tier(client_of, account_manager, customer):
    found = read(client_of(account_manager), "api-standing", customer.pk, as_of="2026-06-30")
    up = {"code": "S", "amount": "7000000.0000", "by": "2026-06-30", "at_line": False}
    assert found["up"] == up
    assert found["falls_on"] is None
    assert [row["code"] for row in found["criteria"]] == ["S", "A", "B", "C"]


def test_a_standing_as_known_today_takes_the_replays_made_since(
    client_of, account_manager, customer, rules
):
    evaluation = an_evaluation(
        rules,
        job=a_done_night(key="replay", business_date=datetime.date(2026, 7, 10)),
        as_of=datetime.date(2026, 6, 1),
        is_replay=True,
    )
    evaluation.business_date = datetime.date(2026, 6, 1)
    evaluation.save(update_fields=["business_date"])
    a_move(customer, evaluation, before="", after="B", reason=Reason.INITIAL)
    client, asked = client_of(account_manager), {"as_of": "2026-06-30"}
    assert read(client, "api-standing", customer.pk, **asked)["earned_tier"] == "A"
    known = read(client, "api-standing", customer.pk, **asked, as_known_today="true")
    assert known["earned_tier"] == "B"


@pytest.mark.parametrize(
    ("as_of", "status"), [("2026-05-31", 404), ("yesterday", 400), ("2026-02-31", 400)]
)
def test_a_day_without_a_standing_is_not_found_and_no_day_is_refused(
    client_of, account_manager, customer, as_of, status
):
    url = reverse("api-standing", args=[customer.pk])
    assert client_of(account_manager).get(url, {"as_of": as_of}).status_code == status


def test_a_stranger_to_the_file_gets_404(client_of, stranger, customer):
    assert client_of(stranger).get(reverse("api-standing", args=[customer.pk])).status_code == 404
