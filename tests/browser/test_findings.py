"""A manager opens the board, reads why, and accepts a flag until a day."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from firm.dates import add_months, first_of_month, today
from firm.models import Firm
from tests.factories import LONG_AGO, a_contract, a_customer, a_rule_set, an_activity
from tests.servicing.findings import a_finding
from tests.tiering.nights import an_evaluation
from tiering.models import Finding, FindingKind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def flags(administrator, account_manager):
    """ひかり堂 is over-served by hours and by an unnamed channel, 東都精機 has had no proposal."""
    Firm.objects.update(flags_since=LONG_AGO)
    an_evaluation(a_rule_set(by=administrator), now=timezone.now())
    customer = a_customer("ひかり堂", owner=account_manager, tier_rank=4)
    a_contract(customer)
    until = first_of_month(today())
    window = {"window_from": add_months(until, -3), "window_until": until}
    entry = an_activity(
        customer, window["window_from"], staff=account_manager, minutes=600, note="名刺の修正"
    )
    a_finding(
        customer,
        quantity=1_650,
        loss=160_000,
        severity="high",
        entries=[entry],
        seen={"rule": "months", "used": 3_450, "included": 1_800},
        **window,
    )
    a_finding(customer, FindingKind.CHANNEL, quantity=5, **window)
    other = a_customer("東都精機", owner=account_manager, tier_rank=1)
    a_finding(other, FindingKind.NO_PROPOSAL, quantity=96, **window)


def is_clean(page) -> bool:
    return not Axe().run(page).response["violations"]


def test_a_flag_is_read_in_the_drawer_and_accepted_until_a_day(page_of, section_manager, flags):
    page = page_of(section_manager)
    page.goto(reverse("tiering:findings"))
    expect(page.get_by_role("link", name="ひかり堂")).to_be_visible()
    assert is_clean(page)

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("契約に含む 30.0 h に対して 57.5 h（192%）を使いました")
    expect(drawer.get_by_role("heading", name="ひかり堂")).to_be_focused()
    expect(drawer).to_contain_text("名刺の修正")
    assert is_clean(page)
    drawer.get_by_role("link", name="契約外の窓口").click()
    expect(drawer).to_contain_text("契約にない窓口")
    page.go_back()
    expect(drawer).to_contain_text("57.5 h（192%）")

    drawer.get_by_role("link", name="期限まで許容する").click()
    dialog = page.locator("#modal")
    expect(dialog).to_contain_text("この要確認を期限つきで許容しますか？")
    expect(dialog).to_contain_text("57.5 h（192%）")
    dialog.get_by_label("許容する最後の日").fill(add_months(today(), 2).isoformat())
    dialog.get_by_label("許容する理由").fill("契約の改定を準備中")
    assert is_clean(page)
    dialog.get_by_role("button", name="期限まで許容する").click()
    expect(page.get_by_text("期限つきで許容しました。")).to_be_visible()
    expect(drawer).to_contain_text("契約の改定を準備中")
    assert Finding.objects.get(kind="hours").state == "accepted"

    page.keyboard.press("Escape")
    expect(drawer).to_be_empty()
    expect(page.locator(".board-over .board-row")).to_have_count(1)


def test_a_flag_opens_in_a_tab_of_its_own_like_any_link(page_of, section_manager, flags):
    page = page_of(section_manager)
    page.goto(reverse("tiering:findings"))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="ひかり堂").click(modifiers=["ControlOrMeta"])
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("ひかり堂")
    expect(page.locator("#drawer")).to_be_empty()


def test_the_board_is_filtered_in_place_and_its_address_kept(page_of, section_manager, flags):
    page = page_of(section_manager)
    page.goto(reverse("tiering:findings"))
    page.get_by_label("種類").select_option("no_proposal")
    expect(page.locator(".board-over .board-row")).to_have_count(0)
    expect(page.locator(".board-under")).to_contain_text("提案 96日遅れ")
    assert "kind=no_proposal" in page.url


def test_on_a_phone_the_drawer_is_the_whole_screen_and_closes(page_of, section_manager, flags):
    page = page_of(section_manager, viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(reverse("tiering:findings"))
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_role("link", name="ひかり堂").click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("button", name="確認済みにする")).to_be_in_viewport()
    assert is_clean(page)
    drawer.get_by_role("button", name="確認済みにする").click()
    expect(page.get_by_text("確認済みにしました。")).to_be_visible()
    expect(drawer).to_contain_text("確認済み")
    drawer.get_by_role("link", name="閉じる").click()
    expect(drawer).to_be_empty()
