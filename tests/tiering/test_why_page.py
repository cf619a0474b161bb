"""Why this tier: the page, and the file of all explanations."""

import io

import openpyxl
import pytest
from django.urls import reverse

from tests.factories import a_customer, an_entry
from tests.tiering.evaluations import a_night, a_replay, at_night, day, published, some_rules
from tiering.models import Tier

pytestmark = pytest.mark.django_db

TIERS = [
    {"code": "S", "enter": 7_000_000, "keep": 6_650_000, "name": "プレミア", "name_en": "Premier"},
    {"code": "A", "enter": 2_800_000, "keep": 2_660_000, "name": "アドバンス", "name_en": "Plus"},
    {"code": "C", "name": "ベーシック", "name_en": "Core"},
]


@pytest.fixture(autouse=True)
def rules(administrator):
    rules = some_rules(tiers=TIERS, grace_evaluations=3, window_months=12)
    return published(rules, by=administrator, since="2026-01-01", now=at_night(day("2026-07-01")))


@pytest.fixture
def customer(account_manager):
    """Short of the top by 1,240,000 yen in June; below its keep threshold in July."""
    customer = a_customer("昭栄建設", code="K-1", owner=account_manager)
    an_entry(customer, day("2025-06-10"), 3_200_000)
    an_entry(customer, day("2026-02-10"), 2_560_000)
    return customer


def page(client, customer, **query):
    response = client.get(reverse("tiering:why", args=[customer.pk]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_it_says_to_the_last_yen_what_is_missing_and_until_when(
    client_of, customer, account_manager
):
    a_night("2026-06-02")
    html = page(client_of(account_manager), customer, on="2026-06-20")
    assert "1,240,000円" in html
    assert "2026/06/30" in html
    account_manager.language = "en"
    account_manager.save()
    html = page(client_of(account_manager), customer, on="2026-06-20")
    assert "¥1,240,000" in html
    assert "more by Jun 30, 2026 leads to Premier" in html


def test_in_the_grace_period_it_says_what_follows_when_unless_what(
    client_of, customer, account_manager
):
    a_night("2026-06-02")
    a_night("2026-07-02")
    html = page(client_of(account_manager), customer)
    assert "2026/09/01" in html
    assert "100,000円" in html
    assert "ベーシック" in html


def test_it_says_which_month_no_longer_counts_next_time(client_of, customer, account_manager):
    an_entry(customer, day("2025-07-31"), 90_000)
    a_night("2026-06-02")
    a_night("2026-07-02")
    html = page(client_of(account_manager), customer)
    assert "2025/07" in html
    assert "90,000円" in html


def test_a_past_day_has_what_is_known_today_beside_it(client_of, customer, account_manager):
    a_night("2026-06-02")
    an_entry(customer, day("2026-03-01"), 2_000_000)
    a_replay("2026-06-02", "2026-06-02", now=at_night(day("2026-07-10")))
    html = page(client_of(account_manager), customer, on="2026-06-20")
    assert "今わかっていること" in html
    assert "プレミア" in html
    assert "今わかっていること" not in page(client_of(account_manager), customer, on="2026-07-10")


def test_it_says_nothing_of_the_figures_without_the_file(client_of, customer, stranger):
    a_night("2026-06-02")
    html = page(client_of(stranger), customer, on="2026-06-20")
    assert "1,240,000" not in html


def exported(client, **query):
    response = client.get(reverse("tiering:explanations-export"), query)
    assert response.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    head, *rows = book.active.iter_rows(values_only=True)
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


def test_the_file_explains_every_customer(client_of, customer, executive):
    a_night("2026-06-02")
    row = exported(client_of(executive), on="2026-06-20")["K-1"]
    assert row["獲得ランク"] == "アドバンス"
    assert row["売上（JPY）"] == 5_760_000
    assert row["上のランクまでの不足"] == 1_240_000
    assert row["維持基準までの余裕"] == 3_100_000
    assert "到達基準" in row["説明"]


def test_the_file_has_no_figures_of_customers_whose_file_one_lacks(client_of, customer, stranger):
    a_night("2026-06-02")
    row = exported(client_of(stranger), on="2026-06-20")["K-1"]
    assert row["獲得ランク"] == "アドバンス"
    told = [value for value in row.values() if value]
    assert told == ["K-1", "昭栄建設", "アドバンス", "アドバンス"]


def test_the_file_has_the_tier_in_force_beside_the_earned_one(client_of, customer, executive):
    a_night("2026-06-02")
    customer.overrides.create(
        tier=Tier.objects.get(code="S"),
        starts_on=day("2026-06-10"),
        ends_on=day("2026-07-01"),
        reason="自治体強化",
        state="approved",
        requested_by=customer.owner,
        requested_at=at_night(day("2026-06-09")),
        decided_by=executive,
        decided_at=at_night(day("2026-06-09")),
    )
    row = exported(client_of(executive), on="2026-06-20")["K-1"]
    assert (row["サービスランク"], row["獲得ランク"]) == ("プレミア", "アドバンス")
    assert exported(client_of(executive), on="2026-07-01")["K-1"]["サービスランク"] == "アドバンス"


def test_the_file_takes_few_questions_however_many_customers(
    client_of, customer, executive, django_assert_max_num_queries
):
    for _ in range(30):
        a_customer()
    a_night("2026-06-02")
    client = client_of(executive)
    with django_assert_max_num_queries(14):
        assert len(exported(client)) == 31


def test_nothing_is_exported_while_the_screen_is_shared(client_of, customer, executive):
    client = client_of(executive)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    assert client.get(reverse("tiering:explanations-export")).status_code == 403
