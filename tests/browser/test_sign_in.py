"""Coming in through the sign-in page, with and without a second step."""

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/account/login/?next=/preferences/")
    page.get_by_label("メールアドレス").fill(email)
    page.get_by_label("パスワード").fill(password)
    page.get_by_role("button", name="サインイン").click()


def test_the_right_password_leads_to_the_page_one_wanted(page_of, account_manager):
    page = page_of(None)
    sign_in(page, account_manager.email, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("表示設定")


def test_a_wrong_password_is_answered_in_words_and_the_address_is_kept(page_of, account_manager):
    page = page_of(None)
    sign_in(page, account_manager.email, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("メールアドレス")).to_have_value(account_manager.email)


def test_with_an_authenticator_app_a_code_is_asked_for_as_well(page_of, account_manager):
    secret = generate_totp_secret()
    TOTP.activate(account_manager, secret)
    page = page_of(None)
    sign_in(page, account_manager.email, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("確認コードの入力")
    code = hotp_value(secret, next(iter(yield_hotp_counters_from_time())))
    page.get_by_label("コード").fill(f"{code:06d}")
    page.get_by_role("button", name="サインイン", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("表示設定")


def test_the_language_can_be_changed_before_signing_in(page_of, db):
    page = page_of(None)
    page.goto("/account/login/")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
