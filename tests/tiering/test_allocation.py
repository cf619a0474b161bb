"""Hours beside revenue: sums that add up, teams that hide nobody, and an empty log told as such."""

import datetime
import io
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Activity
from firm.dates import today
from firm.models import Department
from firm.scope import scope_of
from tests.examples import examples
from tests.factories import (
    a_customer,
    a_department,
    a_person,
    a_rule_set,
    an_activity,
    an_entry,
)
from tests.tiering.nights import a_done_night, a_move, an_evaluation
from tiering.models.standing import Reason
from tiering.reports.allocation import Verdict, allocation, verdict_of
from tiering.reports.averaging import averaging

pytestmark = pytest.mark.django_db

NIGHT = datetime.date(2026, 7, 15)
JUNE = datetime.date(2026, 6, 10)
SETTINGS = settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def night(administrator):
    return an_evaluation(a_rule_set(by=administrator), job=a_done_night(business_date=NIGHT))


@pytest.fixture
def book(night, account_manager, stranger):
    """S brings 60 of the 100 and gets 20 of the 100 hours."""
    rows = [
        ("東都精機販売", account_manager, 1, 6_000_000, 20),
        ("みどり医療会", account_manager, 2, 3_000_000, 30),
        ("ひかり堂", stranger, 4, 1_000_000, 50),
    ]
    customers = []
    for name, owner, rank, revenue, hours in rows:
        customer = a_customer(name, owner=owner, tier_rank=rank, trailing_revenue=revenue)
        for _ in range(hours // 10):
            an_activity(customer, JUNE, staff=owner, minutes=600, cost=50_000)
        customers.append(customer)
    an_entry(customers[0], JUNE, 6_000_000, cost=1_000_000)
    return customers


def report_of(person, night):
    return allocation(scope_of(person, on=today()), night)


def page(client, **query):
    response = client.get(reverse("tiering:allocation"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_shares_stand_beside_each_other_and_say_what_is_too_little(night, book, executive):
    found = report_of(executive, night)
    top, _middle, low = found.tiers
    assert (top.revenue, top.hours) == (60, 20)
    assert round(top.fairness, 2) == Decimal("0.33")
    assert [share.verdict for share in found.tiers] == [
        Verdict.TOO_LITTLE,
        Verdict.FAIR,
        Verdict.TOO_MUCH,
    ]
    assert found.whole.margin == 10_000_000 - 1_000_000 - 10 * 50_000
    assert low.part.intensity == 50


def test_the_page_says_it_in_words_and_opens_the_customers(client_of, night, book, executive):
    client = client_of(executive)
    html = page(client)
    for words in ("不足", "適正", "過剰", "×0.33"):
        assert words in html
    assert "東都精機販売" not in html
    html = page(client, tier=1)
    assert "東都精機販売" in html
    assert "20.0" in html
    assert "ひかり堂" not in html


@pytest.mark.parametrize("query", [{"tier": "x"}, {"department": "²"}, {"tier": "others"}])
def test_what_is_no_line_is_not_found(client_of, night, book, executive, query):
    assert client_of(executive).get(reverse("tiering:allocation"), query).status_code == 404


def test_without_any_work_recorded_there_are_no_hours_rather_than_none(
    client_of, night, executive, account_manager
):
    a_customer(owner=account_manager, tier_rank=1, trailing_revenue=100)
    found = report_of(executive, night)
    assert not found.has_hours
    assert found.tiers[0].hours is None
    assert found.tiers[0].fairness is None
    html = page(client_of(executive))
    assert "データなし" in html
    assert "×" not in html.split("<main")[1]


def test_the_margin_is_for_those_who_may_see_margins(
    client_of, night, book, section_manager, auditor
):
    assert "粗利" in page(client_of(section_manager))
    assert "粗利の割合" not in page(client_of(auditor))


def test_a_person_is_seen_by_that_person_and_the_direct_superior_alone(
    night, book, account_manager, section_manager, department_head, executive
):
    mine = account_manager.pk
    assert [one.key for one in report_of(account_manager, night).people] == [mine]
    assert [one.key for one in report_of(section_manager, night).people] == [mine]
    assert report_of(department_head, night).people == []
    assert report_of(executive, night).people == []


def test_a_persons_line_opens_for_nobody_else(client_of, night, book, account_manager, executive):
    html = page(client_of(executive), person=account_manager.pk)
    assert "東都精機販売" not in html
    assert "東都精機販売" in page(client_of(account_manager), person=account_manager.pk)


def test_a_small_department_is_counted_under_the_one_above(night, executive):
    """Three in the first section; one in the second, counted with the department's others."""
    sections = [a_department("営業部/第一課"), a_department("営業部/第二課")]
    sales = Department.objects.get(name="営業部")
    for department, people in ((sections[0], 3), (sections[1], 1), (sales, 2)):
        for _ in range(people):
            a_customer(owner=a_person(), department=department, tier_rank=1, trailing_revenue=100)
    found = report_of(executive, night)
    assert {one.key: one.part.customers for one in found.departments} == {
        sections[0].pk: 3,
        sales.pk: 3,
    }


def test_no_line_shows_fewer_than_three_account_managers(night, executive):
    for name, people in (("A", 4), ("B", 1)):
        for _ in range(people):
            a_customer(
                owner=a_person(), department=a_department(name), tier_rank=1, trailing_revenue=1
            )
    assert [one.key for one in report_of(executive, night).departments] == [None]


@SETTINGS
@given(
    rows=st.lists(
        st.tuples(
            st.integers(1, 4),
            st.sampled_from(["X", "X/Y", "Z", ""]),
            st.integers(0, 5),
            st.integers(-50, 1000),
            st.integers(0, 600),
        ),
        max_size=12,
    )
)
def test_it_is_what_adding_up_by_hand_gives(night, executive, rows):
    with transaction.atomic():
        people = [a_person() for _ in range(6)]
        for rank, department, owner, revenue, minutes in rows:
            customer = a_customer(
                owner=people[owner],
                department=a_department(department) if department else None,
                tier_rank=rank,
                trailing_revenue=revenue,
            )
            if minutes:
                an_activity(customer, JUNE, staff=people[owner], minutes=minutes, cost=minutes)
        found = report_of(executive, night)
        revenue, minutes = sum(row[3] for row in rows), sum(row[4] for row in rows)
        for shares in (found.tiers, found.departments):
            assert sum(one.part.customers for one in shares) == len(rows)
            assert sum(one.part.revenue for one in shares) == revenue
            assert sum(one.part.minutes for one in shares) == minutes
            assert sum(one.part.margin for one in shares) == revenue - minutes
        for share in found.tiers:
            own = [row for row in rows if row[0] == share.key]
            earned, worked = sum(row[3] for row in own), sum(row[4] for row in own)
            expected = None
            if minutes and revenue > 0 and earned > 0:
                expected = Fraction(worked, minutes) / Fraction(earned, revenue)
            if expected is None:
                assert share.fairness is None
            else:
                assert abs(Fraction(share.fairness) - expected) < Fraction(1, 10**9)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("fairness", "verdict"),
    [
        ("0.69", Verdict.TOO_LITTLE),
        ("0.7", Verdict.FAIR),
        ("1.3", Verdict.FAIR),
        ("1.31", Verdict.TOO_MUCH),
    ],
)
def test_the_words_change_at_the_bounds(fairness, verdict):
    assert verdict_of(Decimal(fairness)) == verdict
    assert verdict_of(None) is None


@pytest.fixture
def held(night, account_manager):
    """A customer of the top tier and one of the lowest, evaluated since January 2025."""
    rules = night.rule_set
    january = an_evaluation(
        rules, job=a_done_night(business_date=datetime.date(2025, 1, 1)), now=NIGHT_LONG_AGO
    )
    customers = [a_customer(owner=account_manager, tier_rank=rank) for rank in (1, 4)]
    for customer, tier in zip(customers, ("S", "C"), strict=True):
        a_move(customer, january, before="", after=tier, reason=Reason.INITIAL)
    return customers


NIGHT_LONG_AGO = datetime.datetime(2025, 1, 1, 18, tzinfo=datetime.UTC)


def worked(customer, month, hours, staff, **values):
    """Work that began with us, unless `values` say otherwise."""
    for _ in range(hours):
        done = an_activity(customer, datetime.date(2026, month, 5), staff=staff, minutes=60)
        Activity.objects.filter(pk=done.pk).update(**{"initiator": "us"} | values)


def test_averaging_is_told_month_by_month(night, held, account_manager):
    top, lowest = held
    worked(top, 5, 8, account_manager)
    worked(lowest, 5, 2, account_manager)
    worked(top, 6, 2, account_manager)
    worked(lowest, 6, 2, account_manager)
    found = averaging(night)
    assert [month.first.month for month in found.months][-1] == 6
    assert len(found.months) == 12
    may, june = found.months[-2:]
    assert (may.index, june.index) == (4, 1)
    assert not may.is_even
    assert found.is_even
    assert found.months[0].index is None


def test_only_what_began_with_us_counts_for_the_index(night, held, account_manager):
    """By the initiative noted; where there is none, by what only we begin."""
    top, lowest = held
    worked(top, 6, 3, account_manager)
    worked(top, 6, 1, account_manager, initiator="", kind="proposal")
    worked(lowest, 6, 1, account_manager, initiator="", direction="out")
    worked(lowest, 6, 5, account_manager, initiator="customer", direction="out")
    worked(lowest, 6, 5, account_manager, initiator="")
    assert averaging(night).months[-1].index == 4


def test_a_share_too_small_for_three_months_is_an_alarm(night, held, account_manager):
    top, lowest = held
    for month in (4, 5, 6):
        an_entry(top, datetime.date(2026, month, 3), 900)
        an_entry(lowest, datetime.date(2026, month, 3), 100)
        worked(top, month, 6, account_manager)
        worked(lowest, month, 4, account_manager)
        found = averaging(night)
        assert found.is_short == (month == 6)
    assert round(found.months[-1].fairness, 2) == Decimal("0.67")


def test_a_month_goes_by_the_tier_earned_when_it_began(night, held, account_manager):
    """The lowest customer has risen since: its May hours still count for the lowest tier."""
    top, lowest = held
    worked(top, 5, 8, account_manager)
    worked(lowest, 5, 2, account_manager)
    a_move(lowest, night, before="C", after="S", reason=Reason.UPGRADED)
    assert averaging(night).months[-2].index == 4


def test_averaging_is_of_the_firm_and_for_those_who_read_of_it(
    client_of, night, held, account_manager, executive
):
    assert "平準化" in page(client_of(executive))
    assert "平準化" not in page(client_of(account_manager))
    url = reverse("tiering:allocation-export")
    assert client_of(account_manager).get(url, {"table": "months"}).status_code == 404
    assert client_of(executive).get(url, {"table": "months", "format": "csv"}).status_code == 200


def test_the_file_has_the_figures(client_of, night, book, executive):
    response = client_of(executive).get(reverse("tiering:allocation-export"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][1:6] == (1, 6_000_000, 60, 20, 20)
    assert rows[1][-1] == "不足"


def test_nothing_is_shown_while_the_screen_is_shared(client_of, night, book, executive):
    client = client_of(executive)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    for name in ("allocation", "allocation-export"):
        assert client.get(reverse(f"tiering:{name}")).status_code == 403
