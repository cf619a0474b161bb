"""The base currency of the database must be the one the settings name.

Amounts are stored without a currency of their own, so in another one they would mean something
else; the first migration writes it down.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections

FIRM_TABLE = "SELECT to_regclass('firm_firm') IS NOT NULL"
CURRENCY = "SELECT base_currency FROM firm_firm WHERE id = 1"

_checked: set[str] = set()


class OtherCurrency(CommandError):
    """The settings name another currency than the database's."""


def check_base_currency(*, alias: str = "default") -> None:
    """For the start of web and worker: raises OtherCurrency with a sentence.

    The connection is closed again: the processes forked afterwards need their own.
    """
    connection = connections[alias]
    connection.ensure_connection()
    _compare(connection)
    connection.close()


def check_new_connection(sender: Any, connection: Any, **kwargs: Any) -> None:
    """For whatever else opens the database: once a process and database."""
    name = connection.settings_dict["NAME"]
    if connection.alias == "default" and name not in _checked:
        _compare(connection)
        _checked.add(name)


def _compare(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FIRM_TABLE)
        if not cursor.fetchone()[0]:
            return  # not migrated yet
        cursor.execute(CURRENCY)
        row = cursor.fetchone()
    if row is not None and row[0] != settings.BASE_CURRENCY:
        raise OtherCurrency(
            f"This database keeps its amounts in {row[0]}, the settings say "
            f"BASE_CURRENCY={settings.BASE_CURRENCY}. Set BASE_CURRENCY={row[0]}, or use another "
            "DATA directory or database."
        )
