"""People and posts: who may change them, and what a change does at once."""

import datetime

import pytest

from firm.actions import (
    add_person,
    change_person,
    department_at,
    disable_person,
    enable_person,
    end_post,
    give_post,
)
from firm.models import AuditEvent, Department, Post, PostHolding, User
from firm.refusals import Forbidden, Refused
from firm.scope import scope_of
from tests.factories import a_person, a_post
from tests.races import at_once

pytestmark = pytest.mark.django_db


def codes() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("code", flat=True))


def test_a_new_person_has_an_address_in_lower_case_and_no_password(administrator, now):
    person = add_person(name="新人", email=" New@Example.JP ", by=administrator, now=now)
    assert person.email == "new@example.jp"
    assert not person.has_usable_password()
    assert codes() == ["person_added"]


def test_an_address_is_taken_once(administrator, now, account_manager):
    with pytest.raises(Refused, match=r"sato@example\.jp"):
        add_person(name="別人", email="SATO@example.jp", by=administrator, now=now)


def test_what_is_no_address_is_refused(administrator, now):
    with pytest.raises(Refused):
        add_person(name="新人", email="nobody", by=administrator, now=now)


def test_two_people_may_have_no_address(administrator, now):
    for _ in range(2):
        assert add_person(name="名前のみ", email="", by=administrator, now=now).email is None


def test_only_administrators_change_people(section_manager, account_manager, now):
    with pytest.raises(Forbidden):
        add_person(name="新人", email="new@example.jp", by=section_manager, now=now)
    with pytest.raises(Forbidden):
        give_post(person=section_manager, role="executive", by=section_manager, now=now)
    with pytest.raises(Forbidden):
        disable_person(person=account_manager, by=section_manager, now=now)


def test_nobody_is_their_own_superior(administrator, account_manager, now):
    with pytest.raises(Refused):
        change_person(person=account_manager, superior=account_manager, by=administrator, now=now)


def test_a_change_is_audited_by_its_fields_and_never_by_their_values(
    administrator, account_manager, now
):
    changed = change_person(
        person=account_manager,
        name="佐藤 美咲",
        cost_grade="主任",
        by=administrator,
        now=now,
    )
    assert changed == ["cost_grade"]
    assert AuditEvent.objects.get(code="person_changed").data == {"fields": ["cost_grade"]}


def test_a_department_is_created_with_those_above_it_and_found_again(administrator, now):
    first = department_at(path="製造部/第二課", by=administrator, now=now)
    again = department_at(path=" 製造部 / 第二課 ", by=administrator, now=now)
    assert first == again
    assert first.path == "製造部/第二課"
    assert Department.objects.count() == 2 + 1  # and the administrator's own


def test_a_post_counts_from_its_first_day(administrator, account_manager, now, today):
    tomorrow = today + datetime.timedelta(days=1)
    give_post(person=account_manager, role="back_office", since=tomorrow, by=administrator, now=now)
    assert "back_office" not in scope_of(account_manager, on=today).roles
    assert "back_office" in scope_of(account_manager, on=tomorrow).roles


def test_the_same_post_is_not_given_twice(administrator, account_manager, now):
    first = give_post(person=account_manager, role="back_office", by=administrator, now=now)
    again = give_post(person=account_manager, role="back_office", by=administrator, now=now)
    assert first == again


def test_a_vacant_post_is_filled_before_another_is_made(administrator, account_manager, now):
    vacant = a_post(None, "section_manager", department="営業部/第一課")
    holding = give_post(
        person=account_manager,
        role="section_manager",
        department=vacant.department,
        by=administrator,
        now=now,
    )
    assert holding.post == vacant


def test_a_post_that_somebody_takes_up_next_month_is_not_vacant(
    administrator, account_manager, section_manager, now, today
):
    post = a_post(section_manager, "executive", since=today + datetime.timedelta(days=30))
    holding = give_post(person=account_manager, role="executive", by=administrator, now=now)
    assert holding.post != post


def test_an_ended_post_gives_no_right_from_the_same_day_and_stays_vacant(
    administrator, account_manager, now, today
):
    holding = give_post(person=account_manager, role="back_office", by=administrator, now=now)
    end_post(holding=holding, by=administrator, now=now)
    assert "back_office" not in scope_of(account_manager, on=today).roles
    assert Post.objects.filter(pk=holding.post_id, ended_on__isnull=True).exists()
    assert codes()[-1] == "post_ended"


def test_a_post_ends_once(administrator, account_manager, now):
    holding = give_post(person=account_manager, role="back_office", by=administrator, now=now)
    end_post(holding=holding, by=administrator, now=now)
    with pytest.raises(Refused):
        end_post(holding=holding, by=administrator, now=now)


def test_the_only_administrator_keeps_the_post(administrator, now):
    holding = PostHolding.objects.get(person=administrator)
    with pytest.raises(Refused, match="高橋 誠"):
        end_post(holding=holding, by=administrator, now=now)
    with pytest.raises(Refused):
        disable_person(person=administrator, by=None, now=now)


def test_with_a_second_administrator_the_first_may_go(administrator, now):
    second = a_person(role="administrator")
    disable_person(person=administrator, by=second, now=now)
    assert not User.objects.get(pk=administrator.pk).is_active


def test_nobody_disables_themselves(administrator, now):
    a_person(role="administrator")
    with pytest.raises(Refused):
        disable_person(person=administrator, by=administrator, now=now)


def test_a_disabled_persons_session_dies_at_once(administrator, account_manager, client_of, now):
    browser = client_of(account_manager)
    assert browser.get("/preferences/").status_code == 200
    disable_person(person=account_manager, by=administrator, now=now)
    assert browser.get("/preferences/").status_code == 302


def test_an_old_session_stays_dead_after_the_person_is_enabled_again(
    administrator, account_manager, client_of, now
):
    browser = client_of(account_manager)
    disable_person(person=account_manager, by=administrator, now=now)
    enable_person(person=account_manager, by=administrator, now=now)
    assert browser.get("/preferences/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_put_each_other_out(administrator, now):
    other = a_person(role="administrator")
    results = at_once(
        lambda: disable_person(person=other, by=administrator, now=now),
        lambda: disable_person(person=administrator, by=other, now=now),
    )
    assert sum(isinstance(result, Refused) for result in results) == 1, results
    assert User.objects.filter(is_active=True).count() == 1
