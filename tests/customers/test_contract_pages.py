"""Contracts on the customer's file: who sees what, the form and its refusals, the sheet."""

import datetime
import json
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.actions import record_explained
from customers.contracts.kinds import Kind, TermLine
from customers.models import Contract
from firm.dates import firm_date, today
from tests.factories import NOW, a_contract, a_customer, an_activity

pytestmark = pytest.mark.django_db

FEE = "123456"


@pytest.fixture
def customer(account_manager):
    return a_customer("青葉商事", owner=account_manager)


def form_data(**values: str) -> dict[str, str]:
    return {
        "name": "保守",
        "template": "maintenance",
        "valid_from": "2026-08-01",
        "monthly_fee": FEE,
        "carry_over": "none",
        "terms-TOTAL_FORMS": "2",
        "terms-INITIAL_FORMS": "0",
        "terms-0-kind": "hours",
        "terms-0-amount": "2.5",
        "terms-0-period": "month",
        "terms-1-kind": "",
        **values,
    }


def test_the_file_tells_the_contract_in_words(client_of, account_manager, customer):
    a_contract(customer, monthly_fee=Decimal(FEE))
    page = client_of(account_manager).get(f"/customers/{customer.pk}/").content.decode()
    assert "月10時間まで" in page
    assert "まだ説明していません" in page


def test_a_file_without_a_contract_says_what_that_means(client_of, account_manager, customer):
    page = client_of(account_manager).get(f"/customers/{customer.pk}/").content.decode()
    assert "有効な契約がありません" in page


def test_the_file_tells_what_begins_later(client_of, account_manager, customer):
    a_contract(customer, valid_from=datetime.date.today() + datetime.timedelta(days=9))
    page = client_of(account_manager).get(f"/customers/{customer.pk}/").content.decode()
    assert "から：保守" in page


def test_the_back_office_adds_a_contract_from_a_template(client_of, back_office, customer):
    client = client_of(back_office)
    page = client.get(reverse("customers:contract-new", args=[customer.pk]) + "?template=retainer")
    assert "月次レポート" in page.content.decode()
    response = client.post(reverse("customers:contract-create", args=[customer.pk]), form_data())
    assert response.status_code == 302
    term = Contract.objects.get().revisions.get().terms.get()
    assert (term.kind, term.amount) == (Kind.HOURS, 150)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("valid_from", "2026-02-31", "日付"),
        ("monthly_fee", "-1", "0"),
        ("monthly_fee", "NaN", "数値"),
        ("monthly_fee", "1e99", "桁"),
        ("terms-0-period", "", "期間を選んでください"),
        ("terms-0-amount", "0.333", "2"),
        ("terms-0-kind", "gifts", "gifts"),
        ("carry_over", "capped", "どこまで繰り越すか"),
        ("valid_to", "2026-07-01", "開始日より前"),
    ],
)
def test_bad_input_is_answered_with_a_sentence_and_nothing_is_lost(
    field, value, said, client_of, back_office, customer
):
    address = reverse("customers:contract-create", args=[customer.pk])
    response = client_of(back_office).post(address, form_data(**{field: value}))
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert 'value="2.5"' in page or field == "terms-0-amount"
    assert not Contract.objects.exists()


def test_a_revision_starts_from_the_last_one(client_of, back_office, customer):
    contract = a_contract(customer)
    client = client_of(back_office)
    page = client.get(reverse("customers:contract-revise", args=[contract.pk])).content.decode()
    assert 'value="10"' in page
    data = form_data(**{"terms-0-amount": "20"})
    client.post(reverse("customers:contract-revise-save", args=[contract.pk]), data)
    assert [one.number for one in contract.revisions.order_by("number")] == [1, 2]
    assert contract.revisions.get(number=1).valid_to == datetime.date(2026, 8, 1)


def test_the_sheet_for_the_customer_names_no_tier_and_no_amount(
    client_of, account_manager, customer
):
    a_contract(
        customer,
        monthly_fee=Decimal(FEE),
        terms=[TermLine(Kind.EXCLUSION, name="夜間作業")],
    )
    address = reverse("customers:scope-sheet", args=[customer.pk])
    page = client_of(account_manager).get(address).content.decode()
    article = page[page.index('<article class="sheet">') : page.index("</article>")]
    assert "夜間作業" in article
    assert "御中" in article
    assert "123" not in article
    assert "ランク" not in article


