"""Contacts: added or changed by customer and name; none is ever removed by a file."""

from typing import Any

from customers import snapshots
from customers.imports.work import Work, execute, refuse_twice, refuse_unknown_customers, rows

_TEXTS = ("name_kana", "department", "title", "phone", "mobile", "email")
_FLAGS = ("key_person", "decider")
_EMPTY = {**dict.fromkeys(_TEXTS, "''"), **dict.fromkeys(_FLAGS, "false")}


def check(work: Work) -> None:
    refuse_unknown_customers()
    refuse_twice("name", "customer_code, name")


def plan(work: Work) -> dict[str, Any]:
    """Counts of added, changed and unchanged contacts; changes by column."""
    differs = {name: f"{value} IS DISTINCT FROM t.{name}" for name, value in _given(work).items()}
    any_differs = " OR ".join(differs.values()) or "false"
    execute(
        f"""
        CREATE TEMP TABLE import_lines ON COMMIT DROP AS
        SELECT s.*, c.id AS customer_id, t.id AS live_id,
               CASE WHEN t.id IS NULL THEN 'added' WHEN {any_differs} THEN 'changed'
                    ELSE 'unchanged' END AS fate
        FROM import_staged s
        JOIN customers_customer c ON c.code = s.customer_code
        LEFT JOIN customers_contact t ON t.customer_id = c.id AND t.name = s.name
        """
    )
    fates = {
        row["fate"]: row["lines"]
        for row in rows("SELECT fate, count(*) AS lines FROM import_lines GROUP BY fate")
    }
    counted = ", ".join(
        f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in differs.items()
    )
    by_column = (
        rows(f"SELECT {counted} FROM import_lines s JOIN customers_contact t ON t.id = s.live_id")[
            0
        ]
        if differs
        else {}
    )
    return {
        **{fate: {"lines": fates.get(fate, 0)} for fate in ("added", "changed", "unchanged")},
        "changed_columns": {name: lines for name, lines in by_column.items() if lines},
    }


def write(work: Work) -> None:
    given = _given(work)
    if given:
        execute(
            f"UPDATE customers_contact t SET {', '.join(f'{n} = {v}' for n, v in given.items())}"
            " FROM import_lines s WHERE t.id = s.live_id AND s.fate = 'changed'"
        )
    values = _EMPTY | given
    execute(
        f"INSERT INTO customers_contact (customer_id, name, {', '.join(values)})"
        f" SELECT s.customer_id, s.name, {', '.join(values.values())}"
        " FROM import_lines s WHERE s.fate = 'added' ORDER BY s.line"
    )
    touched = rows("SELECT DISTINCT customer_id FROM import_lines WHERE fate <> 'unchanged'")
    snapshots.refresh(row["customer_id"] for row in touched)


def _given(work: Work) -> dict[str, str]:
    """The columns the file has, as expressions over a staged line; an empty cell is empty."""
    return {
        name: f"coalesce(s.{name}, {empty})"
        for name, empty in _EMPTY.items()
        if name in work.columns
    }
