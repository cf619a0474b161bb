"""How revenue is concentrated: exact figures, the rows behind them, and whose revenue it is of."""

import datetime
import io
import random
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest
from django.urls import reverse

from customers.models import CustomerSnapshot
from firm.dates import today
from firm.scope import scope_of
from tests.factories import a_customer, a_rule_set
from tests.tiering.nights import a_done_night, an_evaluation
from tiering.reports.concentration import concentration, customers_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(administrator):
    rules = a_rule_set(by=administrator)
    job = a_done_night(business_date=datetime.date(2026, 7, 15))
    return an_evaluation(rules, job=job)


@pytest.fixture
def book(night, account_manager, stranger):
    """50, 30 and 20 per cent; the second one is another's, the last two bring nothing."""
    return [
        a_customer("東都精機販売", owner=account_manager, tier_rank=1, trailing_revenue=5_000_000),
        a_customer("みどり医療会", owner=stranger, tier_rank=2, trailing_revenue=3_000_000),
        a_customer("昭栄建設", owner=account_manager, tier_rank=3, trailing_revenue=2_000_000),
        a_customer("休眠商店", owner=account_manager, tier_rank=4, trailing_revenue=0),
        a_customer("返金物産", owner=account_manager, tier_rank=4, trailing_revenue=-400_000),
        a_customer("新規工業", owner=account_manager, trailing_revenue=0),
    ]


def report_of(person):
    return concentration(scope_of(person, on=today()))


