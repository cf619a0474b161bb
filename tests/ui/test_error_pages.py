"""What went wrong is said in words, with what was kept and what to do."""

from django.test import Client
from django.urls import reverse

from tests.cast import SIGNED_IN_BY


def test_an_address_where_nothing_is(client_of, account_manager):
    page = client_of(account_manager).get("/nowhere/")
    assert page.status_code == 404
    assert "このアドレスには何もありません" in page.content.decode()


def test_a_page_of_another_role(client_of, account_manager):
    page = client_of(account_manager).get(reverse("firm:people"))
    assert page.status_code == 403
    assert "今の役職では使えない操作です" in page.content.decode()


def test_a_form_without_its_token_changes_nothing_and_says_so(account_manager):
    client = Client(enforce_csrf_checks=True)
    client.force_login(account_manager, SIGNED_IN_BY)
    page = client.post(reverse("firm:theme"), {"theme": "dark"})
    assert page.status_code == 403
    assert "何も変更していません" in page.content.decode()
    account_manager.refresh_from_db()
    assert account_manager.theme == "auto"


def test_a_fault_of_ours_is_owned_up_to_in_the_readers_language(
    client_of, account_manager, monkeypatch
):
    def break_down(**_wishes: object) -> None:
        raise ValueError

    monkeypatch.setattr("firm.views.preferences.change_preferences", break_down)
    account_manager.language = "en"
    account_manager.save()
    client = client_of(account_manager)
    client.raise_request_exception = False
    page = client.post(reverse("firm:theme"), {"theme": "dark"})
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.content.decode()
    assert '<html lang="en">' in page.content.decode()
