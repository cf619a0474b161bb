"""`manage.py people add`, as an operator types it."""

import re

import pytest
from django.core.management import CommandError, call_command

from firm.models import AuditEvent, PostHolding, User

pytestmark = pytest.mark.django_db

ADD = ["people", "add", "sasaki@example.jp", "--name", "佐々木 一", "--role", "account_manager"]


def link_in(text: str) -> str:
    return re.search(r"http://[^/]+(/account/password/reset/key/\S+)", text).group(1)


def test_a_person_is_added_with_a_post_and_a_link(capsys):
    call_command(*ADD, "--department", "営業部/第一課")
    person = User.objects.get(email="sasaki@example.jp")
    post = PostHolding.objects.get(person=person).post
    assert (post.role, post.department.path) == ("account_manager", "営業部/第一課")
    assert link_in(capsys.readouterr().out)
    assert list(AuditEvent.objects.values_list("code", "actor").order_by("id"))[-1] == (
        "password_link_made",
        None,
    )


def test_the_link_sets_the_password_once_and_opens_the_door(capsys, client):
    call_command(*ADD)
    link = link_in(capsys.readouterr().out)
    form = client.get(link, follow=True)
    assert form.status_code == 200
    password = {"password1": "a long enough word", "password2": "a long enough word"}
    assert client.post(form.request["PATH_INFO"], password).status_code == 302
    again = client.__class__().get(link, follow=True)
    assert "password1" not in again.content.decode()
    login = {"login": "sasaki@example.jp", "password": "a long enough word"}
    assert client.__class__().post("/account/login/", login).status_code == 302


def test_a_second_time_gives_the_person_one_more_post(capsys):
    call_command(*ADD)
    call_command(*ADD[:-1], "auditor")
    person = User.objects.get(email="sasaki@example.jp")
    assert {holding.post.role for holding in person.holdings.all()} == {
        "account_manager",
        "auditor",
    }
    assert "there already" in capsys.readouterr().out


def test_the_same_command_again_changes_nothing(capsys):
    call_command(*ADD)
    call_command(*ADD)
    assert PostHolding.objects.count() == 1


def test_somebody_with_a_password_gets_no_link(capsys, account_manager):
    call_command("people", "add", account_manager.email, "--name", "佐藤", "--role", "auditor")
    assert "/account/" not in capsys.readouterr().out


def test_what_is_no_address_is_refused_with_a_sentence():
    with pytest.raises(CommandError, match="nobody"):
        call_command("people", "add", "nobody", "--name", "誰か", "--role", "auditor")
    assert not User.objects.exists()


def test_a_role_nobody_knows_is_refused():
    with pytest.raises(CommandError):
        call_command(*ADD[:-1], "emperor")