def page(client, **query):
    response = client.get(reverse("tiering:concentration"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_shares_are_of_the_revenue_above_zero(book, executive):
    report = report_of(executive)
    assert (report.customers, report.without, report.total) == (3, 2, 10_000_000)
    assert [tenth.share for tenth in report.tenths] == [50, 30, 20]
    assert [tenth.running for tenth in report.tenths] == [50, 80, 100]
    assert report.hhi == 50**2 + 30**2 + 20**2
    assert report.largest.share == report.top_fifth.share == 50
    assert {rank: held.customers for rank, held in report.tiers.items()} == {1: 1, 2: 1, 3: 1, 4: 2}


def test_an_account_manager_reads_only_of_the_customers_whose_revenue_is_theirs(
    client_of, book, account_manager
):
    report = report_of(account_manager)
    assert (report.customers, report.total) == (2, 7_000_000)
    html = page(client_of(account_manager))
    assert "売上を見られる顧客だけ" in html
    assert "71.4<small>%" in html
    assert "?tier=1&amp;owner=me" in html


def test_managers_read_of_the_whole_firm_but_no_name_without_the_file(
    client_of, book, section_manager, account_manager
):
    html = page(client_of(section_manager), first=1, last=3)
    assert "全社" in html
    assert "東都精機販売" in html
    assert "昭栄建設" in html
    assert "みどり医療会" not in html
    assert "ほか1社" in html
    alone = page(client_of(section_manager), first=2, last=2)
    assert "みどり医療会" not in alone
    assert "3,000" in alone  # the sum is the firm's; whose it is stays unsaid


def test_every_number_opens_its_customers(client_of, book, executive):
    assert "東都精機販売" not in page(client_of(executive))
    html = page(client_of(executive), first=2, last=3)
    assert "みどり医療会" in html
    assert "昭栄建設" in html
    assert "東都精機販売" not in html


@pytest.mark.parametrize(
    "query",
    [
        {"first": 1},
        {"first": 0, "last": 1},
        {"first": 3, "last": 2},
        {"first": 1, "last": 4},
        {"first": "x", "last": "²"},
    ],
)
def test_places_that_do_not_exist_are_not_found(client_of, book, executive, query):
    assert client_of(executive).get(reverse("tiering:concentration"), query).status_code == 404


def test_a_cursor_of_somebody_elses_making_is_refused(client_of, book, executive):
    query = {"first": 1, "last": 3, "after": "nonsense"}
    assert client_of(executive).get(reverse("tiering:concentration"), query).status_code == 409


def test_people_without_revenue_are_refused(client_of, book, compliance):
    for name in ("reports", "concentration", "concentration-export"):
        assert client_of(compliance).get(reverse(f"tiering:{name}")).status_code == 403
    home = client_of(compliance).get(reverse("customers:list")).content.decode()
    assert reverse("tiering:reports") not in home


def test_nothing_is_shown_or_exported_while_the_screen_is_shared(client_of, book, executive):
    client = client_of(executive)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    for name in ("concentration", "concentration-export"):
        response = client.get(reverse(f"tiering:{name}"), {"first": 1, "last": 3})
        assert response.status_code == 403
        assert "東都精機販売" not in response.content.decode()


def test_before_the_first_night_the_page_says_so(client_of, executive):
    html = page(client_of(executive))
    assert "まだ集計するものがありません" in html
    export = reverse("tiering:concentration-export")
    assert client_of(executive).get(export).status_code == 409
    assert client_of(executive).get(reverse("api-report-concentration")).status_code == 409


def test_without_revenue_there_are_no_shares(client_of, night, executive, account_manager):
    a_customer(owner=account_manager, tier_rank=4)
    report = report_of(executive)
    assert report.hhi is None
    assert report.tenths == report.tops == []
    assert "売上のある顧客がいません" in page(client_of(executive))


def test_each_table_is_exported_with_exact_numbers(client_of, book, executive):
    client, url = client_of(executive), reverse("tiering:concentration-export")
    response = client.get(url, {"table": "tenths"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert [cell.value for cell in sheet[2]][:7] == [1, 1, 1, 33.3333, 5_000_000, 50, 50]
    for table, words in {
        "tops": "1,1,1,33.3333,5000000.0000,50.0000,50.0000,5000000.0000",
        "tiers": "アドバンス,1,3000000.0000,30.0000,80.0000",
        "customers": "東都精機販売,プレミア,5000000.0000,佐藤 美咲",
    }.items():
        asked = {"table": table, "format": "csv", "first": 1, "last": 1}
        text = b"".join(client.get(url, asked).streaming_content).decode()
        assert words in text, table
    assert client.get(url, {"table": "all"}).status_code == 404


def test_the_export_of_a_manager_names_no_customer_without_the_file(
    client_of, book, section_manager, account_manager
):
    asked = {"table": "customers", "format": "csv", "first": 1, "last": 3}
    response = client_of(section_manager).get(reverse("tiering:concentration-export"), asked)
    text = b"".join(response.streaming_content).decode()
    assert "東都精機販売" in text
    assert "みどり医療会" not in text


def test_the_api_gives_the_same_figures_in_the_readers_reach(
    client_of, book, executive, account_manager, compliance
):
    url = reverse("api-report-concentration")
    firm = client_of(executive).get(url).json()
    assert (firm["reach"], firm["customers"], firm["hhi"]) == ("firm", 3, "3800.0000")
    assert firm["tops"][0]["share"] == "50.0000"
    assert firm["tiers"][1] == {
        "code": "A",
        "customers": 1,
        "revenue": "3000000.0000",
        "share": "30.0000",
        "running": "80.0000",
    }
    own = client_of(account_manager).get(url).json()
    assert (own["reach"], own["total"]) == ("own", "7000000.0000")
    assert client_of(compliance).get(url).status_code == 403


def test_the_page_needs_few_queries(client_of, book, executive, django_assert_max_num_queries):
    client = client_of(executive)
    with django_assert_max_num_queries(12):
        page(client, first=1, last=3)


def oracle(revenues: list[Decimal], parts: int) -> tuple[Fraction, list[list[Decimal]]]:
    """HHI and the tenths, slow and obvious."""
    held = sorted((amount for amount in revenues if amount > 0), reverse=True)
    hhi = sum((100 * Fraction(amount) / Fraction(sum(held))) ** 2 for amount in held)
    size, rest = divmod(len(held), parts)
    tenths = []
    for number in range(parts):
        count = size + (number < rest)
        tenths.append(held[:count])
        held = held[count:]
    return hhi, [tenth for tenth in tenths if tenth]


@pytest.mark.parametrize("seed", range(8))
def test_figures_agree_with_plain_python_over_random_books(seed, night, executive):
    dice = random.Random(seed)
    revenues = [
        Decimal(dice.choice([-500, 0, 1, 700, 700, dice.randint(1, 10**9)])) / dice.choice([1, 3])
        for _ in range(dice.choice([1, 2, 9, 10, 11, 37, 130]))
    ] + [Decimal(1)]
    revenues = [amount.quantize(Decimal("0.0001")) for amount in revenues]
    for amount in revenues:
        a_customer(tier_rank=dice.randint(1, 4), trailing_revenue=amount)
    report, (hhi, tenths) = report_of(executive), oracle(revenues, 10)
    assert abs(Fraction(report.hhi) - hhi) < Fraction(1, 10**12)
    assert [row.revenue for row in report.tenths] == [sum(tenth) for tenth in tenths]
    assert [row.lowest for row in report.tenths] == [tenth[-1] for tenth in tenths]
    assert sum(group.revenue for group in report.groups) == report.total == sum(map(sum, tenths))
    scope = scope_of(executive, on=today())
    for row, tenth in zip(report.tenths, tenths, strict=True):
        rows = customers_at(scope, row.first, row.last).order_by("-trailing_revenue")
        assert [found.trailing_revenue for found in rows] == tenth
    assert CustomerSnapshot.objects.count() == len(revenues)
