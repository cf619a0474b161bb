"""Language, time zone, appearance, unit of amounts and screen-share mode are the reader's own."""

import json

import pytest
from django.urls import reverse

from firm.models import SavedView
from firm.refusals import Refused
from tests.factories import a_person

PREFERENCES = reverse("firm:preferences")


def test_the_language_is_the_persons_own_whatever_the_browser_and_cookie_say(
    client_of, account_manager
):
    account_manager.language = "en"
    account_manager.save()
    client = client_of(account_manager, HTTP_ACCEPT_LANGUAGE="ja")
    client.cookies["language"] = "ja"
    page = client.get(PREFERENCES)
    assert '<html lang="en"' in page.content.decode()
    assert page.headers["Content-Language"] == "en"


def test_before_signing_in_the_language_is_the_cookies_and_else_the_firms(db, client):
    sign_in = reverse("account_login")
    assert '<html lang="ja"' in client.get(sign_in, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    client.post(reverse("firm:language"), {"language": "en", "next": sign_in})
    assert '<html lang="en"' in client.get(sign_in).content.decode()


def test_an_unknown_language_is_refused_and_nothing_is_kept(client_of, account_manager):
    client = client_of(account_manager)
    assert client.post(reverse("firm:language"), {"language": "xx"}).status_code == 422
    assert "language" not in client.cookies


@pytest.mark.parametrize(
    ("url_name", "field", "good", "bad"),
    [("theme", "theme", "dark", "pink"), ("money_unit", "money_unit", "ten_thousand", "dozen")],
)
def test_a_switch_keeps_a_known_choice_and_refuses_others(
    client_of, account_manager, url_name, field, good, bad
):
    client = client_of(account_manager)
    assert client.post(reverse(f"firm:{url_name}"), {field: good}).status_code == 302
    assert client.post(reverse(f"firm:{url_name}"), {field: bad}).status_code == 422
    account_manager.refresh_from_db()
    assert getattr(account_manager, field) == good


def test_the_chosen_theme_is_on_the_page_and_auto_leaves_it_to_the_device(
    client_of, account_manager
):
    client = client_of(account_manager)
    assert "data-theme" not in client.get(PREFERENCES).content.decode().partition(">")[2][:80]
    client.post(reverse("firm:theme"), {"theme": "dark"})
    assert 'data-theme="dark"' in client.get(PREFERENCES).content.decode()


def test_the_whole_form_saves_and_an_invalid_one_answers_422_with_the_input_kept(
    client_of, account_manager
):
    client = client_of(account_manager)
    wishes = {
        "language": "en",
        "time_zone": "America/New_York",
        "theme": "light",
        "money_unit": "yen",
    }
    assert client.post(reverse("firm:save_preferences"), wishes).status_code == 302
    page = client.post(
        reverse("firm:save_preferences"), {**wishes, "theme": "dark", "time_zone": "Nowhere/None"}
    )
    assert page.status_code == 422
    assert 'value="dark"' in page.content.decode()
    account_manager.refresh_from_db()
    assert (account_manager.time_zone, account_manager.theme) == ("America/New_York", "light")


def test_a_switch_never_leads_to_another_site(client_of, account_manager):
    client = client_of(account_manager)
    answer = client.post(
        reverse("firm:theme"), {"theme": "dark", "next": "https://elsewhere.example/"}
    )
    assert answer.headers["Location"] == "/"
    answer = client.post(reverse("firm:theme"), {"theme": "dark", "next": "/help/"})
    assert answer.headers["Location"] == "/help/"


def test_screen_share_mode_stays_until_it_is_left_and_hides_the_names_of_saved_views(
    client_of, account_manager
):
    SavedView.objects.create(user=account_manager, page="customers", name="対応超過の C")
    client = client_of(account_manager)
    assert "対応超過の C" in client.get(PREFERENCES).content.decode()

    client.post(reverse("firm:screen_share"), {"on": "1"})
    for _visit in range(2):
        page = client.get(PREFERENCES)
        assert page.wsgi_request.screen_share
        assert "対応超過の C" not in page.content.decode()

    client.post(reverse("firm:screen_share"), {"on": "0"})
    assert "対応超過の C" in client.get(PREFERENCES).content.decode()


def test_screen_share_mode_of_one_browser_is_not_that_of_another(client_of, account_manager):
    sharing, other = client_of(account_manager), client_of(account_manager)
    sharing.post(reverse("firm:screen_share"), {"on": "1"})
    assert sharing.get(PREFERENCES).wsgi_request.screen_share
    assert not other.get(PREFERENCES).wsgi_request.screen_share


def test_a_page_sends_a_visitor_to_sign_in_and_a_fragment_sends_the_whole_browser(db, client):
    page = client.get(PREFERENCES)
    assert (page.status_code, page.headers["Location"]) == (
        302,
        f"{reverse('account_login')}?next={PREFERENCES}",
    )
    fragment = client.get(PREFERENCES, HTTP_HX_REQUEST="true")
    assert fragment.status_code == 401
    assert fragment.headers["HX-Redirect"].startswith(reverse("account_login"))


def test_the_sample_page_is_for_staff_only(client_of, account_manager, db):
    address = reverse("firm:components")
    assert client_of(account_manager).get(address).status_code == 404
    keeper = a_person("部品 係", role="administrator", email="keeper@example.jp")
    keeper.is_staff = True
    keeper.save()
    assert client_of(keeper).get(address).status_code == 200


def test_a_refusal_is_a_page_and_for_a_fragment_a_toast(client_of, account_manager, monkeypatch):
    sentence = "10月は締めたあとです。"

    def refuse(**_wishes: object) -> None:
        raise Refused(sentence)

    monkeypatch.setattr("firm.views.preferences.change_preferences", refuse)
    client = client_of(account_manager)
    page = client.post(reverse("firm:theme"), {"theme": "dark"})
    assert (page.status_code, sentence in page.content.decode()) == (409, True)
    fragment = client.post(reverse("firm:theme"), {"theme": "dark"}, HTTP_HX_REQUEST="true")
    assert (fragment.status_code, fragment.content) == (409, b"")
    assert json.loads(fragment.headers["HX-Trigger"]) == {"toast": sentence}


def test_a_form_sent_after_the_session_ended_is_kept_to_be_sent_again(client, db):
    """Also with htmx, where the form itself stands on the page; not what has a password."""
    address, typed = reverse("firm:screen_share"), {"on": "1", "note": "途中まで<書いた>"}
    page = client.post(address, typed)
    assert (page.status_code, page.headers["Cache-Control"]) == (401, "no-store")
    assert 'name="note" value="途中まで&lt;書いた&gt;"' in page.content.decode()
    words = client.post(address, typed, HTTP_HX_REQUEST="true")
    assert (words.status_code, words.headers["HX-Trigger"]) == (401, "signed-out")
    assert "途中まで" not in words.content.decode()
    password = client.post(reverse("account_change_password"), {"oldpassword": "secret"})
    assert password.status_code == 302
