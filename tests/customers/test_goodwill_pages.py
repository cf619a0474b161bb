"""The register of goodwill work: sums, what becomes expected, who sees the money, the sheets."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from customers.giving.register import becoming_expected, expected_by, first_day, usually_given
from customers.models import Activity, Favor
from firm.actions import set_bill_rate
from firm.dates import today as real_today
from tests.factories import NOW, a_contract, a_customer, an_activity, some_goodwill

pytestmark = pytest.mark.django_db

REASON = "次の契約を見込んで"


@pytest.fixture
def customer(account_manager):
    return a_customer("青葉商事", owner=account_manager)


@pytest.fixture
def given(customer, account_manager):
    """Three corrections within three months, a report before, one withdrawn, one unmarked."""
    on = real_today()
    for days in (1, 30, 80):
        day = on - datetime.timedelta(days=days)
        some_goodwill(
            customer,
            day,
            staff=account_manager,
            minutes=90,
            usual_price=18_000,
            category="軽微修正",
            why=REASON,
            customer_knows=days == 1,
        )
    earlier = on - datetime.timedelta(days=130)
    some_goodwill(customer, earlier, staff=account_manager, usual_price=60_001, category="資料")
    gone = some_goodwill(customer, on, staff=account_manager, usual_price=7_777_000)
    Activity.objects.filter(pk=gone.activity_id).update(withdrawn_at=NOW)
    unmarked = some_goodwill(customer, on, staff=account_manager, usual_price=7_777_000)
    Favor.objects.filter(pk=unmarked.pk).update(withdrawn_at=NOW)
    return customer


def page_of(client, name, customer, query=""):
    return client.get(reverse(f"customers:{name}", args=[customer.pk]) + query)


def test_the_total_is_the_sum_of_what_stands(given):
    found = usually_given(given.pk, on=real_today())
    assert (found.count, found.minutes, found.usual_price) == (4, 330, Decimal(114_001))
    assert found.unknown == 3


def test_a_period_begins_after_the_same_day_months_ago():
    assert first_day(datetime.date(2026, 7, 15), months=6) == datetime.date(2026, 1, 16)
    assert first_day(datetime.date(2026, 8, 31), months=6) == datetime.date(2026, 3, 1)


def test_the_page_shows_the_sum_the_reasons_and_what_becomes_expected(
    client_of, account_manager, given
):
    page = page_of(client_of(account_manager), "goodwill", given).content.decode()
    assert "「軽微修正」が3か月で3回" in page
    assert REASON in page
    assert "うち3件はお客様に伝わっていません" in page
    assert "114<small" in page
    assert "7,777" not in page


def test_three_in_three_months_is_expected_and_two_are_not():
    assert becoming_expected(["軽微修正", "", "軽微修正", "資料"]) == []
    assert becoming_expected(["ＡＢＣ", "abc", "Abc", "", "", ""]) == [("Abc", 3)]


def test_what_is_older_than_three_months_makes_nothing_expected(given):
    later = real_today() + datetime.timedelta(days=15)
    assert expected_by(given.pk, on=real_today()) == [("軽微修正", 3)]
    assert expected_by(given.pk, on=later) == []


def test_the_filter_keeps_a_period_and_a_category(client_of, account_manager, given):
    client = client_of(account_manager)
    assert "資料" in page_of(client, "goodwill", given, "?months=12").content.decode()
    only = page_of(client, "goodwill", given, "?months=3&category=軽微修正")
    assert (only.context["sum"].count, len(only.context["rows"])) == (3, 3)
    assert page_of(client, "goodwill", given, "?months=999").context["sum"].count == 4
    assert page_of(client, "goodwill", given, "?after=x").status_code == 409


def test_prices_are_for_those_who_may_see_them(client_of, auditor, given):
    client = client_of(auditor)
    for name in ("goodwill", "goodwill-sheet", "file"):
        page = page_of(client, name, given).content.decode()
        assert "114" not in page, name
        assert "18,000" not in page, name
    answer = client.get(f"/api/v1/customers/{given.pk}/goodwill").json()["results"]
    assert [row["usual_price"] for row in answer] == [None] * 4
    assert client.get(f"/api/v1/customers/{given.pk}/goodwill/sum").json()["usual_price"] is None


def test_what_the_customer_is_handed_has_no_reason_of_ours(client_of, account_manager, given):
    client = client_of(account_manager)
    page = page_of(client, "goodwill-sheet", given).content.decode()
    assert "18,000円" in page
    assert "無償" in page
    assert REASON not in page
    a_contract(given)
    sheet = page_of(client, "scope-sheet", given).content.decode()
    assert "4回、5.5 h、通常" in sheet
    assert "114,001円" in sheet
    assert REASON not in sheet


def test_while_the_screen_is_shared_nothing_of_it_is_shown(client_of, account_manager, given):
    client = client_of(account_manager)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    for name in ("goodwill", "goodwill-sheet", "goodwill-export", "investments"):
        assert page_of(client, name, given).status_code == 403, name
    for name in ("goodwill-list", "investment-list", "goal-list"):
        assert client.get(reverse(f"customers:{name}")).status_code == 403, name
    for name in ("file", "scope-sheet"):
        page = page_of(client, name, given).content.decode()
        assert "114" not in page, name
        assert "無償対応" not in page, name


def test_the_file_shows_the_sum_of_six_months(client_of, account_manager, given):
    """The control of the test before: otherwise it is there."""
    page = page_of(client_of(account_manager), "file", given).content.decode()
    assert "4件 · 5.5 h" in page
    assert "114<small" in page
    assert "当たり前化" in page


def test_it_leaves_as_a_table(client_of, account_manager, given):
    answer = page_of(client_of(account_manager), "goodwill-export", given)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
    assert sheet.max_row == 5
    assert sheet.cell(2, 9).value == 18_000


def test_the_list_is_of_ones_own_files_by_name(
    client_of, account_manager, section_manager, stranger, given
):
    other = a_customer("別部門", owner=stranger)
    some_goodwill(other, real_today(), staff=stranger)
    a_customer("何もない", owner=account_manager)
    address = reverse("customers:goodwill-list")
    for person in (account_manager, section_manager):
        rows = client_of(person).get(address).context["rows"]
        assert [(row.name, sums.count) for row, sums, _expected in rows] == [("青葉商事", 4)]
    assert rows[0][2] == [("軽微修正", 3)]
    export = client_of(account_manager).get(reverse("customers:goodwill-list-export"))
    assert openpyxl.load_workbook(io.BytesIO(export.getvalue())).active.max_row == 2


def test_an_entry_is_marked_changed_and_unmarked(
    client_of, account_manager, administrator, customer
):
    set_bill_rate(valid_from=real_today(), amount=Decimal(12_000), by=administrator, now=NOW)
    entry = an_activity(customer, real_today(), staff=account_manager, minutes=90)
    client = client_of(account_manager)
    form = client.get(reverse("customers:goodwill-mark", args=[entry.pk])).context["form"]
    assert form["usual_price"].value() == "18000"
    save = reverse("customers:goodwill-save", args=[entry.pk])
    refused = client.post(save, {"usual_price": "-1", "why": ""})
    assert refused.status_code == 422
    assert client.post(save, {"usual_price": "18000", "why": "お試し"}).status_code == 302
    assert client.post(save, {"usual_price": "9000", "why": "お試し"}).status_code == 302
    assert Favor.objects.get().usual_price == 9_000
    client.post(reverse("customers:goodwill-unmark", args=[entry.pk]))
    assert Favor.objects.get().withdrawn_at is not None


def test_the_api_marks_and_tells(client_of, account_manager, customer):
    a_contract(customer, price_beyond=Decimal(13_000))
    entry = an_activity(customer, real_today(), staff=account_manager, minutes=60)
    client, address = client_of(account_manager), f"/api/v1/activities/{entry.pk}/goodwill"
    body = {"why": "お試し", "category": "軽微修正"}
    put = client.put(address, body, content_type="application/json")
    assert (put.status_code, put.json()["usual_price"]) == (200, "13000.0000")
    wrong = client.put(address, {**body, "reason": "?"}, content_type="application/json")
    assert wrong.status_code == 400
    sums = client.get(f"/api/v1/customers/{customer.pk}/goodwill/sum").json()
    assert (sums["count"], sums["minutes"], sums["becoming_expected"]) == (1, 60, [])
    assert client.get(f"/api/v1/customers/{customer.pk}/goodwill?since=x").status_code == 400
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404


def test_the_list_price_is_set_on_its_page(client_of, back_office, account_manager):
    client = client_of(back_office)
    bad = client.post("/prices/set/", {"valid_from": "2026-04-01", "amount": "0"})
    assert bad.status_code == 422
    client.post("/prices/set/", {"valid_from": "2026-04-01", "amount": "12000"})
    assert "12,000円" in client_of(account_manager).get("/prices/").content.decode()
    body = {"valid_from": "2026-05-01", "amount": "12500"}
    post = client.post("/api/v1/bill-rates", body, content_type="application/json")
    assert post.status_code == 201
    assert [row["amount"] for row in client.get("/api/v1/bill-rates").json()] == [
        "12500.0000",
        "12000.0000",
    ]
