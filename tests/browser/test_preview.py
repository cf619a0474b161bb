"""From a draft through its preview to a published version, as an administrator does it."""

import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from firm import jobs
from tests.factories import PASSWORD, a_customer, an_entry
from tests.tiering.evaluations import a_night, published, some_rules
from tests.tiering.previews import a_draft
from tiering.models import Preview, RuleSet

pytestmark = pytest.mark.django_db(transaction=True)

STRICT = [{"code": "T1", "enter": 800}, {"code": "T2", "enter": 400}, {"code": "T3"}]


@pytest.fixture
def draft(administrator, account_manager) -> RuleSet:
    now = timezone.now()
    since = now.date() - datetime.timedelta(days=40)
    published(some_rules(), by=administrator, since=str(since), now=now)
    before = now.date().replace(day=1) - datetime.timedelta(days=15)
    an_entry(a_customer("みどり医療会", owner=account_manager), before, 550)
    a_night(timezone.localdate(now), now=now)
    return a_draft(some_rules(name="絞る案", tiers=STRICT), by=administrator, now=now)


def test_a_draft_is_previewed_and_published(page_of, administrator, draft):
    page = page_of(administrator)
    page.goto(f"/rules/drafts/{draft.pk}/")
    page.get_by_role("button", name="影響の試算").click()
    expect(page.get_by_role("progressbar", name="試算の進み具合")).to_be_visible()
    preview = Preview.objects.get(draft=draft, job__isnull=False)
    jobs.run(preview.job.pk, now=timezone.now())
    expect(page.get_by_role("link", name="みどり医療会")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    page.get_by_role("link", name="適用に進む").click()
    page.get_by_label("変更の理由").fill("上位の約束を守れる数にする")
    page.get_by_role("button", name="適用する").click()
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="確認").click()
    expect(page.get_by_text("第2版を適用しました。")).to_be_visible()
    draft.refresh_from_db()
    assert draft.state == RuleSet.State.PUBLISHED


@pytest.mark.parametrize("width", [1440, 390])
def test_preview_and_publish_page_are_readable_by_everybody(page_of, administrator, draft, width):
    page = page_of(administrator, viewport={"width": width, "height": 900})
    page.goto(f"/rules/drafts/{draft.pk}/")
    page.get_by_role("button", name="影響の試算").click()
    preview = Preview.objects.get(draft=draft, job__isnull=False)
    jobs.run(preview.job.pk, now=timezone.now())
    for path in (f"/rules/previews/{preview.pk}/", f"/rules/drafts/{draft.pk}/publish/"):
        page.goto(path)
        assert not Axe().run(page).response["violations"], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
