"""Rates of a file beside those that hold: what a preview shows of them."""

from decimal import Decimal
from typing import Any

from customers.imports.work import rows

SHOWN = 50


def changing_rates(*amounts: str, name: str = "''") -> list[dict[str, Any]]:
    """The first rates of `import_lines` that would be added or changed: whose, from which day, and
    each of the amounts before (None where it is new) and after, as text.

    A line has the columns `<amount>` and `<amount>_before`.
    """
    changes = rows(
        f"SELECT *, {name} AS name FROM import_lines WHERE fate <> 'unchanged'"
        " ORDER BY name, valid_from LIMIT %(most)s",
        most=SHOWN,
    )
    return [
        {
            "name": row["name"],
            "date": row["valid_from"].isoformat(),
            "amounts": [[each, _text(row[f"{each}_before"]), _text(row[each])] for each in amounts],
        }
        for row in changes
    ]


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.4f}"
