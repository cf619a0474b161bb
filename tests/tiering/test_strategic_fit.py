"""Strategic scores: who gives them, for how long they count, and what a night makes of them."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from customers.models import StrategicScore
from firm.models import AuditEvent
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, a_customer, an_entry
from tests.tiering.evaluations import a_night, at_night, day, exported, published, some_rules
from tiering import actions
from tiering.actions.strategic_fit import Scores
from tiering.models import TierChange

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 7, 15)
UNTIL = datetime.date(2026, 10, 1)
FIT = {"fact": "strategic_fit", "enter": 4, "keep": 3}
TIERS = [{"code": "S", "enter": 500, "any": [FIT]}, {"code": "A", "enter": 100}, {"code": "C"}]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def customer(account_manager):
    return a_customer(code="K1", owner=account_manager)


def score(customer, by, *, points=(4, 5, 3), until=UNTIL, now=NOW, reason="重点分野"):
    return actions.score_strategic_fit(
        customer=customer,
        scores=Scores(*points),
        reason=reason,
        valid_until=until,
        by=by,
        now=now,
    )


@pytest.mark.parametrize(
    ("points", "value"), [((4, 5, 3), "4.0"), ((4, 5), "4.5"), ((5, 5, 4), "4.7"), ((0, 0), "0.0")]
)
def test_the_fit_is_the_mean_of_two_or_three_scores(customer, section_manager, points, value):
    assert str(score(customer, section_manager, points=points).value) == value


def test_a_score_is_audited_and_replaces_the_former_from_today(customer, section_manager):
    first = score(customer, section_manager, now=NOW - datetime.timedelta(days=40))
    score(customer, section_manager, points=(1, 1))
    first.refresh_from_db()
    assert (first.valid_until, first.ended_by) == (TODAY, section_manager)
    codes = AuditEvent.objects.filter(code="strategic_fit_scored").count()
    assert (codes, customer.strategic_scores.in_force(TODAY).count()) == (2, 1)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"points": (6, 1)}, "from 0 to 5"),
        ({"reason": " "}, "what the scores rest on"),
        ({"until": TODAY}, "today or later"),
        ({"until": datetime.date(2027, 7, 16)}, "12 months at most"),
    ],
)
def test_what_is_no_score_is_refused(customer, section_manager, values, sentence):
    with pytest.raises(Refused, match=sentence):
        score(customer, section_manager, **values)
    assert not StrategicScore.objects.exists()


def test_nobody_scores_the_own_customer(section_manager, executive, account_manager, back_office):
    own = a_customer(owner=section_manager)
    for person in (section_manager, account_manager, back_office):
        with pytest.raises(Forbidden):
            score(own, person)
    score(own, executive)


def test_a_withdrawn_score_needs_a_reason_and_ends_once(customer, section_manager):
    given = score(customer, section_manager, now=NOW - datetime.timedelta(days=3))
    with pytest.raises(Refused):
        actions.withdraw_strategic_score(score=given, reason="", by=section_manager, now=NOW)
    actions.withdraw_strategic_score(score=given, reason="計画変更", by=section_manager, now=NOW)
    with pytest.raises(Refused):
        actions.withdraw_strategic_score(score=given, reason="x", by=section_manager, now=NOW)


def test_a_score_lifts_from_the_next_month_end_and_an_expired_one_does_not(
    customer, section_manager, administrator
):
    """Entered on 15 July, until the end of September; without it the revenue gives A."""
    plain = a_customer(code="K2")
    for one in (customer, plain):
        an_entry(one, day("2026-06-30"), 200)
    published(some_rules(tiers=TIERS), by=administrator, since="2026-01-01", now=at_night(TODAY))
    score(customer, section_manager)
    told = {}
    for night in ("2026-07-16", "2026-08-01", "2026-10-01", "2026-11-01"):
        a_night(night)
        rows = exported(day(night).replace(day=1))
        told[night] = f"{rows['K1']['earned_tier']} {rows['K2']['earned_tier']}"
    assert told == {
        "2026-07-16": "A A",
        "2026-08-01": "S A",
        "2026-10-01": "S A",
        "2026-11-01": "A A",
    }
    entry = TierChange.objects.get(customer=customer, as_of="2026-08-01").explanation
    assert entry["criteria"] == [
        {
            "tier": "S",
            "needs": "any",
            "fact": "strategic_fit",
            "enter": "4.0000",
            "keep": "3.0000",
            "value": "4.0",
            "enters": True,
            "keeps": True,
        }
    ]


def test_the_page_scores_withdraws_and_shows_what_is_wrong(client_of, customer, section_manager):
    client, page = client_of(section_manager), reverse("tiering:strategic-fit", args=[customer.pk])
    until = (datetime.date.today() + datetime.timedelta(days=90)).isoformat()
    data = {"alignment": "4", "growth": "5", "reason": "自治体", "last_day": until}
    refused = client.post(page + "score/", data | {"reason": ""})
    assert refused.status_code == 422
    assert client.post(page + "score/", data).status_code == 302
    html = client.get(page).content.decode()
    assert "4.5" in html
    assert "自治体" in html
    assert client.post(page + "withdraw/", {"reason": ""}).status_code == 422
    assert client.post(page + "withdraw/", {"reason": "誤り"}).status_code == 302
    assert client.post(page + "withdraw/", {"reason": "誤り"}).status_code in (400, 409, 422)


def test_an_account_manager_reads_it_on_the_file_and_cannot_score(
    client_of, customer, section_manager, account_manager
):
    now = timezone.now()
    score(customer, section_manager, until=now.date() + datetime.timedelta(days=90), now=now)
    client = client_of(account_manager)
    panel = client.get(reverse("tiering:customer-overrides", args=[customer.pk])).content.decode()
    assert "4.0" in panel
    html = client.get(reverse("tiering:strategic-fit", args=[customer.pk])).content.decode()
    assert 'name="alignment"' not in html


def test_the_api_scores_lists_and_withdraws(client_of, customer, section_manager):
    client = client_of(section_manager)
    address = reverse("api-strategic-scores", args=[customer.pk])
    until = (datetime.date.today() + datetime.timedelta(days=90)).isoformat()
    body = {"alignment": 3, "growth": 4, "reason": "医療", "theme": "医療", "valid_until": until}
    made = client.post(address, body, content_type="application/json")
    assert (made.status_code, made.json()["value"]) == (201, "3.5")
    too_much = client.post(address, body | {"growth": 6}, content_type="application/json")
    assert 400 <= too_much.status_code < 500
    withdraw = reverse("api-strategic-score-withdraw", args=[made.json()["id"]])
    done = client.post(withdraw, {"reason": "x"}, content_type="application/json")
    assert done.status_code == 200
    assert client.get(address).json()["results"][0]["ended_reason"] == "x"
