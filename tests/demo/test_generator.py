"""The demo firm as the generator makes it, before anything is written."""

import datetime
from collections import Counter, defaultdict

import pytest

from escalation.demo import company, names
from escalation.demo.benefits import generate_uses
from escalation.demo.customers import (
    CUSTOMERS,
    INDUSTRIES,
    OWNERS,
    generate_customers,
    monthly_fees,
)
from escalation.demo.revenue import as_csv, closed_months, generate_revenue
from escalation.demo.stories import GINREI, MIDORI, SHOEI, TOTO
from firm.dates import fiscal_period

T = datetime.date(2026, 11, 20)
MONTHS = closed_months(T)


@pytest.fixture(scope="module")
def customers():
    return generate_customers(MONTHS[-1])


@pytest.fixture(scope="module")
def lines(customers):
    return generate_revenue(customers, MONTHS)


@pytest.fixture(scope="module")
def by_month(customers, lines):
    """Revenue of each of the 24 months, by name."""
    name = {customer.code: customer.name for customer in customers}
    sums = defaultdict(lambda: [0] * 24)
    for line in lines:
        sums[name[line.customer_code]][MONTHS.index(line.date.replace(day=1))] += line.amount
    return sums


def test_the_same_day_gives_the_same_firm(customers, lines):
    again = generate_customers(MONTHS[-1])
    assert again == customers
    assert as_csv(generate_revenue(again, MONTHS)) == as_csv(lines)


def test_another_month_gives_other_dates_and_the_same_customers(customers):
    later = generate_customers(datetime.date(2027, 1, 1))
    assert [c.name for c in later] == [c.name for c in customers]
    assert [c.started_on for c in later] != [c.started_on for c in customers]


def test_fees_are_ranked_and_add_up():
    fees = monthly_fees()
    assert fees == sorted(fees, reverse=True)
    assert len(fees) == CUSTOMERS
    assert fees[0] == 1_785_000
    assert fees[-1] == 10_000
    assert 12 * sum(fees) == 160_800_000


def test_names_are_sixty_stems_and_nobody_has_anothers(customers):
    assert len(set(names.STEMS)) == 60
    assert len({customer.name for customer in customers}) == CUSTOMERS
    assert len({customer.name_kana for customer in customers}) == CUSTOMERS


def test_quotas_are_dealt_out_in_full(customers):
    assert Counter(customer.industry for customer in customers) == INDUSTRIES
    assert Counter(customer.owner for customer in customers) == OWNERS
    assert sum(1 for customer in customers if customer.tags[:1] == ("取適法の可能性あり",)) == 21
    assert Counter(customer.closing_day for customer in customers)["末"] == 74


def test_everyone_starts_has_left_or_belongs_together_as_planted(customers):
    two_years_ago = MONTHS[0]
    started = [c for c in customers if c.started_on >= two_years_ago]
    assert len(started) == 8
    assert sum(c.started_on >= datetime.date(2026, 9, 1) for c in started) == 2
    left = [c for c in customers if c.ended_on]
    assert len(left) == 5
    assert all(any(tag.startswith("終了理由") for tag in c.tags) for c in left)
    assert len({c.parent for c in customers if c.parent}) == 3


def test_contacts_can_be_called_and_one_of_them_decides(customers):
    contacts = [contact for customer in customers for contact in customer.contacts]
    assert len(contacts) == 255
    assert len({contact.phone for contact in contacts}) == 255
    for customer in customers:
        assert 1 <= len(customer.contacts) <= 4
        assert sum(contact.decider for contact in customer.contacts) == 1
        assert sum(contact.key_person for contact in customer.contacts) == 1


def test_nothing_can_reach_a_real_person(customers):
    for customer in customers:
        for phone in [customer.phone, *(contact.phone for contact in customer.contacts)]:
            assert phone.startswith("03-0000-")
        for email in [customer.email, *(contact.email for contact in customer.contacts)]:
            assert email.endswith("@example.jp")
        assert customer.postal_code.startswith("000-")


def test_the_last_twelve_months_are_twelve_fees(customers, by_month):
    usual = [c for c in customers if not (c.planted and c.planted.months) and not c.ended_on]
    full = [c for c in usual if c.started_on < MONTHS[12]]
    assert len(full) == 109
    for customer in full:
        assert sum(by_month[customer.name][12:]) == 12 * customer.fee


def test_no_invoice_is_dated_before_the_customer_or_after_its_end(customers, lines):
    by_code = {customer.code: customer for customer in customers}
    assert all(line.amount > 0 for line in lines)
    for line in lines:
        customer = by_code[line.customer_code]
        assert line.date.replace(day=28) >= customer.started_on.replace(day=1)
        assert customer.ended_on is None or line.date <= customer.ended_on


def test_concentration_is_what_the_generator_gives(by_month):
    trailing = sorted((sum(months[12:]) for months in by_month.values()), reverse=True)
    assert sum(trailing) == 159_070_000
    assert round(100 * sum(trailing[:24]) / sum(trailing), 1) == 70.8
    assert sum(by_month[TOTO][12:]) == trailing[0] == 12 * 1_785_000


def test_story_5_passes_the_line_with_the_last_month(by_month):
    months = by_month[MIDORI]
    assert sum(months[11:23]) < 2_800_000 <= sum(months[12:24])


def test_story_6_is_below_for_the_second_month(by_month):
    months = by_month[SHOEI]
    assert sum(months[0:12]) >= 2_800_000
    assert sum(months[10:22]) >= 2_660_000
    assert sum(months[11:23]) < 2_660_000
    assert sum(months[12:24]) < 2_660_000


def test_the_company_has_thirteen_people_two_with_two_posts_and_a_vacant_one():
    assert len(company.PEOPLE) == 13
    two = [person.name for person in company.PEOPLE if len(person.posts) == 2]
    assert two == ["渡辺 隆", "松本 玲奈"]
    assert [post.title for post in company.VACANT_POSTS] == ["第二課長"]
    filled = {post for person in company.PEOPLE for post in person.posts}
    assert not filled & set(company.VACANT_POSTS)
    for key, role in company.LOGINS:
        assert role in {post.role for post in company.person(key).posts}


@pytest.mark.parametrize("t", [T, datetime.date(2026, 4, 1), datetime.date(2026, 12, 31)])
def test_benefits_are_the_same_each_time_and_never_of_the_future(t):
    customers = generate_customers(closed_months(t)[-1])
    days = [t - datetime.timedelta(days=back) for back in range(182, -1, -1)]
    uses = generate_uses(customers, days)
    assert uses == generate_uses(customers, days)
    assert all(days[0] <= use.day <= t and use.customer.ended_on is None for use in uses)
    year, _end = fiscal_period(t, months=12)
    given = [use for use in uses if use.customer.name == GINREI and use.day >= year]
    assert Counter(use.service for use in given)["review_meeting"] == 2
