"""Exchange rates: units of the base currency for one unit, by currency and day."""

from typing import Any

from django.conf import settings

from customers.imports.work import Work, by_fate, execute, refuse, refuse_twice


def check(work: Work) -> None:
    refuse_twice("date", "currency, date")
    refuse(
        "currency",
        "rate_of_base_currency",
        "SELECT line, jsonb_build_object('base', %(base)s) AS data"
        " FROM import_staged WHERE currency = %(base)s",
        base=settings.BASE_CURRENCY,
    )


def plan(work: Work) -> dict[str, Any]:
    """Counts of added, changed and unchanged rates. Entries already in the ledger keep theirs."""
    execute(
        """
        CREATE TEMP TABLE import_lines ON COMMIT DROP AS
        SELECT s.*, CASE WHEN r.id IS NULL THEN 'added' WHEN r.rate <> s.rate THEN 'changed'
                         ELSE 'unchanged' END AS fate
        FROM import_staged s
        LEFT JOIN customers_exchangerate r ON r.currency = s.currency AND r.date = s.date
        """
    )
    return by_fate()


def write(work: Work) -> None:
    execute(
        """
        INSERT INTO customers_exchangerate (currency, date, rate)
        SELECT currency, date, rate FROM import_lines WHERE fate <> 'unchanged'
        ON CONFLICT (currency, date) DO UPDATE SET rate = EXCLUDED.rate
        """
    )
