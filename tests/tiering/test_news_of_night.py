"""After a night the people concerned are told who has risen, fallen or will fall; once."""

import datetime

import pytest
from django.core import mail

from firm import outbox
from firm.models import Notification
from tests.factories import a_customer, a_person, an_entry
from tests.tiering.evaluations import (
    a_night,
    a_replay,
    at_night,
    correct,
    day,
    published,
    some_rules,
)

pytestmark = pytest.mark.django_db

TIERS = [
    {"code": "S", "enter": 1000, "keep": 900, "name": "プレミア", "name_en": "Premier"},
    {"code": "A", "enter": 500, "keep": 450, "name": "アドバンス", "name_en": "Plus"},
    {"code": "C", "name": "ベーシック", "name_en": "Core"},
]


def rules_of(administrator, **values):
    rules = some_rules(tiers=TIERS, window_months=1, **{"grace_evaluations": 3, **values})
    return published(rules, by=administrator, since="2026-01-01", now=at_night(day("2026-12-01")))


@pytest.fixture
def rules(administrator):
    return rules_of(administrator)


@pytest.fixture
def customer(account_manager):
    return a_customer("昭栄建設", code="K-6", owner=account_manager)


def sold(customer, **months):
    """`sold(customer, may=1000)`: on the last day of that month of 2026."""
    names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep"]
    for name, amount in months.items():
        first = datetime.date(2026, names.index(name) + 2, 1)
        an_entry(customer, first - datetime.timedelta(days=1), amount)


def told(person=None):
    """The lines of each notice, in order: (code, customer)."""
    notices = Notification.objects.filter(code="tiers_of_night").order_by("pk")
    if person is not None:
        notices = notices.filter(recipient=person)
    return [
        [(line["code"], line["customer"]) for line in notice.data["lines"]] for notice in notices
    ]


def test_a_first_evaluation_is_no_news(rules, customer):
    sold(customer, may=1000)
    a_night("2026-06-02")
    assert told() == []


def test_the_account_manager_and_the_nearest_superior_are_told_of_a_rise(
    rules, customer, account_manager, section_manager, department_head, stranger
):
    sold(customer, may=500, jun=1000)
    a_night("2026-06-02")
    a_night("2026-07-02")
    for person in (account_manager, section_manager):
        assert told(person) == [[("risen", "K-6 昭栄建設")]]
    assert told(department_head) == told(stranger) == []


def test_a_vacant_post_hands_on_to_the_next_above(rules, customer, department_head):
    sold(customer, may=500, jun=1000)
    a_night("2026-06-02")
    a_night("2026-07-02")
    assert told(department_head) == [[("risen", "K-6 昭栄建設")]]


def test_one_who_enters_the_grace_period_will_fall_unless(rules, customer, account_manager):
    sold(customer, may=1000, jun=600)
    a_night("2026-06-02")
    a_night("2026-07-02")
    assert told(account_manager) == [[("will_fall_unless", "K-6 昭栄建設")]]
    outbox.sweep(now=at_night(day("2026-07-02")))
    message = mail.outbox[0]
    assert "プレミア" not in message.subject
    assert "昭栄建設" not in message.subject
    assert "2026/09/01" in message.body
    assert "300円" in message.body
    assert "プレミアからアドバンスへ移る予定" in message.body


def test_the_last_month_is_told_though_nothing_changed_for_the_customer(
    rules, customer, account_manager
):
    sold(customer, may=1000, jun=600, jul=600, aug=600)
    nights = ("2026-06-02", "2026-07-02", "2026-07-03", "2026-08-02", "2026-08-03", "2026-09-02")
    found = []
    for night in nights:
        before = len(told(account_manager))
        a_night(night)
        found.append(told(account_manager)[before:])
    lines = [[line[0] for notice in notices for line in notice] for notices in found]
    assert lines == [[], ["will_fall_unless"], [], ["will_fall_unless"], [], ["fallen"]]


def test_with_two_months_of_grace_the_first_is_the_last_and_told_once(
    administrator, customer, account_manager
):
    rules_of(administrator, grace_evaluations=2)
    sold(customer, may=1000, jun=600, jul=600)
    for night in ("2026-06-02", "2026-07-02", "2026-08-02"):
        a_night(night)
    assert [[code for code, _ in lines] for lines in told(account_manager)] == [
        ["will_fall_unless"],
        ["fallen"],
    ]


def test_a_night_that_finds_the_same_again_has_no_news(rules, customer):
    sold(customer, may=1000, jun=600)
    a_night("2026-06-02")
    a_night("2026-07-02")
    count = Notification.objects.count()
    an_entry(a_customer(), day("2026-06-30"), 5000)  # so that there is something to write
    a_night("2026-07-03")
    assert Notification.objects.count() == count


def test_a_fall_that_a_late_invoice_undoes_is_told_as_a_rise(administrator, customer):
    rules_of(administrator, grace_evaluations=0)
    sold(customer, may=1000, jun=600)
    a_night("2026-06-02")
    a_night("2026-07-02")
    an_entry(customer, day("2026-06-30"), 400)
    a_night("2026-07-03")
    assert [[code for code, _ in lines] for lines in told()] == [["fallen"], ["risen"]]


def test_replays_and_nights_ahead_tell_nobody(administrator, customer):
    rules_of(administrator, grace_evaluations=0)
    sold(customer, may=1000, jun=600)
    a_replay("2026-06-02", "2026-07-02", now=at_night(day("2026-07-02")))
    a_night("2026-08-02", now=at_night(day("2026-07-03")))
    assert told() == []


def test_many_movers_are_one_notice_each_and_few_questions(
    administrator, section_manager, account_manager, django_assert_max_num_queries
):
    rules_of(administrator, grace_evaluations=0)
    entries = []
    for _ in range(40):
        customer = a_customer(owner=account_manager)
        entries.append(an_entry(customer, day("2026-05-31"), 1000))
        an_entry(customer, day("2026-06-30"), 500)
    a_night("2026-06-02")
    with django_assert_max_num_queries(120):
        a_night("2026-07-02")
    assert [len(lines) for lines in told(account_manager)] == [40]
    assert [len(lines) for lines in told(section_manager)] == [40]


def test_amounts_are_for_those_whose_posts_show_revenue(rules):
    imported = a_person("名前だけ")
    sold(a_customer(owner=imported, code="K-1", name="A"), may=1000, jun=600)
    a_night("2026-06-02")
    a_night("2026-07-02")
    assert told(imported) == [[("will_fall", "K-1 A")]]


def test_what_a_correction_held_back_is_not_told(rules, customer, account_manager):
    """Control: the June invoice comes in before the night."""
    sold(customer, may=1000)
    late = an_entry(customer, day("2026-06-30"), 600)
    correct(late, amount=1000)
    a_night("2026-06-02")
    a_night("2026-07-02")
    assert told(account_manager) == []
