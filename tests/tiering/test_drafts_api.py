"""/api/v1/drafts: the same acts with the same refusals as on the page."""

import pytest

from tests.factories import NOW
from tests.tiering.drafts import RULES, TIERS, a_submitted_draft, a_written_draft, in_force
from tiering import actions
from tiering.models import RuleSet

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/drafts"


def send(client, method, address, data=None, **headers):
    send_it = getattr(client, method)
    return send_it(address, data or {}, content_type="application/json", headers=headers)


def test_a_draft_is_made_read_and_replaced(client_of, administrator):
    client = client_of(administrator)
    made = send(client, "post", ADDRESS, {"rules": RULES})
    assert made.status_code == 201
    address = f"{ADDRESS}/{made.json()['id']}"
    read = client.get(address)
    rules = read.json()["rules"] | {"grace_evaluations": 3}
    saved = send(client, "put", address, rules, **{"If-Match": read.headers["ETag"]})
    assert saved.status_code == 200
    assert saved.json()["rules"]["grace_evaluations"] == 3
    assert [row["id"] for row in client.get(ADDRESS).json()["results"]] == [made.json()["id"]]


def test_who_was_overtaken_changes_nothing(client_of, administrator):
    draft = a_written_draft(administrator)
    client, address = client_of(administrator), f"{ADDRESS}/{draft.pk}"
    old = client.get(address).headers["ETag"]
    assert send(client, "put", address, RULES | {"window_months": 6}).status_code == 200
    late = send(client, "put", address, RULES | {"window_months": 24}, **{"If-Match": old})
    assert late.status_code == 412
    assert send(client, "delete", address, **{"If-Match": old}).status_code == 412
    draft.refresh_from_db()
    assert draft.window_months == 6


def test_it_begins_from_a_version_or_the_default_set(client_of, administrator):
    client = client_of(administrator)
    assert send(client, "post", ADDRESS).json()["rules"]["breaker"]["down_count"] == 5
    version = in_force(administrator, window_months=6)
    for asked in ({}, {"of": version.number}):
        assert send(client, "post", ADDRESS, asked).json()["rules"]["window_months"] == 6
    assert send(client, "post", ADDRESS, {"of": 99}).status_code == 404


def test_rules_that_are_wrong_are_refused_with_the_sentence(client_of, administrator):
    draft = a_written_draft(administrator)
    wrong = RULES | {"tiers": [TIERS[1], TIERS[0], TIERS[2]]}
    answer = send(client_of(administrator), "put", f"{ADDRESS}/{draft.pk}", wrong)
    assert answer.status_code == 400
    assert "「A」" in answer.json()["rules"][0]


def test_the_way_to_the_second_person(client_of, administrator, executive):
    draft = a_written_draft(administrator)
    author, reviewer = client_of(administrator), client_of(executive)
    address = f"{ADDRESS}/{draft.pk}"
    assert send(author, "post", f"{address}/submit").json()["state"] == "in_review"
    assert send(author, "put", address, RULES).status_code == 409
    assert send(author, "post", f"{address}/approve").status_code == 409
    assert send(reviewer, "post", f"{address}/return", {"note": "上げて"}).status_code == 200
    send(author, "post", f"{address}/submit")
    assert send(reviewer, "post", f"{address}/approve").json()["approved_by"] == executive.pk
    taken = send(author, "post", f"{address}/take-back").json()
    assert (taken["state"], taken["approved_by"]) == ("draft", None)
    assert send(author, "delete", address).status_code == 204


def test_published_rules_are_no_draft(client_of, administrator, executive):
    version = in_force(administrator)
    client = client_of(administrator)
    assert client.get(f"{ADDRESS}/{version.pk}").status_code == 404
    assert send(client, "put", f"{ADDRESS}/{version.pk}", RULES).status_code == 404
    draft = a_submitted_draft(administrator)
    actions.approve_draft(draft=draft, by=executive, now=NOW)
    assert RuleSet.objects.exclude(state="published").count() == 1
