"""Planned downgrades: who is about to fall, when, and what is missing."""

import datetime
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer
from tests.factories import a_customer, an_entry
from tests.tiering.evaluations import a_night, at_night, day, published, some_rules

pytestmark = pytest.mark.django_db

TIERS = [
    {"code": "S", "enter": 1000, "keep": 900, "name": "プレミア", "name_en": "Premier"},
    {"code": "A", "enter": 500, "keep": 450, "name": "アドバンス", "name_en": "Plus"},
    {"code": "C", "name": "ベーシック", "name_en": "Core"},
]


@pytest.fixture
def book(administrator, account_manager, stranger) -> dict[str, Customer]:
    """One below since June, one below since July, one safe, and another's."""
    rules = some_rules(tiers=TIERS, grace_evaluations=3, window_months=1)
    published(rules, by=administrator, since="2026-01-01", now=at_night(day("2026-07-15")))
    plan = {
        "早川製作": (account_manager, (1000, 600, 600)),
        "昭栄建設": (account_manager, (1000, 1000, 880)),
        "北斗リース": (account_manager, (1000, 1000, 1000)),
        "他人商事": (stranger, (1000, 1000, 100)),
    }
    customers = {}
    for name, (owner, amounts) in plan.items():
        customers[name] = a_customer(name, owner=owner)
        for month, amount in enumerate(amounts, start=5):
            last = datetime.date(2026, month, 1) - datetime.timedelta(days=1)
            an_entry(customers[name], last, amount)
    for night in ("2026-05-02", "2026-06-02", "2026-07-02"):
        a_night(night)
    return customers


def page(client, **query):
    response = client.get(reverse("tiering:downgrades"), query)
    assert response.status_code == 200
    return response.content.decode()


def rows(client, **query):
    response = client.get(reverse("api-report-downgrades"), query)
    assert response.status_code == 200
    return response.json()["results"]


def test_it_lists_by_date_who_falls_and_what_is_missing(client_of, book, account_manager):
    html = page(client_of(account_manager))
    assert html.index("早川製作") < html.index("昭栄建設")
    assert "2026/08/01" in html
    assert "2026/09/01" in html
    assert "300円" in html
    assert "20円" in html
    assert "北斗リース" not in html
    assert "他人商事" not in html


def test_the_api_says_the_same_in_numbers(client_of, book, account_manager):
    first, second = rows(client_of(account_manager))
    assert first["customer"] == book["早川製作"].pk
    assert (first["tier"], first["follows"], first["falls_on"]) == ("S", "A", "2026-08-01")
    assert (first["month"], first["months"], first["missing"]) == (2, 3, "300.0000")
    assert (second["falls_on"], second["missing"]) == ("2026-09-01", "20.0000")


def test_managers_read_of_their_people_and_executives_of_all(
    client_of, book, section_manager, executive
):
    assert len(rows(client_of(section_manager))) == 2
    assert len(rows(client_of(section_manager), whose="mine")) == 0
    assert len(rows(client_of(executive))) == 3
    assert "予定されているランクダウンはありません" in page(client_of(executive), whose="mine")


def test_the_first_screen_says_how_many_and_when(client_of, book, account_manager, compliance):
    html = client_of(account_manager).get(reverse("customers:list")).content.decode()
    assert "2社が猶予期間中です" in html
    assert "2026/08/01" in html
    assert reverse("tiering:downgrades") in html
    assert "猶予期間中です" not in (
        client_of(compliance).get(reverse("customers:list")).content.decode()
    )


def test_the_file_has_a_row_for_each(client_of, book, account_manager):
    response = client_of(account_manager).get(reverse("tiering:downgrades-export"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    found = [row[1] for row in sheet.iter_rows(values_only=True)]
    assert found == ["名前", "早川製作", "昭栄建設"]


def test_it_asks_as_little_of_many_as_of_few(client_of, book, executive):
    client = client_of(executive)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(client)
        return len(asked)

    few = questions()
    for _ in range(20):
        an_entry(a_customer(), day("2026-04-30"), 1000)
    a_night("2026-07-03")
    assert questions() == few


def test_nothing_is_shown_while_the_screen_is_shared(client_of, book, executive):
    client = client_of(executive)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    for name in ("downgrades", "downgrades-export"):
        assert client.get(reverse(f"tiering:{name}")).status_code == 403


def test_before_the_first_night_it_says_what_will_be_here(client_of, executive):
    assert "夜間計算" in page(client_of(executive))
