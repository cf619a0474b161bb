"""The firm's list price of an hour, by the day from which it holds."""

from typing import Any

from customers.imports.rate_lines import changing_rates
from customers.imports.work import Work, by_fate, execute, refuse, refuse_twice, rows
from firm.actions import set_bill_rate

_LINES = """
CREATE TEMP TABLE import_lines ON COMMIT DROP AS
SELECT s.*, r.amount AS amount_before,
       CASE WHEN r.id IS NULL THEN 'added' WHEN r.amount <> s.amount THEN 'changed'
            ELSE 'unchanged' END AS fate
FROM import_staged s LEFT JOIN firm_billrate r ON r.valid_from = s.valid_from
"""


def check(work: Work) -> None:
    refuse_twice("valid_from", "valid_from")
    refuse(
        "amount",
        "price_not_positive",
        "SELECT line, '{}'::jsonb AS data FROM import_staged WHERE amount <= 0",
    )


def plan(work: Work) -> dict[str, Any]:
    """Counts of added, changed and unchanged prices, and the first of those that change."""
    execute(_LINES)
    return {**by_fate(), "rates": changing_rates("amount")}


def write(work: Work) -> None:
    for rate in rows(
        "SELECT valid_from, amount FROM import_lines WHERE fate <> 'unchanged' ORDER BY valid_from"
    ):
        set_bill_rate(**rate, by=work.by, now=work.now)
