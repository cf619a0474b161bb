"""Amounts mean nothing in another currency: the database's own is the only one it starts with."""

import datetime

import pytest
from django.core.management import CommandError
from django.db import connection

from firm import base_currency
from tests.factories import a_customer, a_draft, a_rule_set, an_activity
from tests.tiering.nights import an_evaluation

pytestmark = pytest.mark.django_db


def test_the_currency_of_the_first_migration_is_accepted():
    base_currency._compare(connection)


def test_another_currency_refuses_to_start_with_a_sentence(settings):
    settings.BASE_CURRENCY = "USD"
    with pytest.raises(CommandError, match=r"in JPY.*BASE_CURRENCY=USD"):
        base_currency._compare(connection)


def test_every_new_connection_of_a_process_is_looked_at_once(settings, monkeypatch):
    monkeypatch.setattr(base_currency, "_checked", set())
    base_currency.check_new_connection(sender=None, connection=connection)
    settings.BASE_CURRENCY = "USD"
    base_currency.check_new_connection(sender=None, connection=connection)
    monkeypatch.setattr(base_currency, "_checked", set())
    with pytest.raises(base_currency.OtherCurrency):
        base_currency.check_new_connection(sender=None, connection=connection)


def test_the_pages_of_a_firm_in_dollars_name_no_yen(settings, client_of, administrator):
    settings.BASE_CURRENCY = "USD"
    customer = a_customer("東都精機販売", tier_rank=1, trailing_revenue=20_000)
    rules = a_rule_set(by=administrator)
    evaluation = an_evaluation(rules)
    an_activity(customer, evaluation.as_of - datetime.timedelta(days=10), staff=administrator)
    draft = a_draft(rules)
    pages = {
        "/imports/new/": "$1,234.00",
        "/reports/allocation/": "$10,000",
        f"/rules/drafts/{draft.pk}/": "USD",
    }
    for path, told in pages.items():
        text = client_of(administrator).get(path).content.decode()
        assert told in text
        assert [sign for sign in ("円", "¥", "yen") if sign in text] == []
