"""The preview's page, its file, the publish page and the API."""

import datetime
import time

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.urls import reverse
from django.utils import timezone
from rest_framework.authtoken.models import Token

from customers.models import CustomerSnapshot
from firm import jobs
from firm.models import AuditEvent, Firm, User
from tests.factories import PASSWORD, a_customer, an_entry
from tests.tiering.evaluations import a_night, published, some_rules
from tests.tiering.previews import a_draft, a_preview
from tiering import actions
from tiering.models import Preview, RuleSet, TierRule

pytestmark = pytest.mark.django_db

STRICT = [{"code": "T1", "enter": 800}, {"code": "T2", "enter": 400}, {"code": "T3"}]


@pytest.fixture
def clock() -> datetime.datetime:
    return timezone.now()


@pytest.fixture
def draft(administrator, account_manager, clock) -> RuleSet:
    """Two customers would move down; the nights are of this very day."""
    since = clock.date() - datetime.timedelta(days=40)
    published(some_rules(), by=administrator, since=str(since), now=clock)
    last_month = clock.date().replace(day=1) - datetime.timedelta(days=15)
    an_entry(a_customer("みどり医療会", owner=account_manager), last_month, 550)
    an_entry(a_customer("東都精機販売", owner=account_manager), last_month, 120)
    a_night(timezone.localdate(clock), now=clock)
    return a_draft(some_rules(tiers=STRICT), by=administrator, now=clock)


@pytest.fixture
def preview(draft, administrator, clock) -> Preview:
    return a_preview(draft, by=administrator, now=clock)


