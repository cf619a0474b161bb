"""Scope checks that are kept: what is too long is said."""

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
