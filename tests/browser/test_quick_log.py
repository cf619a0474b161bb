"""An ordinary entry by keyboard from any page: at most 12 keystrokes and 15 seconds."""

import time

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from customers.actions import read_purpose
from customers.models import Activity
from customers.service_log.purpose import VERSION
from tests.factories import NOW, a_contract, a_customer

pytestmark = pytest.mark.django_db(transaction=True)

MOST_KEYS, MOST_SECONDS = 12, 15


class Keys:
    """Presses single keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def write(self, characters: str) -> None:
        """What an input method writes, each character as one key."""
        self.page.keyboard.insert_text(characters)
        self.pressed += len(characters)


def test_an_entry_takes_few_keys_and_says_what_it_means(page_of, account_manager):
    customer = a_customer("青葉商事", code="K-7", owner=account_manager)
    a_contract(customer)
    read_purpose(version=VERSION, by=account_manager, now=NOW)
    page = page_of(account_manager)
    page.goto("/customers/")
    keys, began = Keys(page), time.monotonic()
    keys.press("l")
    expect(page.get_by_label("顧客", exact=True)).to_be_focused()
    keys.press("K", "-", "7", "Enter")
    expect(page.get_by_role("group", name="対応の理由")).to_be_focused()
    keys.press("1", "4", "5", "Enter")
    expect(page.get_by_role("status").get_by_text("0.75 h を記録しました")).to_be_visible()
    assert keys.pressed <= MOST_KEYS
    assert time.monotonic() - began <= MOST_SECONDS
    expect(page.locator("#modal")).not_to_be_visible()
    entry = Activity.objects.get()
    assert (entry.customer, entry.minutes, entry.cause) == (customer, 45, "in_contract")
    page.get_by_role("link", name="訂正・取り消し").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("0.75 h")


def test_the_text_comes_first_and_the_form_knows_the_customer(page_of, account_manager):
    customer = a_customer("青葉商事", owner=account_manager)
    a_contract(customer)
    page = page_of(account_manager)
    page.goto(f"/customers/{customer.pk}/")
    # Nothing opens while an IME composes, nor in a field.
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'l', isComposing: true, bubbles: true}))"
    )
    page.keyboard.press("/")
    page.keyboard.press("l")
    expect(page.locator("#modal")).not_to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#content").focus()
    page.keyboard.press("l")
    page.get_by_role("button", name="確認しました").click()
    modal = page.locator("#modal")
    expect(modal.get_by_text("青葉商事")).to_be_visible()
    expect(modal.locator("select[name=work_item] option")).to_have_text(["—"])
    expect(modal.locator("select[name=investment]")).not_to_be_visible()
    expect(modal.get_by_role("group", name="対応の理由")).to_be_focused()
    page.keyboard.press("4")  # other
    page.keyboard.press("1")  # an investment
    expect(modal.locator("select[name=investment]")).to_be_visible()
    modal.get_by_label("お客様のご要望").check(force=True)
    modal.get_by_label("かかった時間").fill("25h")
    modal.get_by_label("メモ").fill("消えてはいけないメモ")
    modal.get_by_role("button", name="記録").click()
    expect(modal.get_by_text("24時間以内")).to_be_visible()
    expect(modal.get_by_label("メモ")).to_have_value("消えてはいけないメモ")
    modal.get_by_label("かかった時間").fill("1.5h")
    expect(modal.get_by_text("残り10時間")).to_be_visible()


def test_what_was_typed_outlives_the_session(page_of, account_manager):
    """Signed in again in another tab, the same form is sent, with the token of the new session."""
    customer = a_customer("青葉商事", owner=account_manager)
    read_purpose(version=VERSION, by=account_manager, now=NOW)
    page = page_of(account_manager)
    page.goto(f"/customers/{customer.pk}/")
    page.keyboard.press("l")
    modal = page.locator("#modal")
    modal.get_by_role("group", name="対応の理由").wait_for()
    page.keyboard.press("1")
    page.keyboard.type("45")
    session = {one["name"]: one for one in page.context.cookies()}
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    modal.get_by_role("button", name="記録する").click()
    expect(modal.get_by_role("alert")).to_contain_text("入力した内容は残っています")
    again = {**session[settings.CSRF_COOKIE_NAME], "value": "a" * 32}
    page.context.add_cookies([session[settings.SESSION_COOKIE_NAME], again])
    modal.get_by_role("button", name="記録する").click()
    expect(page.get_by_role("status").get_by_text("0.75 h を記録しました")).to_be_visible()