def confirmed(client, person: User):
    """The browser of somebody who gave the password just now."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    return client


def page(client, preview, **query) -> str:
    return client.get(reverse("tiering:preview", args=[preview.pk]), query).content.decode()


def test_asking_for_one_leads_to_its_page_which_follows_it(client_of, administrator, draft):
    client = client_of(administrator)
    answer = client.post(reverse("tiering:preview-new", args=[draft.pk]))
    made = Preview.objects.get(job__isnull=False)
    assert answer.headers["Location"] == reverse("tiering:preview", args=[made.pk])
    assert 'hx-trigger="every 1s"' in page(client, made)
    waiting = client.get(answer.headers["Location"], headers={"HX-Request": "true"})
    assert "HX-Refresh" not in waiting.headers
    jobs.run(made.job.pk, now=timezone.now())
    done = client.get(answer.headers["Location"], headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"
    assert 'hx-trigger="every 1s"' not in page(client, made)


def test_the_page_names_who_moves_and_offers_to_publish(client_of, administrator, preview):
    text = page(client_of(administrator), preview)
    assert "みどり医療会" in text
    assert "東都精機販売" in text
    assert reverse("tiering:publish-form", args=[preview.draft_id]) in text


def test_a_stale_preview_says_so_instead(client_of, administrator, preview, clock):
    a_night(timezone.localdate(clock), now=clock + datetime.timedelta(minutes=1))
    text = page(client_of(administrator), preview)
    assert "夜間計算が完了" in text
    assert reverse("tiering:publish-form", args=[preview.draft_id]) not in text


def test_tabs_are_a_closed_list(client_of, administrator, preview):
    url = reverse("tiering:preview", args=[preview.pk])
    client = client_of(administrator)
    assert client.get(url, {"moved": "down"}).status_code == 200
    assert client.get(url, {"moved": "sideways"}).status_code == 404
    assert client.get(url, {"after": "nonsense"}).status_code == 409


def test_who_reviews_reads_but_does_not_publish(client_of, department_head, preview):
    text = page(client_of(department_head), preview)
    assert "みどり医療会" in text
    assert reverse("tiering:publish-form", args=[preview.draft_id]) not in text
    assert reverse("tiering:preview-leave", args=[preview.pk]) not in text


def test_a_shared_screen_shows_nothing_of_it(client_of, administrator, preview):
    client = client_of(administrator)
    client.post("/preferences/screen-share/", {"on": "1"})
    RuleSet.objects.filter(pk=preview.draft_id).update(name="アドバンスの引き上げ案")
    text = page(client, preview)
    assert "みどり医療会" not in text
    assert "引き上げ案" not in text
    assert "tier-chip" not in text
    assert client.get(reverse("tiering:preview-export", args=[preview.pk])).status_code == 404
    text = client.get(reverse("tiering:publish-form", args=[preview.draft_id])).content.decode()
    assert preview.token not in text
    assert "引き上げ案" not in text


def test_the_movers_are_exported_as_seen(client_of, administrator, preview):
    url = reverse("tiering:preview-export", args=[preview.pk])
    answer = client_of(administrator).get(url, {"format": "csv", "moved": "down"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "みどり医療会" in lines[1]
    assert lines[1].endswith("550.0000")
    answer = client_of(administrator).get(url, {"format": "csv", "moved": "up"})
    assert len(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()) == 1


def test_an_override_in_force_is_named(client_of, administrator, preview):
    """The night goes on beneath it; what people see stays."""
    CustomerSnapshot.objects.filter(name="みどり医療会").update(
        tier_source="override", tier_until=datetime.date(2027, 4, 1)
    )
    assert "個別指定（2027/03/31まで）" in page(client_of(administrator), preview)


def test_a_discarded_preview_can_be_made_again(client_of, administrator, preview):
    client = client_of(administrator)
    client.post(reverse("tiering:preview-leave", args=[preview.pk]))
    preview.refresh_from_db()
    assert preview.left_at is not None
    assert reverse("tiering:preview-new", args=[preview.draft_id]) in page(client, preview)


def form_of(made, clock, **values) -> dict[str, str]:
    return {
        "preview": made.token,
        "effective_from": timezone.localdate(clock).isoformat(),
        "note": "上位の約束を守れる数にする",
        **values,
    }


def test_publishing_asks_for_the_password_first(client_of, administrator, preview, clock):
    client = client_of(administrator)
    url = reverse("tiering:publish", args=[preview.draft_id])
    answer = client.post(url, form_of(preview, clock))
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert RuleSet.objects.get(pk=preview.draft_id).state == RuleSet.State.DRAFT
    answer = client.post(answer.headers["Location"], {"password": PASSWORD})
    assert answer.headers["Location"] == reverse("tiering:rules")
    assert RuleSet.objects.get(pk=preview.draft_id).state == RuleSet.State.PUBLISHED


def test_within_twelve_hours_it_does_not(client_of, administrator, preview, clock):
    client = confirmed(client_of(administrator), administrator)
    answer = client.post(
        reverse("tiering:publish", args=[preview.draft_id]), form_of(preview, clock)
    )
    assert answer.headers["Location"] == reverse("tiering:rules")
    event = AuditEvent.objects.filter(code="sole_publisher").latest("pk")
    assert event.data["channel"] == "page"


def test_the_publish_page_says_what_will_happen(client_of, administrator, preview):
    url = reverse("tiering:publish-form", args=[preview.draft_id])
    text = client_of(administrator).get(url).content.decode()
    assert "第2版" in text
    assert preview.token in text


def test_without_a_preview_the_publish_page_has_no_form(client_of, administrator, draft):
    url = reverse("tiering:publish-form", args=[draft.pk])
    text = client_of(administrator).get(url).content.decode()
    assert reverse("tiering:publish", args=[draft.pk]) not in text
    assert reverse("tiering:preview-new", args=[draft.pk]) in text


def test_an_invalid_form_keeps_what_was_typed(client_of, administrator, preview, clock):
    client = confirmed(client_of(administrator), administrator)
    url = reverse("tiering:publish", args=[preview.draft_id])
    answer = client.post(url, form_of(preview, clock, effective_from=""))
    assert answer.status_code == 422
    assert "上位の約束を守れる数にする" in answer.content.decode()


def test_a_made_up_token_publishes_nothing(client_of, administrator, preview, clock):
    client = confirmed(client_of(administrator), administrator)
    url = reverse("tiering:publish", args=[preview.draft_id])
    answer = client.post(url, form_of(preview, clock, preview="made-up"))
    assert answer.status_code == 422
    assert RuleSet.objects.get(pk=preview.draft_id).state == RuleSet.State.DRAFT


def test_a_refused_publication_still_shows_the_reason_typed(
    client_of, administrator, preview, clock
):
    client = confirmed(client_of(administrator), administrator)
    TierRule.objects.filter(rule_set=preview.draft, rank=1).update(keep=1)
    url = reverse("tiering:publish", args=[preview.draft_id])
    answer = client.post(url, form_of(preview, clock))
    assert answer.status_code == 422
    assert "上位の約束を守れる数にする" in answer.content.decode()


def test_once_live_nobody_publishes_alone(
    client, client_of, administrator, department_head, preview, clock
):
    """By neither way; once somebody else has approved the draft, by both."""
    Firm.objects.update(went_live_at=clock)
    signed_in = confirmed(client_of(administrator), administrator)
    page_url = reverse("tiering:publish", args=[preview.draft_id])
    answer = signed_in.post(page_url, form_of(preview, clock))
    assert answer.status_code == 422
    assert "2人目" in answer.content.decode()
    bearer = {"Authorization": f"Token {Token.objects.create(user=administrator).key}"}
    answer = post(client, "api-publish-rules", preview.draft_id, form_of(preview, clock), **bearer)
    assert answer.status_code == 409
    RuleSet.objects.filter(pk=preview.draft_id).update(
        state=RuleSet.State.IN_REVIEW,
        submitted_by=administrator,
        submitted_at=clock,
        approved_by=department_head,
        approved_at=clock,
    )
    answer = signed_in.post(page_url, form_of(preview, clock))
    assert answer.headers["Location"] == reverse("tiering:rules")


# The API


def post(client, name, pk, body, **headers):
    return client.post(
        reverse(name, args=[pk]), body, content_type="application/json", headers=headers
    )


def test_the_api_makes_reads_and_publishes(client, administrator, draft, clock):
    bearer = {"Authorization": f"Token {Token.objects.create(user=administrator).key}"}
    made = post(client, "api-new-preview", draft.pk, {}, **bearer)
    assert made.status_code == 202
    assert made.json()["state"] == "open"
    assert made.json()["refusal"]
    row = Preview.objects.get(pk=made.json()["id"])
    jobs.run(row.job.pk, now=timezone.now())
    read = client.get(reverse("api-preview", args=[row.pk]), headers=bearer).json()
    assert (read["state"], read["refusal"]) == ("done", None)
    assert read["moves"]["down"] == 2
    assert {"before": "T1", "after": "T2", "customers": 1, "revenue": "550.0000"} in read["earned"]
    moves = client.get(reverse("api-preview-moves", args=[row.pk]), headers=bearer).json()
    assert [(move["before"], move["after"]) for move in moves["results"]] == [
        ("T1", "T2"),
        ("T2", "T3"),
    ]
    body = form_of(row, clock)
    done = post(client, "api-publish-rules", draft.pk, body, **bearer, **{"Idempotency-Key": "a"})
    assert done.status_code == 200, done.content
    assert done.json()["number"] == 2
    again = post(client, "api-publish-rules", draft.pk, body, **bearer, **{"Idempotency-Key": "a"})
    assert again.json() == done.json()
    assert AuditEvent.objects.filter(code="sole_publisher", data__version=2).count() == 1


def test_the_api_refuses_a_stale_token_with_the_reason(client, administrator, preview, clock):
    bearer = {"Authorization": f"Token {Token.objects.create(user=administrator).key}"}
    a_night(timezone.localdate(clock), now=clock + datetime.timedelta(minutes=1))
    answer = post(client, "api-publish-rules", preview.draft_id, form_of(preview, clock), **bearer)
    assert answer.status_code == 409
    assert "夜間計算" in answer.json()["detail"]


def test_by_session_the_api_wants_the_password_confirmed_too(
    client_of, administrator, preview, clock
):
    client = client_of(administrator)
    body = form_of(preview, clock)
    assert post(client, "api-publish-rules", preview.draft_id, body).status_code == 403
    answer = post(confirmed(client, administrator), "api-publish-rules", preview.draft_id, body)
    assert answer.status_code == 200


def test_amounts_of_the_api_are_of_the_reader_s_customers(
    client_of, department_head, preview, administrator, clock
):
    foreign = a_customer("よその会社")
    an_entry(foreign, clock.date().replace(day=1) - datetime.timedelta(days=15), 550)
    fresh = actions.preview_now(draft=preview.draft, by=administrator, now=clock)
    url = reverse("api-preview-moves", args=[fresh.pk])
    rows = client_of(department_head).get(url).json()["results"]
    amounts = {row["customer"]: row["trailing_revenue"] for row in rows}
    assert amounts.pop(foreign.pk) is None
    assert set(amounts.values()) == {"550.0000", "120.0000"}
