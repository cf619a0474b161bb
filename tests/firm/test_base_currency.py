"""Amounts mean nothing in another currency: the database's own is the only one it starts with."""

import pytest
from django.core.management import CommandError
from django.db import connection

from firm import base_currency

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
