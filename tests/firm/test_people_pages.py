"""The pages of people and posts, as an administrator uses them."""

import datetime

import pytest
from django.urls import reverse

from firm.actions import give_post
from firm.models import Post, PostHolding, User
from tests.factories import a_department, a_person, a_post

pytestmark = pytest.mark.django_db

NEW = {"name": "新人 一郎", "email": "new@example.jp", "role": "account_manager"}


@pytest.fixture
def browser(client_of, administrator):
    return client_of(administrator)


def page_of(person: User) -> str:
    return reverse("firm:person", args=[person.pk])


def test_people_are_found_by_part_of_name_kana_or_address(browser, account_manager, stranger):
    a_person("高田 一", name_kana="タカダ ハジメ")
    for text in ("高田", "タカダ", "高田 タカダ"):
        page = browser.get(reverse("firm:people"), {"q": text})
        assert [person.name for person in page.context["people"]] == ["高田 一"]
    page = browser.get(reverse("firm:people"), {"q": "YAMAMOTO"})
    assert [person.name for person in page.context["people"]] == ["山本 翔"]


def test_a_search_with_a_character_no_name_can_hold_finds_the_rest_of_it(browser, stranger):
    page = browser.get(reverse("firm:people"), {"q": "YAMA\x00MOTO \x00"})
    assert [person.name for person in page.context["people"]] == ["山本 翔"]


def test_people_are_found_by_role(browser, account_manager, auditor):
    page = browser.get(reverse("firm:people"), {"role": "auditor"})
    assert [person.name for person in page.context["people"]] == [auditor.name]


def test_disabled_people_are_shown_on_request(browser):
    gone = a_person("退職者", is_active=False)
    assert gone.name not in browser.get(reverse("firm:people")).content.decode()
    assert gone.name in browser.get(reverse("firm:people"), {"disabled": "1"}).content.decode()


def test_vacant_posts_are_listed(browser):
    a_post(None, "section_manager", department="営業部/第二課")
    assert "営業部/第二課" in browser.get(reverse("firm:people")).content.decode()


def test_an_abolished_post_is_neither_vacant_nor_offered(browser, administrator, now):
    post = a_post(None, "section_manager", department="営業部/第二課")
    url = reverse("firm:abolish_post", args=[post.pk])
    assert url in browser.get(reverse("firm:people")).content.decode()
    assert "廃止しました" in browser.post(url, follow=True).content.decode()
    assert "営業部/第二課" not in browser.get(reverse("firm:people")).content.decode()
    successor = give_post(
        person=a_person(),
        role="section_manager",
        department=post.department,
        by=administrator,
        now=now,
    )
    assert successor.post != post
    assert "もうありません" in browser.post(url, follow=True).content.decode()


def test_a_post_that_somebody_holds_or_will_hold_is_not_abolished(browser, auditor, today):
    held = auditor.holdings.get().post
    page = browser.post(reverse("firm:abolish_post", args=[held.pk]), follow=True)
    assert "石井 亮さんがこの役職に就いています" in page.content.decode()
    promised = a_post(a_person("次の人"), "auditor", since=today + datetime.timedelta(days=9000))
    page = browser.post(reverse("firm:abolish_post", args=[promised.pk]), follow=True)
    assert "次の人さん" in page.content.decode()
    assert not Post.objects.filter(ended_on__isnull=False).exists()


def test_a_long_list_goes_on_and_back_to_its_top(browser):
    for _ in range(60):
        a_person()
    first = browser.get(reverse("firm:people"))
    assert len(first.context["people"]) == 50
    second = browser.get(reverse("firm:people") + first.context["next_url"])
    assert len(second.context["people"]) == 11
    assert second.context["previous_url"] == reverse("firm:people")


def test_a_new_persons_link_is_shown_once(browser):
    response = browser.post(reverse("firm:create_person"), NEW)
    person = User.objects.get(email=NEW["email"])
    assert response.headers["Location"] == page_of(person)
    assert "/account/password/reset/key/" in browser.get(page_of(person)).content.decode()
    assert "/account/password/reset/key/" not in browser.get(page_of(person)).content.decode()


def test_the_link_is_not_shown_on_somebody_elses_page(browser, account_manager):
    browser.post(reverse("firm:create_person"), NEW)
    page = browser.get(page_of(account_manager)).content.decode()
    assert "/account/password/reset/key/" not in page


def test_an_address_that_is_taken_stays_in_the_form_with_the_reason(browser, account_manager):
    response = browser.post(reverse("firm:create_person"), {**NEW, "email": account_manager.email})
    assert response.status_code == 422
    assert NEW["name"] in (page := response.content.decode())
    assert account_manager.email in page
    assert not User.objects.filter(name=NEW["name"]).exists()


def test_a_department_is_chosen_or_named_but_not_both(browser):
    chosen = a_department("営業部")
    both = {**NEW, "department": chosen.pk, "new_department": "製造部"}
    assert browser.post(reverse("firm:create_person"), both).status_code == 422
    browser.post(reverse("firm:create_person"), {**NEW, "new_department": "製造部/第二課"})
    post = PostHolding.objects.get(person__email=NEW["email"]).post
    assert post.department.path == "製造部/第二課"


def test_a_post_is_given_and_ended_on_the_persons_page(browser, account_manager):
    address = reverse("firm:add_post", args=[account_manager.pk])
    browser.post(address, {"role": "auditor", "title": "監査役"})
    assert "監査役" in browser.get(page_of(account_manager)).content.decode()
    holding = PostHolding.objects.get(person=account_manager, post__role="auditor")
    browser.post(reverse("firm:remove_post", args=[account_manager.pk, holding.pk]))
    holding.refresh_from_db()
    assert holding.held_until is not None


def test_a_holding_of_somebody_else_is_not_found_under_this_person(browser, account_manager):
    other = PostHolding.objects.get(person=account_manager)
    address = reverse("firm:remove_post", args=[a_person().pk, other.pk])
    assert browser.post(address).status_code == 404


def test_the_only_administrator_reads_why_the_button_is_locked(browser, administrator):
    page = browser.get(page_of(administrator)).content.decode()
    assert reverse("firm:disable", args=[administrator.pk]) not in page
    response = browser.post(reverse("firm:disable", args=[administrator.pk]), follow=True)
    assert User.objects.get(pk=administrator.pk).is_active
    assert "無効にできません" in response.content.decode()


def test_a_changed_name_is_saved_and_an_empty_one_refused(browser, account_manager):
    address = reverse("firm:save_person", args=[account_manager.pk])
    assert browser.post(address, {"name": ""}).status_code == 422
    assert browser.post(address, {"name": "佐藤 美咲子"}).status_code == 302
    assert User.objects.get(pk=account_manager.pk).name == "佐藤 美咲子"


def test_names_are_text_on_every_page(browser):
    person = a_person("<script>alert(1)</script>")
    for address in (reverse("firm:people"), page_of(person)):
        assert "<script>alert" not in browser.get(address).content.decode()
