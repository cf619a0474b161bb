"""The editor of a draft, its review, and two versions side by side, as pages."""

import pytest
from django.urls import reverse

from firm.models import Firm
from tests.factories import NOW, a_customer
from tests.tiering.drafts import TIERS, a_submitted_draft, a_written_draft, in_force, typed
from tiering import actions
from tiering.models import RuleSet

pytestmark = pytest.mark.django_db


def post(client, name, draft, data=None):
    return client.post(reverse(f"tiering:{name}", args=[draft.pk]), data or {})


def read(client, draft):
    return client.get(reverse("tiering:draft", args=[draft.pk])).content.decode()


def test_a_draft_begins_from_the_version_in_force(client_of, administrator):
    in_force(administrator)
    response = client_of(administrator).post(reverse("tiering:new-draft"))
    draft = RuleSet.objects.get(state="draft")
    assert response.headers["Location"] == reverse("tiering:draft", args=[draft.pk])


def test_a_firm_without_rules_begins_from_the_default_set(client_of, administrator):
    client_of(administrator).post(reverse("tiering:new-draft"))
    assert RuleSet.objects.get().breaker_down_count == 5


def test_what_is_typed_is_saved(client_of, administrator):
    draft = a_written_draft(administrator)
    client = client_of(administrator)
    data = typed(
        draft, tier2__enter="3,200,000", tier2__keep="２８８００００", grace_evaluations="3"
    )
    assert post(client, "save-draft", draft, data).status_code == 302
    draft.refresh_from_db()
    second = draft.tiers.get(rank=2)
    assert (second.enter, second.keep, draft.grace_evaluations) == (3_200_000, 2_880_000, 3)
    assert "3,200,000" in read(client, draft)


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"tier2__keep": "9,000,000"}, "tier2-keep", "厳しく"),
        ({"tier2__enter": "8,000,000", "tier2__keep": ""}, "tier2-enter", "「S」"),
        ({"tier2__enter": "", "tier2__keep": ""}, "tier2-enter", "到達基準が必要"),
        ({"tier1__enter": "abc"}, "tier1-enter", "数"),
        ({"window_months": "90"}, "window_months", "60"),
        ({"name": ""}, "name", "必"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    client_of, administrator, changed, field, words
):
    draft = a_written_draft(administrator)
    response = post(client_of(administrator), "save-draft", draft, typed(draft, **changed))
    assert response.status_code == 422
    html = response.content.decode()
    errors = html.partition(f'id="id_{field}_error">')[2].partition("</ul>")[0]
    assert words in errors
    assert "保存していません。入力はそのまま残っています。" in html
    draft.refresh_from_db()
    assert draft.revision == 1


def test_a_stale_page_is_told_so_and_keeps_what_was_typed(client_of, administrator):
    draft = a_written_draft(administrator)
    stale = typed(draft, window_months="6")
    client = client_of(administrator)
    post(client, "save-draft", draft, typed(draft, window_months="24"))
    response = post(client, "save-draft", draft, stale)
    html = response.content.decode()
    assert response.status_code == 409
    assert "ほかの人がこの下書きを保存しました" in html
    assert 'name="window_months" value="6"' in html
    draft.refresh_from_db()
    assert draft.window_months == 24


def test_the_words_follow_what_is_typed_without_saving(client_of, administrator):
    in_force(administrator)
    draft = a_written_draft(administrator)
    data = typed(draft, tier2__enter="3200000", tier2__keep="2880000")
    html = post(client_of(administrator), "check-draft", draft, data).content.decode()
    assert "<html" not in html
    assert "直近12か月の売上が3,200千円以上" in html
    assert "アドバンスの到達基準" in html
    assert "<del>2,800,000円</del>" in html
    assert draft.tiers.get(rank=2).enter == 2_800_000


def test_a_check_without_javascript_saves_nothing(client_of, administrator):
    draft = a_written_draft(administrator)
    data = typed(draft, act="check", window_months="6")
    response = post(client_of(administrator), "save-draft", draft, data)
    assert response.status_code == 200
    draft.refresh_from_db()
    assert draft.window_months == 12


