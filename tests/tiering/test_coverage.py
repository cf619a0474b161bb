"""Segment coverage: who has a tier from complete data, and who has none and why."""

import datetime

import pytest
from django.urls import reverse

from firm.dates import today
from firm.scope import scope_of
from tests.factories import a_customer, an_entry
from tests.tiering.evaluations import correct
from tiering.reports.coverage import GAPS, Line, coverage

pytestmark = pytest.mark.django_db

JUNE = datetime.date(2026, 6, 10)


@pytest.fixture
def book(account_manager, stranger):
    """Two covered, one of them another's; one without entries, one not evaluated; one gone."""
    pair = {"owner": account_manager, "backup": stranger}
    covered = a_customer("東都精機販売", tier_rank=1, **pair)
    others = a_customer("みどり医療会", tier_rank=2, owner=stranger)
    a_customer("空欄商店", tier_rank=4, **pair)
    a_customer("新規工業", **pair)
    a_customer("無担当物産")
    a_customer("取引終了社", tier_rank=4, status="inactive", **pair)
    return [an_entry(customer, JUNE, 1_000) for customer in (covered, others)]


def counts(person):
    return coverage(scope_of(person, on=today())).counts


def page(client, **query):
    response = client.get(reverse("tiering:coverage"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_coverage_is_complete_tiers_of_active_customers(book, executive):
    assert counts(executive) == {
        Line.ACTIVE: 5,
        Line.COVERED: 2,
        Line.NOT_EVALUATED: 2,
        Line.NO_REVENUE: 1,
        Line.NO_OWNER: 1,
        Line.NO_BACKUP: 2,
    }
    assert coverage(scope_of(executive, on=today())).rate == 40


def test_the_reasons_and_the_covered_add_up_to_the_active(book, executive):
    found = counts(executive)
    assert found[Line.COVERED] + sum(found[gap] for gap in GAPS) == found[Line.ACTIVE]


def test_a_customer_whose_last_entry_is_withdrawn_falls_off_with_the_cause(book, executive):
    correct(book[0], amount=None)
    found = counts(executive)
    assert (found[Line.COVERED], found[Line.NO_REVENUE]) == (1, 2)


def test_a_corrected_entry_still_counts(book, executive):
    correct(book[0], amount=900)
    assert counts(executive)[Line.COVERED] == 2


def test_an_account_manager_reads_only_of_their_own(client_of, book, account_manager):
    assert counts(account_manager)[Line.ACTIVE] == 3
    html = page(client_of(account_manager))
    assert "売上を見られる顧客だけ" in html
    assert "33.3<small>%" in html
    assert "無担当物産" not in page(client_of(account_manager), line="not_evaluated")


def test_every_reason_opens_its_customers(client_of, book, administrator):
    html = page(client_of(administrator), line="no_revenue")
    assert "空欄商店" in html
    assert "新規工業" not in html
    assert "無担当物産" in page(client_of(administrator), line="no_owner")
    assert (
        client_of(administrator).get(reverse("tiering:coverage"), {"line": "x"}).status_code == 404
    )


def test_who_has_no_revenue_is_named_only_to_those_with_the_file(
    client_of, book, section_manager, account_manager, stranger
):
    a_customer("よそ商会", tier_rank=4, owner=stranger)
    html = page(client_of(section_manager), line="no_revenue")
    assert "空欄商店" in html
    assert "よそ商会" not in html
    assert "ほか1社" in html
    assert "無担当物産" in page(client_of(section_manager), line="no_owner")


def test_without_an_active_customer_the_rate_is_a_dash(client_of, executive):
    assert coverage(scope_of(executive, on=today())).rate is None
    assert "取引中の顧客がいません" in page(client_of(executive))


def test_lines_and_their_customers_are_exported(client_of, book, executive):
    client, url = client_of(executive), reverse("tiering:coverage-export")
    text = b"".join(client.get(url, {"format": "csv"}).streaming_content).decode()
    assert "売上の明細が1件もない,1,20.0000" in text
    asked = {"format": "csv", "line": "no_revenue"}
    text = b"".join(client.get(url, asked).streaming_content).decode()
    assert "空欄商店,売上の明細が1件もない,佐藤 美咲,山本 翔" in text


def test_the_compliance_desk_and_a_shared_screen_see_nothing(
    client_of, book, compliance, executive
):
    names = ("tiering:coverage", "tiering:coverage-export")
    client = client_of(executive)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    for name in names:
        assert client_of(compliance).get(reverse(name)).status_code == 403
        assert client.get(reverse(name), {"line": "active"}).status_code == 403


def test_the_api_counts_the_same(client_of, book, executive, compliance):
    url = reverse("api-report-coverage")
    assert client_of(executive).get(url).json() == {
        "reach": "firm",
        "rate": "40.0000",
        "active": 5,
        "covered": 2,
        "not_evaluated": 2,
        "no_revenue": 1,
        "no_owner": 1,
        "no_backup": 2,
    }
    assert client_of(compliance).get(url).status_code == 403


def test_the_page_needs_few_queries(client_of, book, executive, django_assert_max_num_queries):
    client = client_of(executive)
    with django_assert_max_num_queries(12):
        page(client, line="no_revenue")
