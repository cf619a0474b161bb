"""A draft from its beginning to the second person, as people do it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.factories import a_rule_set
from tiering.models import RuleSet

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_draft_is_edited_sent_and_approved(page_of, administrator, executive):
    a_rule_set(by=administrator, keep=(6_650_000, 2_660_000, 855_000))
    author = page_of(administrator)
    author.goto("/rules/")
    author.get_by_role("button", name="この版から下書きを作る").click()
    author.locator("[name=tier2-keep]").fill("9,000,000")
    expect(author.locator("#id_tier2-keep_error li")).to_contain_text("厳しく")
    author.locator("[name=tier2-enter]").fill("3,200,000")
    author.locator("[name=tier2-keep]").fill("2,880,000")
    words = author.locator("#words")
    expect(words.locator("ins", has_text="3,200,000円")).to_be_visible()
    expect(author.locator("#id_tier2-keep_error li")).to_have_count(0)
    assert Axe().run(author).violations_count == 0
    author.get_by_role("button", name="保存する", exact=True).click()
    expect(author.locator(".toast")).to_contain_text("下書きを保存しました")
    author.get_by_role("button", name="確認を依頼する").click()

    draft = RuleSet.objects.exclude(state="published").get()
    reviewer = page_of(executive)
    reviewer.goto(f"/rules/drafts/{draft.pk}/")
    expect(reviewer.locator(".changes")).to_contain_text("アドバンスの到達基準")
    assert Axe().run(reviewer).violations_count == 0
    reviewer.get_by_role("button", name=re.compile("^承認")).click()
    expect(reviewer.locator(".toast")).to_contain_text("下書きを承認しました")
    draft.refresh_from_db()
    assert draft.approved_by == executive
