"""Coming in: by password and second factor, never by signing up, and not when disabled."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core import mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from firm.sign_in import ALLAUTH_SENTENCES
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def fresh_limits(settings):
    """Failures of one test must not lock the next one out."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def sign_in(client, person, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": person.email, "password": password, **more})


def is_in(client) -> bool:
    return client.get(reverse("firm:preferences")).status_code == 200


def test_the_right_password_opens_the_door(client, account_manager):
    assert sign_in(client, account_manager).headers["Location"] == "/"
    assert is_in(client)


def test_an_address_is_known_in_any_case(client, account_manager):
    client.post(LOGIN, {"login": "SATO@Example.JP", "password": PASSWORD})
    assert is_in(client)


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client, account_manager):
    wrong = sign_in(client, account_manager, "something else")
    unknown = client.post(LOGIN, {"login": "nobody@example.jp", "password": PASSWORD})
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert not is_in(client)


def test_after_signing_in_the_page_asked_for_is_shown(client, account_manager):
    asked = client.get("/calendar/?year=2026")
    assert asked.headers["Location"] == f"{LOGIN}?next=/calendar/%3Fyear%3D2026"
    response = sign_in(client, account_manager, next="/calendar/?year=2026")
    assert response.headers["Location"] == "/calendar/?year=2026"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_nobody_is_sent_to_a_foreign_address(client, account_manager, address):
    assert sign_in(client, account_manager, next=address).headers["Location"] == "/"


def test_a_disabled_person_stays_outside(client, account_manager):
    account_manager.is_active = False
    account_manager.save()
    sign_in(client, account_manager)
    assert not is_in(client)


def test_nobody_signs_up(client):
    page = client.post(
        reverse("account_signup"), {"email": "new@example.jp", "password1": PASSWORD}
    )
    assert "password1" not in page.content.decode()
    assert not is_in(client)


def test_with_a_second_factor_the_password_alone_is_not_enough(client, account_manager):
    secret = generate_totp_secret()
    TOTP.activate(account_manager, secret)
    sign_in(client, account_manager)
    assert not is_in(client)
    code = format_hotp_value(hotp_value(secret, next(iter(counters()))))
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(client)


def test_a_wrong_second_factor_is_refused(client, account_manager):
    TOTP.activate(account_manager, generate_totp_secret())
    sign_in(client, account_manager)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert not is_in(client)


def test_a_forgotten_password_is_set_by_a_link_in_the_mail(client, account_manager):
    client.post(reverse("account_reset_password"), {"email": account_manager.email})
    [letter] = mail.outbox
    assert letter.to == [account_manager.email]
    assert "/account/password/reset/key/" in letter.body


def test_a_strangers_reset_sends_no_link(client):
    client.post(reverse("account_reset_password"), {"email": "nobody@example.jp"})
    assert not any("/reset/key/" in letter.body for letter in mail.outbox)


def test_the_sentences_of_the_sign_in_are_in_our_words():
    with translation.override("ja"):
        for sentence in ALLAUTH_SENTENCES:
            assert "サインイン" in gettext(sentence)
            assert "ログイン" not in gettext(sentence)


def test_the_session_ends_with_signing_out(client, account_manager):
    sign_in(client, account_manager)
    client.post(reverse("account_logout"))
    assert not is_in(client)
