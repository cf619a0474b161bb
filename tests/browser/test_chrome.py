"""Keys, dialogs, menus and switches of the frame around every page."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(page_of, account_manager) -> Page:
    page = page_of(account_manager)
    page.goto("/preferences/")
    return page


def test_a_question_mark_lists_the_keys_and_escape_closes_the_list(page):
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="キー操作")
    expect(keys).to_be_visible()
    expect(keys.get_by_text("画面共有モード")).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).not_to_be_visible()


def test_a_slash_puts_the_cursor_into_the_search_and_is_not_typed_there(page):
    page.keyboard.press("/")
    search = page.get_by_role("searchbox").first
    expect(search).to_be_focused()
    expect(search).to_have_value("")


def test_keys_do_nothing_while_one_writes_or_an_ime_composes(page):
    page.goto("/help/")
    field = page.locator("main input").first
    field.press_sequentially("?p")
    expect(field).to_have_value("?p")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(
        """document.body.dispatchEvent(
            new KeyboardEvent("keydown", {key: "?", isComposing: true, bubbles: true}))"""
    )
    expect(page.locator("#keys")).not_to_be_visible()
    # The same event without the IME does open it.
    page.evaluate(
        """document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "?", bubbles: true}))"""
    )
    expect(page.locator("#keys")).to_be_visible()


def test_single_keys_can_be_switched_off_on_a_device(page):
    page.keyboard.press("?")
    page.get_by_label("この端末で1文字のキー操作を使う").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    expect(page.locator("#keys")).not_to_be_visible()


def test_a_key_starts_screen_share_mode_and_a_button_leaves_it(page):
    page.keyboard.press("p")
    strip = page.get_by_role("complementary", name="画面共有モード")
    expect(strip).to_be_visible()
    strip.get_by_role("button").click()
    expect(strip).not_to_be_visible()


def test_the_theme_changes_at_once_and_stays(page):
    page.locator(".person summary").click()
    page.get_by_role("button", name="暗い").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_menu_closes_on_escape_and_gives_the_focus_back(page):
    summary = page.locator(".person summary")
    summary.click()
    page.keyboard.press("Escape")
    expect(page.locator(".person")).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()


def test_everything_works_without_javascript(page_of, account_manager):
    page = page_of(account_manager, java_script_enabled=False)
    page.goto("/preferences/")
    page.get_by_label("English").check()
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Preferences")
    expect(page.get_by_text("Your preferences are saved.")).to_be_visible()


def test_on_the_phone_the_navigation_is_at_the_foot_and_the_rest_in_the_menu(
    page_of, administrator
):
    page = page_of(administrator, viewport={"width": 390, "height": 844})
    page.goto("/preferences/")
    expect(page.locator(".sidebar")).not_to_be_visible()
    expect(page.locator(".bottom-tabs a").first).to_be_visible()
    page.locator(".person summary").click()
    expect(page.get_by_role("link", name="操作履歴")).to_be_visible()
