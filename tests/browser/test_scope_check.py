"""The phone rings: from any page by keyboard to the verdict, the sentence and the quick log."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from customers.actions import read_purpose
from customers.contracts.kinds import TermLine
from customers.models import Activity, ScopeInquiry
from customers.service_log.purpose import VERSION
from tests.browser.test_quick_log import Keys
from tests.factories import NOW, a_contact, a_contract, a_customer

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = "新しいページを作ってもらえますか"
# Besides the words of the customer: ten seconds are some twenty keystrokes.
MOST_KEYS = 20


@pytest.fixture
def page(page_of, account_manager) -> Page:
    read_purpose(version=VERSION, by=account_manager, now=NOW)
    opened = page_of(account_manager, permissions=["clipboard-read", "clipboard-write"])
    opened.goto("/customers/")
    return opened


@pytest.fixture
def customer(account_manager):
    found = a_customer("ひかり堂", kana="ヒカリドウ", owner=account_manager)
    a_customer("青葉商事", kana="アオバショウジ", owner=account_manager)
    a_contact(found, "森田 花子", title="営業部長")
    small = TermLine(
        "count", "軽微な修正", amount=3, period="month", excluded=("新しいページの追加",)
    )
    a_contract(found, name="保守契約", terms=[small], price_beyond=Decimal(12_000))
    return found


def asked(page: Page, *, words: str = ASKED) -> Keys:
    """Up to the answer: the customer by two characters, what, how long and when."""
    keys = Keys(page)
    keys.press("s")
    expect(page.get_by_label("顧客", exact=True)).to_be_focused()
    keys.write("ひか")
    keys.press("Enter")
    expect(page.get_by_label("頼まれたこと")).to_be_focused()
    page.keyboard.insert_text(words)
    keys.press("Tab", "1", ".", "5", "h", "Enter")
    expect(page.locator("#verdict-heading")).to_be_focused()
    return keys


def test_the_verdict_the_sentence_and_the_entry_by_keyboard_alone(page, customer):
    keys = asked(page)
    answer = page.locator("#scope-answer")
    expect(answer.get_by_role("heading", level=2).first).to_have_text("契約の範囲外です")
    clause = "保守契約 第1版「軽微な修正」に「新しいページの追加」は含まれません"
    expect(answer.get_by_text(clause).first).to_be_visible()
    expect(answer.get_by_text("18,000円").first).to_be_visible()
    expect(answer.get_by_text("いったん持ち帰り", exact=False)).to_be_visible()
    keys.press("2", "c")
    expect(page.locator(".toasts").get_by_text("コピーしました")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "保守契約 第1版「軽微な修正」" in copied
    assert "18,000円" in copied
    keys.press("l")  # one key leads on, with everything filled in
    expect(page.get_by_label("かかった時間")).to_have_value("1.5h")
    expect(page.get_by_label("メモ")).to_have_value(ASKED)
    expect(page.get_by_role("radio", name="お客様のご要望")).to_be_checked()
    keys.press("Enter")
    expect(page.get_by_role("status").get_by_text("1.5 h を記録しました")).to_be_visible()
    assert keys.pressed <= MOST_KEYS
    entry = Activity.objects.get()
    assert (entry.customer, entry.minutes, entry.note) == (customer, 90, ASKED)
    assert ScopeInquiry.objects.get().outcome == ScopeInquiry.Outcome.LOGGED


def test_each_further_letter_narrows_what_is_found(page, customer, account_manager):
    a_customer("日向商店", kana="ヒナタショウテン", owner=account_manager)
    page.keyboard.press("s")
    expect(page.get_by_label("顧客", exact=True)).to_be_focused()
    found = page.locator("#scope-found li")
    page.keyboard.insert_text("ひ")
    expect(found).to_have_text([re.compile("ひかり堂"), re.compile("日向商店")])
    page.keyboard.insert_text("か")
    expect(found).to_have_text([re.compile("ひかり堂")])


def test_declining_copies_the_sentence_and_keeps_the_question(page, customer):
    keys = asked(page)
    keys.press("3", "Control+Enter")
    expect(page.locator("#modal")).not_to_be_visible()
    assert "18,000円" in page.evaluate("navigator.clipboard.readText()")
    row = ScopeInquiry.objects.get()
    assert (row.outcome, row.verdict, row.minutes) == ("declined", "out_of_scope", 90)


def test_letters_that_are_typed_are_no_keys(page, customer):
    """Negative control: c, l and d do their work beside the fields only."""
    asked(page)
    page.get_by_label("頼まれたこと").focus()
    page.keyboard.type("cld")
    expect(page.get_by_label("頼まれたこと")).to_have_value(f"{ASKED}cld")
    page.get_by_label("先方の担当者").select_option(label="森田 花子")
    expect(page.locator("#scope-answer").get_by_text("森田部長").first).to_be_attached()
    assert not ScopeInquiry.objects.exists()