def test_the_sheet_says_what_is_used_what_more_costs_and_when_it_was_explained(
    client_of, account_manager, auditor, customer
):
    hours = TermLine(Kind.HOURS, amount=600, period="month")
    contract = a_contract(customer, terms=[hours], price_beyond=Decimal(13_000))
    record_explained(
        revision=contract.revisions.get(), on=firm_date(NOW), by=account_manager, now=NOW
    )
    an_activity(customer, today(), staff=account_manager, minutes=90)
    address = reverse("customers:scope-sheet", args=[customer.pk])
    page = client_of(account_manager).get(address).content.decode()
    assert "10時間のうち1.5時間" in page
    assert "13,000円" in page
    assert "佐藤 美咲</bdi>がご説明しました" in page
    assert "13,000円" not in client_of(auditor).get(address).content.decode(), "no right to prices"


def test_while_the_screen_is_shared_the_terms_stay_and_the_fee_goes(
    client_of, account_manager, customer
):
    a_contract(customer, monthly_fee=Decimal(FEE))
    client = client_of(account_manager)
    assert "123" in client.get(f"/customers/{customer.pk}/").content.decode()
    client.post(reverse("firm:screen_share"), {"on": "1"})
    page = client.get(f"/customers/{customer.pk}/").content.decode()
    assert "月10時間まで" in page
    assert "123" not in page


def test_renewals_are_of_the_customers_one_looks_after(
    client_of, account_manager, stranger, customer
):
    a_contract(
        customer, renews_on=datetime.date.today() + datetime.timedelta(days=20), notice_days=30
    )
    address = reverse("customers:renewals")
    assert "青葉商事" in client_of(account_manager).get(address).content.decode()
    assert "青葉商事" not in client_of(stranger).get(address).content.decode()


def test_the_api_signs_and_tells_a_contract(client_of, back_office, auditor, customer):
    address = reverse("api-contracts", args=[customer.pk])
    body = {
        "name": "保守",
        "template": "maintenance",
        "valid_from": "2020-04-01",
        "monthly_fee": FEE,
        "price_beyond": "13000",
        "terms": [{"kind": "hours", "amount": 600, "period": "month"}],
    }
    signed = client_of(back_office).post(address, json.dumps(body), "application/json")
    assert signed.status_code == 201
    (told,) = client_of(back_office).get(address).json()
    assert told["terms"][0]["words"] == "月10時間まで"
    assert Decimal(str(told["monthly_fee"])) == Decimal(FEE)
    (told,) = client_of(auditor).get(address).json()
    assert told["price_beyond"] is None  # auditors log nothing, so they know no prices


def test_the_api_refuses_what_it_does_not_know(client_of, back_office, customer):
    address = reverse("api-contracts", args=[customer.pk])
    body = {"name": "保守", "tempate": "maintenance"}
    answer = client_of(back_office).post(address, json.dumps(body), "application/json")
    assert answer.status_code == 400
    assert "tempate" in answer.content.decode()


def test_renewals_are_exported_as_the_page_shows_them(client_of, account_manager, customer):
    a_contract(customer, renews_on=datetime.date.today() + datetime.timedelta(days=20))
    address = reverse("customers:renewals-export") + "?format=csv"
    answer = client_of(account_manager).get(address)
    assert "青葉商事" in b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize(("stood_there", "status"), [("0", 422), ("2", 302)])
def test_what_is_typed_into_an_empty_line_needs_a_kind(
    client_of, back_office, customer, stood_there, status
):
    """A line that stood there before is left out by taking its kind away."""
    data = form_data(**{"terms-1-name": "軽微な修正", "terms-INITIAL_FORMS": stood_there})
    address = reverse("customers:contract-create", args=[customer.pk])
    answer = client_of(back_office).post(address, data)
    assert answer.status_code == status
    if status == 422:
        assert answer.context["terms"][1].errors.keys() == {"kind"}


@pytest.mark.parametrize("minutes", [2650, 59, 1])
def test_hours_that_are_no_hundredths_outlive_a_revision(client_of, back_office, customer, minutes):
    """44 h 10 min are shown as 44.17."""
    contract = a_contract(customer, terms=[TermLine("hours", amount=minutes, period="month")])
    client, form = client_of(back_office), reverse("customers:contract-revise", args=[contract.pk])
    shown = client.get(form).context["terms"][0]["amount"].value()
    data = form_data(**{"terms-0-amount": str(shown)})
    assert client.post(form + "save/", data).status_code == 302
    last = contract.revisions.order_by("valid_from").last()
    assert last.terms.get(kind="hours").amount == minutes


def test_half_a_time_is_refused(client_of, back_office, customer):
    data = form_data(**{"terms-0-kind": "count", "terms-0-name": "修正"})
    address = reverse("customers:contract-create", args=[customer.pk])
    assert client_of(back_office).post(address, data).status_code == 422
