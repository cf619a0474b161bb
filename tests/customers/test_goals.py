"""Goals: set with a purpose and a measure, agreed with somebody, reached or dropped."""

import datetime

import pytest
from django.urls import reverse

from customers.actions import change_goal, drop_goal, reach_goal, reopen_goal, set_goal
from customers.models import Goal
from firm.dates import add_months, firm_date
from firm.dates import today as real_today
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, a_contact, a_customer, a_goal

pytestmark = pytest.mark.django_db

TODAY = firm_date(NOW)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def customer(account_manager):
    return a_customer("東都精機販売", owner=account_manager, tier_rank=1)


def a_new_goal(customer, by, **values):
    said = {
        "purpose": "代理店からの問い合わせを増やす",
        "measure": "問い合わせ率",
        "target": "2.0%",
        **values,
    }
    return set_goal(customer=customer, by=by, now=NOW, **said)


@pytest.mark.parametrize("missing", ["purpose", "measure", "target"])
def test_purpose_measure_and_target_are_needed(customer, account_manager, missing):
    with pytest.raises(Refused, match="目的・指標・目標値"):
        a_new_goal(customer, account_manager, **{missing: "  "})
    assert not Goal.objects.exists()


def test_it_is_agreed_with_a_contact_of_the_customer_on_a_day_that_has_been(
    customer, account_manager
):
    theirs, other = a_contact(customer), a_contact(a_customer())
    for values, said in (
        ({"agreed_with": other, "agreed_on": TODAY}, "別の顧客"),
        ({"agreed_with": theirs}, "合意した日"),
        ({"agreed_on": TODAY + DAY}, "未来"),
    ):
        with pytest.raises(Refused, match=said):
            a_new_goal(customer, account_manager, **values)
    goal = a_new_goal(customer, account_manager, agreed_with=theirs, agreed_on=TODAY)
    assert goal.agreed_with == theirs


def test_a_stranger_and_an_auditor_set_none(customer, stranger, auditor):
    for person in (stranger, auditor):
        with pytest.raises(Forbidden):
            a_new_goal(customer, person)


def test_what_it_said_before_stays_in_its_history(client_of, customer, account_manager):
    goal = a_new_goal(customer, account_manager, baseline="1.2%", current="1.2%")
    assert change_goal(goal=goal, by=account_manager, now=NOW, current="1.4%") == ["current"]
    assert change_goal(goal=goal, by=account_manager, now=NOW, current=" 1.4% ") == []
    assert [event.current for event in goal.events.all()] == ["1.2%"]
    page = client_of(account_manager).get(reverse("customers:goal", args=[goal.pk]))
    assert [version.goal.current for version in page.context["versions"]] == ["1.4%", "1.2%"]
    assert page.context["versions"][1].by == account_manager


def test_it_is_reached_or_dropped_with_a_reason_and_opened_again(customer, account_manager):
    goal, who = a_new_goal(customer, account_manager), {"by": account_manager, "now": NOW}
    with pytest.raises(Refused, match="取りやめる理由"):
        drop_goal(goal=goal, outcome=" ", **who)
    with pytest.raises(Refused, match="進行中"):
        reopen_goal(goal=goal, **who)
    reach_goal(goal=goal, outcome="10月に2.1%", **who)
    for act in (
        lambda: reach_goal(goal=goal, **who),
        lambda: drop_goal(goal=goal, outcome="別", **who),
        lambda: change_goal(goal=goal, current="3%", **who),
    ):
        with pytest.raises(Refused, match="終わっています"):
            act()
    assert reopen_goal(goal=goal, **who).state == "open"


