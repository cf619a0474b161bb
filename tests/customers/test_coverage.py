"""Logging coverage: what counts, what has no figure, and who may ask."""

import datetime

import pytest

from customers.models import Customer, QuietWeek
from customers.service_log.coverage import (
    Coverage,
    State,
    closed_weeks,
    coverage_by_section,
    coverage_of,
    weeks_without,
)
from firm.actions import add_company_days
from firm.dates import today
from tests.factories import NOW, a_customer, a_department, a_person, an_activity

pytestmark = pytest.mark.django_db

ON = datetime.date(2026, 7, 15)
WEEKS = [datetime.date(2026, 6, 15) + datetime.timedelta(weeks=n) for n in range(4)]


def a_quiet_week(customer, week, *, by):
    return QuietWeek.objects.create(customer=customer, week=week, confirmed_by=by, confirmed_at=NOW)


def test_only_weeks_that_are_over_count():
    assert closed_weeks(on=ON, count=4) == WEEKS
    assert closed_weeks(on=datetime.date(2026, 7, 13), count=1) == [datetime.date(2026, 7, 6)]


def test_a_week_in_which_the_firm_was_closed_is_nobodys_to_fill_in(administrator):
    first, last = WEEKS[-1], WEEKS[-1] + datetime.timedelta(days=3)
    add_company_days(first=first, last=last, name="改装休業", by=administrator, now=NOW)
    a_customer(owner=administrator)
    assert coverage_of(Customer.objects.all(), weeks=WEEKS).expected == 4  # its Friday is worked
    friday = last + datetime.timedelta(days=1)
    add_company_days(first=friday, last=friday, name="改装休業", by=administrator, now=NOW)
    assert coverage_of(Customer.objects.all(), weeks=WEEKS).expected == 3
    (gap,) = weeks_without(Customer.objects.all(), weeks=WEEKS)
    assert gap.weeks == WEEKS[:-1]


@pytest.mark.parametrize(
    ("covered", "state"),
    [(0, State.NO_DATA), (1, State.POOR), (4, State.POOR), (5, State.PARTIAL), (8, State.FINE)],
)
def test_eighty_per_cent_is_fine_and_below_fifty_is_poor(covered, state):
    coverage = Coverage(expected=10, covered=covered)
    assert coverage.state == state
    assert (coverage.share is None) == (state == State.NO_DATA)


def test_an_entry_or_a_confirmed_nothing_covers_a_week(account_manager):
    customer = a_customer(owner=account_manager)
    a_customer(owner=account_manager, status="inactive")
    an_activity(customer, WEEKS[0] + datetime.timedelta(days=6), staff=account_manager)
    an_activity(customer, WEEKS[0], staff=account_manager)
    a_quiet_week(customer, WEEKS[2], by=account_manager)
    assert coverage_of(Customer.objects.all(), weeks=WEEKS) == Coverage(expected=4, covered=2)
    (gap,) = weeks_without(Customer.objects.all(), weeks=WEEKS)
    assert gap.weeks == [WEEKS[1], WEEKS[3]]


def test_a_withdrawn_entry_covers_nothing(account_manager):
    customer = a_customer(owner=account_manager)
    entry = an_activity(customer, WEEKS[0], staff=account_manager)
    entry.withdrawn_at = NOW
    entry.save()
    assert coverage_of(Customer.objects.all(), weeks=WEEKS).covered == 0


def test_a_customer_is_expected_from_its_first_day_to_its_last(account_manager):
    a_customer(owner=account_manager, started_on=WEEKS[2] + datetime.timedelta(days=6))
    assert coverage_of(Customer.objects.all(), weeks=WEEKS).expected == 2


def test_a_section_of_few_people_has_no_share(account_manager, section_manager):
    section = a_department("営業部/第一課")
    customer = a_customer(owner=account_manager, backup=section_manager, department=section)
    an_activity(customer, WEEKS[0], staff=account_manager)
    (found,) = coverage_by_section(Customer.objects.all(), weeks=WEEKS)
    assert found.coverage is None
    a_customer(owner=a_person("小林"), department=section)
    (found,) = coverage_by_section(Customer.objects.all(), weeks=WEEKS)
    assert found.coverage == Coverage(expected=8, covered=1)


def test_the_page_names_the_customers_without_anything(client_of, section_manager, account_manager):
    a_customer("青葉商事", owner=account_manager)
    busy = a_customer("緑屋", owner=account_manager)
    for week in closed_weeks(on=today()):
        an_activity(busy, week, staff=account_manager)
    page = client_of(section_manager).get("/log/coverage/").content.decode()
    assert "青葉商事" in page
    assert "緑屋" not in page
    assert "50.0" in page
    assert account_manager.name not in page


def test_the_api_answers_for_ones_own_people_only(client_of, section_manager, stranger):
    a_customer(owner=stranger)
    answer = client_of(section_manager).get("/api/v1/log/coverage?weeks=2").json()
    assert answer["whole"] == {"share": None, "state": "no_data", "expected": 0, "covered": 0}
    assert len(answer["weeks"]) == 2


@pytest.mark.parametrize("weeks", ["0", "27", "x"])
def test_the_api_says_how_many_weeks_there_can_be(client_of, section_manager, weeks):
    assert client_of(section_manager).get(f"/api/v1/log/coverage?weeks={weeks}").status_code == 400


def test_what_is_used_says_how_much_of_it_is_on_record(client_of, account_manager):
    customer = a_customer(owner=account_manager)
    address = f"/customers/{customer.pk}/used/"
    assert "記録率：データなし" in client_of(account_manager).get(address).content.decode()
    for week in closed_weeks(on=today(), count=2):
        an_activity(customer, week, staff=account_manager)
    assert "記録率 25%" in client_of(account_manager).get(address).content.decode()
