"""Service levels and benefits in a real browser, with and without JavaScript."""

import datetime
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from firm.dates import today
from tests.factories import a_benefit, a_customer, a_draft, a_level, a_rule_set
from tests.tiering.nights import a_done_night, a_move, an_evaluation
from tiering.models.standing import Reason

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def book(account_manager, administrator):
    """ひかり堂 in C, where there is the paper report only, and a draft of the rules."""
    rules = a_rule_set(by=administrator)
    a_benefit(unit="部")
    a_level(rules, "S", "first_response", 30)
    a_level(rules, "S", "review_meeting", 4, per="year")
    a_level(rules, "C", "first_response", 480)
    a_level(rules, "C", "paper-report", 12, per="year")
    customer = a_customer("ひかり堂", owner=account_manager, tier_rank=4)
    since = datetime.date(2025, 4, 1)
    evaluation = an_evaluation(rules, job=a_done_night(business_date=since), as_of=since)
    a_move(customer, evaluation, before="", after="C", reason=Reason.INITIAL)
    return customer, a_draft(rules)


@pytest.mark.parametrize("with_javascript", [True, False])
def test_a_benefit_is_recorded_warned_of_and_taken_back(
    page_of, account_manager, book, with_javascript
):
    customer, _draft = book
    page = page_of(account_manager, java_script_enabled=with_javascript)
    page.goto(f"/customers/{customer.pk}/")
    if with_javascript:
        page.locator("#benefits").evaluate("one => one.scrollIntoView()")
    else:
        page.get_by_role("link", name="特典の利用状況を表示").click()
    page.get_by_role("button", name=re.compile("実施した.*月次紙レポート")).click()
    if not with_javascript:  # back on the file
        page.get_by_role("link", name="特典の利用状況を表示").click()
    row = page.get_by_role("row", name="月次紙レポート")
    expect(row).to_contain_text("11部")

    page.get_by_role("link", name="詳しく記録").click()
    page.get_by_label("特典", exact=True).select_option(label="レビュー会議")
    page.get_by_role("button", name="記録する").click()
    expect(page.get_by_role("alert")).to_contain_text("プレミアの特典です")
    expect(page.get_by_role("alert")).to_contain_text("月次紙レポート")
    page.get_by_role("button", name="それでも記録する").click()
    if not with_javascript:
        page.get_by_role("link", name="特典の利用状況を表示").click()
    row = page.get_by_role("row", name="レビュー会議")
    expect(row).to_contain_text("ランクの特典ではありません")

    page.goto(f"/customers/{customer.pk}/benefits/")
    page.get_by_role("button", name=re.compile("取り消す.*レビュー会議")).click()
    if with_javascript:
        page.locator("[data-confirm-yes]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ひかり堂")
    expect(page.get_by_role("row", name="レビュー会議")).to_have_count(0)


def test_the_matrix_of_a_draft_is_filled_in_and_a_broken_promise_refused(
    page_of, administrator, book
):
    _customer, draft = book
    page = page_of(administrator, java_script_enabled=False)
    page.goto(f"/rules/drafts/{draft.pk}/services/")
    amount = page.get_by_label("一次回答の目安, ベーシック", exact=True)
    amount.fill("9")
    page.get_by_label("単位：一次回答の目安, ベーシック").select_option("h")
    page.get_by_label("副担当, プレミア").select_option("named")
    page.get_by_role("button", name="保存").first.click()
    expect(page.get_by_role("alert")).to_contain_text("全てのお客様に1営業日以内を約束")
    expect(amount).to_have_value("9")
    amount.fill("8")
    page.get_by_role("button", name="保存").first.click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_label("副担当, プレミア")).to_have_value("named")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_readable_by_everybody(page_of, administrator, book, width, theme):
    customer, draft = book
    page = page_of(administrator, viewport={"width": width, "height": 900}, color_scheme=theme)
    for path in (
        "/rules/",
        f"/rules/drafts/{draft.pk}/services/",
        f"/customers/{customer.pk}/",
        f"/customers/{customer.pk}/?on={today() - datetime.timedelta(days=2)}",
        f"/customers/{customer.pk}/benefits/?service=goodwill_budget",
        "/reports/benefits/",
        "/reports/benefits/?benefit=paper-report&tier=4",
    ):
        page.goto(path)
        violations = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