def test_the_list_has_customers_of_the_top_tiers_without_a_young_agreement(
    client_of, account_manager, section_manager, stranger
):
    on = real_today()
    young, old = add_months(on, -6) + DAY, add_months(on, -6)
    made = {
        "合意あり": (1, {"agreed_on": young}),
        "古い合意": (2, {"agreed_on": old}),
        "未合意": (1, {}),
        "達成のみ": (2, {"agreed_on": young, "state": "reached"}),
        "下位": (3, {}),
    }
    for name, (rank, values) in made.items():
        customer = a_customer(name, kana=name, owner=account_manager, tier_rank=rank)
        a_goal(customer, by=account_manager, **values)
    a_customer("目標なし", kana="ア", owner=account_manager, tier_rank=1)
    a_customer("終了", owner=account_manager, tier_rank=1, status="inactive")
    a_customer("よその", owner=stranger, tier_rank=1)
    for person in (account_manager, section_manager):
        page = client_of(person).get(reverse("customers:goal-list"))
        names = {row.name for row in page.context["customers"]}
        assert names == {"目標なし", "古い合意", "未合意", "達成のみ"}


def test_the_list_has_goals_past_their_review(client_of, account_manager, customer):
    on = real_today()
    due = a_goal(customer, by=account_manager, review_on=on - DAY)
    a_goal(customer, by=account_manager, review_on=on)
    a_goal(customer, by=account_manager, review_on=on - DAY, state="dropped")
    page = client_of(account_manager).get(reverse("customers:goal-list") + "?show=review")
    assert [goal.pk for goal in page.context["goals"]] == [due.pk]
    for show in ("review", "missing"):
        export = reverse("customers:goal-list-export") + f"?show={show}&format=csv"
        assert b"\r\n" in client_of(account_manager).get(export).getvalue()


def test_the_pages_set_change_and_end(client_of, account_manager, customer):
    client = client_of(account_manager)
    create = reverse("customers:goal-create", args=[customer.pk])
    said = {"purpose": "問い合わせを増やす", "measure": "問い合わせ率", "target": "2.0%"}
    refused = client.post(create, {**said, "target": ""})
    assert (refused.status_code, "問い合わせを増やす" in refused.content.decode()) == (422, True)
    assert client.post(create, said).status_code == 302
    goal = Goal.objects.get()
    save = reverse("customers:goal-save", args=[goal.pk])
    assert client.post(save, {**said, "agreed_on": "2999-01-01"}).status_code == 422
    assert client.post(save, {**said, "current": "1.4%"}).status_code == 302
    file = client.get(reverse("customers:file", args=[customer.pk])).content.decode()
    assert "1.4%" in file
    end = reverse("customers:goal-end", args=[goal.pk])
    assert client.post(end, {"end": "drop"}).status_code == 422
    assert client.post(end, {"end": "reach", "outcome": "10月に2.1%"}).status_code == 302
    goal.refresh_from_db()
    assert (goal.state, goal.outcome, goal.current) == ("reached", "10月に2.1%", "1.4%")
    client.post(reverse("customers:goal-reopen", args=[goal.pk]))
    goal.refresh_from_db()
    assert goal.state == "open"


def test_the_customer_may_read_their_goals_on_a_shared_screen(client_of, account_manager, customer):
    a_goal(customer, by=account_manager, current="1.4%")
    client = client_of(account_manager)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    for name in ("goals", "file"):
        page = client.get(reverse(f"customers:{name}", args=[customer.pk])).content.decode()
        assert "1.4%" in page, name


def test_the_api_sets_changes_and_ends(client_of, account_manager, customer):
    client, contact = client_of(account_manager), a_contact(customer)
    address = f"/api/v1/customers/{customer.pk}/goals"
    body = {"purpose": "問い合わせ", "measure": "率", "target": "2.0%"}
    bad = client.post(address, {**body, "agreed_with": contact.pk}, content_type="application/json")
    assert (bad.status_code, "合意した日" in bad.content.decode()) == (409, True)
    goal = client.post(address, body, content_type="application/json").json()
    one = f"/api/v1/goals/{goal['id']}"
    changed = client.patch(one, {"current": "1.4%"}, content_type="application/json").json()
    assert (changed["current"], changed["target"]) == ("1.4%", "2.0%")
    for state, outcome, status in (
        ("dropped", "", 409),
        ("dropped", "方針変更", 200),
        ("reached", "", 409),
        ("open", "", 200),
        ("won", "", 400),
    ):
        answer = client.post(
            f"{one}/state",
            {"state": state, "outcome": outcome},
            content_type="application/json",
        )
        assert answer.status_code == status, state
