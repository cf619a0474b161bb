"""Extensions: more than a contract says, for a time, by whoever may edit contracts."""

import datetime
import json

import pytest
from django.urls import reverse

from customers.actions import extend_scope
from customers.contracts.kinds import TermLine
from customers.models import ScopeExtension
from firm.dates import today
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, a_contract, a_customer

pytestmark = pytest.mark.django_db

APRIL, OCTOBER = datetime.date(2026, 4, 1), datetime.date(2026, 10, 1)
TERMS = (
    TermLine("hours", amount=600, period="month"),
    TermLine("count", name="軽微な修正", amount=3, period="month"),
)


@pytest.fixture
def customer(account_manager):
    return a_customer("青葉商事", owner=account_manager)


@pytest.fixture
def contract(customer):
    """Holds from April to the end of September, in two revisions."""
    contract = a_contract(customer, valid_from=APRIL, terms=TERMS, valid_to=OCTOBER)
    return contract


@pytest.fixture
def extend(contract, back_office):
    def act(**values):
        wanted = {
            "contract": contract,
            "kind": "hours",
            "amount": 360,
            "starts_on": APRIL,
            "ends_on": OCTOBER,
            "reference": "R-128",
            "reason": "公開の立会い",
            "by": back_office,
            "now": NOW,
        }
        return extend_scope(**{**wanted, **values})

    return act


def test_hours_and_a_count_of_the_contract_can_be_extended(extend):
    extend()
    extend(kind="count", name="軽微な修正", amount=2)
    assert ScopeExtension.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"amount": 0}, "1分または1回"),
        ({"amount": -5}, "1分または1回"),
        ({"amount": 10_000_000}, "多すぎます"),
        ({"starts_on": APRIL - datetime.timedelta(days=1)}, "2026/04/01～2026/09/30"),
        ({"ends_on": OCTOBER + datetime.timedelta(days=1)}, "2026/04/01～2026/09/30"),
        ({"ends_on": APRIL}, "開始日より前"),
        ({"kind": "count", "name": "夜間作業"}, "夜間作業"),
        ({"kind": "response"}, "response"),
        ({"reference": " "}, "決定と理由"),
        ({"reason": ""}, "決定と理由"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(extend, values, said):
    with pytest.raises(Refused, match=said):
        extend(**values)
    assert not ScopeExtension.objects.exists()


def test_an_extension_may_cross_from_one_revision_to_the_next(extend, contract):
    contract.revisions.update(valid_to=datetime.date(2026, 7, 1))
    with pytest.raises(Refused):
        extend()
    second = contract.revisions.get()
    second.pk, second.number = None, 2
    second.valid_from, second.valid_to = datetime.date(2026, 7, 1), None
    second.save()
    extend()


def test_only_who_edits_contracts_grants_one(extend, account_manager, section_manager):
    for person in (account_manager, section_manager):
        with pytest.raises(Forbidden):
            extend(by=person)
    assert not ScopeExtension.objects.exists()


class TestPage:
    @pytest.fixture
    def form(self):
        return {
            "what": "hours",
            "quantity": "6",
            "first": today().isoformat(),
            "last": (today() + datetime.timedelta(days=9)).isoformat(),
            "reference": "R-128",
            "reason": "公開の立会い",
        }

    @pytest.fixture
    def contract(self, customer):
        return a_contract(customer, terms=TERMS)

    def test_granted_hours_stand_on_the_file_and_on_the_sheet(
        self, client_of, back_office, contract, form
    ):
        client = client_of(back_office)
        answer = client.post(reverse("customers:contract-extend-grant", args=[contract.pk]), form)
        assert answer.status_code == 302
        extension = ScopeExtension.objects.get()
        assert (extension.amount, extension.ends_on) == (360, today() + datetime.timedelta(days=10))
        file = client.get(reverse("customers:file", args=[contract.customer_id])).content.decode()
        assert "+6時間" in file
        assert "R-128" in file
        sheet = reverse("customers:scope-sheet", args=[contract.customer_id])
        text = client.get(sheet).content.decode()
        assert "+6時間" in text
        assert "R-128" not in text  # who agreed to it is our own affair
        page = client.get(reverse("customers:contract-extend", args=[contract.pk]))
        assert "R-128" in page.content.decode()

    def test_a_count_is_offered_by_its_name(self, client_of, back_office, contract, form):
        client = client_of(back_office)
        page = client.get(reverse("customers:contract-extend", args=[contract.pk]))
        assert '<option value="count:軽微な修正">' in page.content.decode()
        url = reverse("customers:contract-extend-grant", args=[contract.pk])
        client.post(url, {**form, "what": "count:軽微な修正", "quantity": "2"})
        assert ScopeExtension.objects.get().name == "軽微な修正"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"quantity": "0"}, {"quantity": "-1"}, {"quantity": "NaN"}, {"quantity": "0.333"},
            {"what": "count:軽微な修正", "quantity": "1.5"}, {"what": "count:夜間作業"},
            {"what": ""}, {"last": "2019-01-01"},
            {"first": "2026-02-31"}, {"first": "0001-01-01"}, {"last": "9999-12-31"},
            {"reference": ""}, {"reason": "長" * 201},
        ],
    )  # fmt: skip
    def test_bad_input_is_answered_with_422_and_kept(
        self, wrong, client_of, back_office, contract, form
    ):
        url = reverse("customers:contract-extend-grant", args=[contract.pk])
        answer = client_of(back_office).post(url, {**form, **wrong})
        assert answer.status_code == 422
        assert not ScopeExtension.objects.exists()
        if "reason" not in wrong:
            assert "公開の立会い" in answer.content.decode()

    def test_the_page_needs_few_queries(
        self, client_of, back_office, contract, django_assert_max_num_queries
    ):
        for number in range(8):
            extend_scope(
                contract=contract, kind="hours", amount=60, starts_on=APRIL, ends_on=OCTOBER,
                reference=f"R-{number}", reason="理由", by=back_office, now=NOW,
            )  # fmt: skip
        client = client_of(back_office)
        with django_assert_max_num_queries(12):
            client.get(reverse("customers:contract-extend", args=[contract.pk]))


class TestApi:
    def test_it_grants_and_tells(self, client_of, back_office, contract):
        url, client = reverse("api-extensions", args=[contract.pk]), client_of(back_office)
        body = {
            "kind": "hours", "amount": 90, "starts_on": "2026-04-01", "ends_on": "2026-05-01",
            "reference": "R-1", "reason": "理由",
        }  # fmt: skip
        answer = client.post(url, json.dumps(body), "application/json")
        assert answer.status_code == 201
        assert answer.json()["words"] == "+1.5時間"
        assert [row["amount"] for row in client.get(url).json()] == [90]
        late = client.post(url, json.dumps({**body, "ends_on": "2026-12-01"}), "application/json")
        assert late.status_code == 409
        assert "2026/09/30" in late.json()["detail"]
        unknown = client.post(url, json.dumps({**body, "amout": 1}), "application/json")
        assert unknown.status_code == 400