def test_rows_are_added_and_removed_by_buttons(client_of, administrator):
    draft = a_written_draft(administrator)
    client = client_of(administrator)
    html = post(client, "save-draft", draft, typed(draft, act="add")).content.decode()
    assert 'name="rows" value="4"' in html
    assert 'name="tier4-code" value="C"' in html
    html = post(client, "save-draft", draft, typed(draft, act="remove-1")).content.decode()
    assert 'name="rows" value="2"' in html
    assert 'name="tier1-code" value="A"' in html
    assert draft.tiers.count() == 3


def test_thresholds_are_proposed_from_the_firms_own_revenue(client_of, administrator):
    for revenue in (5_120_000, 2_310_000, 1_240_000, 800_000, 300_000, 0):
        a_customer(trailing_revenue=revenue, tier_rank=1)
    draft = a_written_draft(administrator)
    html = post(client_of(administrator), "save-draft", draft, typed(draft, act="fill"))
    # Of 9.77 million: 60 % with the second customer, 90 % with the fourth.
    text = html.content.decode()
    assert 'name="tier1-enter" value="2,300,000"' in text
    assert 'name="tier2-enter" value="800,000"' in text
    assert 'name="tier2-keep" value="720,000"' in text


def test_what_the_form_has_no_field_for_stays(client_of, administrator):
    services = {"first_response": 60, "backup": "named"}
    draft = a_written_draft(administrator, tiers=[TIERS[0] | {"services": services}, *TIERS[1:]])
    post(client_of(administrator), "save-draft", draft, typed(draft, window_months="6"))
    assert draft.service_levels.count() == 2


def test_a_reviewer_reads_and_decides(client_of, administrator, executive):
    in_force(administrator)
    draft = a_submitted_draft(administrator, grace_evaluations=3)
    client = client_of(executive)
    html = read(client, draft)
    assert "承認" in html
    assert "猶予期間" in html
    assert "draft-form" not in html
    post(client, "return-draft", draft, {"note": "理由を足してください"})
    assert "理由を足してください" in read(client_of(administrator), draft)
    actions.submit_draft(draft=draft, by=administrator, now=NOW)
    post(client, "approve-draft", draft)
    draft.refresh_from_db()
    assert draft.approved_by == executive


def test_two_versions_are_compared_in_words(client_of, stranger, administrator):
    in_force(administrator)
    changed = [TIERS[0], TIERS[1] | {"enter": 3_200_000}, TIERS[2]]
    draft = a_written_draft(administrator, tiers=changed)
    actions.publish_rules(
        draft=draft,
        preview=actions.preview_now(draft=draft, by=administrator, now=NOW),
        effective_from=NOW.date(),
        by=administrator,
        approved_by=None,
        note="見直し",
        now=NOW,
    )
    html = client_of(stranger).get(reverse("tiering:compare-rules"), {"from": 1, "to": 2})
    assert "<del>2,800,000円</del>" in html.content.decode()


def test_a_firm_in_trial_says_so_where_rules_are_written(client_of, administrator, executive):
    draft = a_written_draft(administrator)
    assert "お試し期間中のため、1人で適用できます" in read(client_of(administrator), draft)
    Firm.objects.update(went_live_at=NOW)
    assert "お試し期間中" not in read(client_of(administrator), draft)


def test_a_review_that_is_due_is_said_on_the_first_page(client_of, administrator, executive):
    version = in_force(administrator)
    address = reverse("customers:list")
    assert "見直し期限" not in client_of(executive).get(address).content.decode()
    RuleSet.objects.filter(pk=version.pk).update(review_on=NOW.date().replace(year=2021))
    assert "見直し期限" in client_of(executive).get(address).content.decode()
    client_of(administrator).post(reverse("tiering:confirm-review", args=[version.pk]))
    assert "見直し期限" not in client_of(executive).get(address).content.decode()


def test_nothing_of_a_draft_is_there_while_the_screen_is_shared(client_of, administrator):
    client = client_of(administrator)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    response = client.get(reverse("tiering:draft", args=[a_written_draft(administrator).pk]))
    assert response.headers["Location"] == reverse("tiering:rules")
