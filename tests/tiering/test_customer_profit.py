"""What serving one customer brings, and what it will bring."""

import datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import ActivitySlice
from firm.dates import add_months, first_of_month, today
from tests.examples import examples
from tests.factories import a_customer, an_activity, an_entry
from tiering.profit import LONGEST_YEARS, Lifetime, profit_of

pytestmark = pytest.mark.django_db

UNTIL = first_of_month(today())
LAST_MONTH = add_months(UNTIL, -1)


@pytest.fixture
def customer(account_manager):
    """100,000 a month with 10,000 of expenses; 5 hours a month at 6,000, loaded 9,000."""
    customer = a_customer("東都精機販売", owner=account_manager, tier_rank=1)
    for number in range(24):
        month = add_months(UNTIL, number - 24)
        an_entry(customer, month, 100_000, cost=10_000)
        an_activity(customer, month, staff=account_manager, minutes=300, cost=30_000)
    ActivitySlice.objects.update(loaded_cost=45_000)
    return customer


def page(client, customer):
    response = client.get(reverse("tiering:profit", args=[customer.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_margin_is_revenue_less_expenses_and_time(customer):
    year = profit_of(customer, until=UNTIL).year
    assert (year.revenue, year.expenses, year.minutes) == (1_200_000, 120_000, 3_600)
    assert (year.direct, year.margin) == (360_000, 720_000)
    assert (year.loaded, year.loaded_margin) == (540_000, 540_000)
    assert year.margin_rate == 60


def test_the_lifetime_value_is_the_loaded_margin_by_the_years_it_may_stay(customer):
    """One of nine left in two years: a good twentieth a year, so 18 years, cut to seven."""
    for _ in range(7):
        a_customer(tier_rank=1)
    a_customer(tier_rank=1, status="inactive", ended_on=add_months(UNTIL, -11))
    a_customer(tier_rank=1, status="inactive", ended_on=add_months(UNTIL, -30))
    found = profit_of(customer, until=UNTIL).lifetime
    assert found is not None
    assert (found.margin, found.ended, found.staying) == (540_000, 1, 8)
    assert found.value == 540_000 * LONGEST_YEARS


@pytest.mark.parametrize(
    ("staying", "ended", "years"), [(8, 0, 7), (6, 2, 7), (1, 1, 4), (0, 3, 2), (5, 5, 4)]
)
def test_the_years_are_one_by_churn_and_seven_at_most(staying, ended, years):
    assert Lifetime(Decimal(100), staying, ended).years == years


def test_without_work_recorded_there_is_no_margin_rather_than_a_full_one(
    client_of, executive, account_manager
):
    customer = a_customer(owner=account_manager, tier_rank=1)
    an_entry(customer, LAST_MONTH, 100_000)
    found = profit_of(customer, until=UNTIL)
    assert (found.year.revenue, found.year.margin, found.lifetime) == (100_000, None, None)
    assert "データなし" in page(client_of(executive), customer)


def test_a_loaded_cost_missing_once_leaves_the_loaded_figures_open(customer):
    last = ActivitySlice.objects.filter(customer=customer).order_by("day").last()
    assert last is not None
    ActivitySlice.objects.filter(pk=last.pk).update(loaded_cost=None)
    found = profit_of(customer, until=UNTIL)
    assert found.year.margin == 720_000
    assert found.year.loaded_margin is None
    assert found.lifetime is None


def test_less_than_a_year_of_work_is_no_estimate(account_manager):
    customer = a_customer(owner=account_manager, tier_rank=1)
    an_activity(customer, add_months(UNTIL, -6), staff=account_manager)
    assert profit_of(customer, until=UNTIL).lifetime is None


def test_the_page_shows_the_margin_and_the_inputs_of_the_estimate(client_of, customer, executive):
    html = page(client_of(executive), customer)
    assert "720" in html
    assert "60.0%" in html
    assert "3,780" in html  # 540,000 x 7 in thousands


def test_a_loss_is_told_with_the_advice_to_look_ahead(client_of, customer, executive):
    an_entry(customer, LAST_MONTH, -1_000_000)
    assert "利益より負担が上回っています" in page(client_of(executive), customer)


def test_the_file_opens_it_for_those_who_may_see_margins(
    client_of, customer, section_manager, account_manager
):
    address = reverse("tiering:profit", args=[customer.pk])
    file = reverse("customers:file", args=[customer.pk])
    assert address in client_of(section_manager).get(file).content.decode()
    assert address not in client_of(account_manager).get(file).content.decode()
    fragment = client_of(section_manager).get(address, headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()


def test_nothing_is_shown_while_the_screen_is_shared(client_of, customer, executive):
    client = client_of(executive)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    for name in ("profit", "profit-export"):
        url = reverse(f"tiering:{name}", args=[customer.pk])
        assert client.get(url).status_code == 403


def test_the_api_and_the_file_say_the_same(client_of, customer, executive):
    client = client_of(executive)
    found = client.get(reverse("api-profit", args=[customer.pk])).json()
    assert found["year"]["margin"] == "720000.0000"
    assert found["months"][-1]["month"] == LAST_MONTH.isoformat()
    assert found["lifetime"]["value"] == "3780000.0000"
    url = reverse("tiering:profit-export", args=[customer.pk])
    assert client.get(url, {"format": "csv"}).status_code == 200


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    entries=st.lists(
        st.tuples(st.integers(-30, 25), st.integers(-500, 5000), st.none() | st.integers(0, 500)),
        max_size=12,
    ),
    work=st.lists(
        st.tuples(st.integers(-30, 25), st.integers(1, 600), st.none() | st.integers(0, 900)),
        max_size=12,
    ),
)
def test_it_is_what_adding_up_by_hand_gives(account_manager, entries, work):
    def month(number: int) -> datetime.date:
        return add_months(UNTIL, number - 24).replace(day=15)

    with transaction.atomic():
        customer = a_customer(owner=account_manager, tier_rank=2)
        for number, amount, cost in entries:
            an_entry(customer, month(number), amount, cost=cost)
        for number, minutes, loaded in work:
            an_activity(customer, month(number), staff=account_manager, minutes=minutes, cost=7)
            latest = ActivitySlice.objects.latest("pk")
            ActivitySlice.objects.filter(pk=latest.pk).update(loaded_cost=loaded)
        found = profit_of(customer, until=UNTIL)
        for place, (first, one) in enumerate(found.months):
            assert first == add_months(UNTIL, place - 24)
            sold = [entry for entry in entries if entry[0] == place]
            done = [row for row in work if row[0] == place]
            assert one.revenue == sum(entry[1] for entry in sold)
            assert one.expenses == sum(entry[2] or 0 for entry in sold)
            assert one.minutes == (sum(row[1] for row in done) if done else None)
            known = [row[2] for row in done]
            assert one.loaded == (None if None in known else sum(known))
        year = [row for row in work if 12 <= row[0] < 24]
        expected = sum(entry[1] - (entry[2] or 0) for entry in entries if 12 <= entry[0] < 24)
        assert found.year.margin == (expected - 7 * len(year) if year else None)
        transaction.set_rollback(True)
