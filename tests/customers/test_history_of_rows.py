"""What a hand-edited row said before each change is kept, from its first values on."""

import pytest
from django.apps import apps

from tests.factories import a_contact, a_customer

pytestmark = pytest.mark.django_db


def former(model: str, row, column: str) -> list[str]:
    events = apps.get_model("customers", model).objects.filter(pgh_obj=row)
    return list(events.order_by("pk").values_list(column, flat=True))


def test_a_customer_s_first_name_outlives_its_changes():
    customer = a_customer("株式会社はじめ")
    for name in ("株式会社つぎ", "株式会社いま"):
        customer.name = name
        customer.save()
    assert former("CustomerEvent", customer, "name") == ["株式会社はじめ", "株式会社つぎ"]


def test_a_contact_s_first_name_outlives_its_changes():
    contact = a_contact(a_customer(), "旧姓 花子")
    contact.name = "新姓 花子"
    contact.save()
    assert former("ContactEvent", contact, "name") == ["旧姓 花子"]


def test_a_save_that_changes_nothing_leaves_no_trace():
    customer = a_customer("株式会社はじめ")
    customer.save()
    assert former("CustomerEvent", customer, "name") == []
