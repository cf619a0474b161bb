"""Scope checks that are kept: what they hold, and who sees them again."""

import pytest
from django.urls import reverse

from customers.models import ScopeInquiry
from tests.factories import a_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("length", "status"), [(80, 302), (81, 422)])
def test_an_item_fits_its_column(length, status, client_of, account_manager):
    customer = a_customer(owner=account_manager)
    address = reverse("customers:scope-record", args=[customer.pk])
    said = {"request": "", "work_item": "あ" * length, "outcome": "declined"}
    assert client_of(account_manager).post(address, said).status_code == status
    assert ScopeInquiry.objects.count() == (status == 302)


def test_they_are_not_shown_while_the_screen_is_shared(client_of, account_manager):
    customer, client = a_customer(owner=account_manager), client_of(account_manager)
    said = {"request": "バナーの追加", "work_item": "", "outcome": "goodwill"}
    client.post(reverse("customers:scope-record", args=[customer.pk]), said)

    def page() -> str:
        answer = client.get(reverse("customers:scope"), {"customer": customer.pk})
        return answer.content.decode()

    assert "バナーの追加" in page()
    client.post(reverse("firm:screen_share"), {"on": "1"})
    assert "バナーの追加" not in page()
