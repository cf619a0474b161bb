"""What the modules of customers/imports/kinds share: the import at hand, SQL, refusals."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection

from customers.models import Import
from firm.models import User


@dataclass(frozen=True)
class Work:
    """One import while its lines are staged. `columns` are the names of those the file has."""

    import_: Import
    columns: frozenset[str]
    by: User | None
    now: datetime.datetime


def execute(sql: str, **params: Any) -> int:
    """Rows touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def rows(sql: str, **params: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def refuse(name: str, code: str, select: str, **params: Any) -> None:
    """Refuse the lines that `select` gives as (line, data jsonb)."""
    execute(
        f"INSERT INTO import_refused SELECT line, %(name)s, %(code)s, data FROM ({select}) AS bad",
        name=name,
        code=code,
        **params,
    )


def refuse_twice(name: str, columns: str, table: str = "import_staged") -> None:
    """Refuse the lines whose `columns` stand on an earlier line already, naming that line."""
    refuse(
        name,
        "stands_twice",
        f"""
        SELECT line, jsonb_build_object('first', first) AS data
        FROM (
            SELECT line, min(line) OVER (PARTITION BY {columns}) AS first
            FROM {table}
            WHERE ({columns}) IN (
                SELECT {columns} FROM {table} GROUP BY {columns} HAVING count(*) > 1
            )
        ) AS repeated
        WHERE line <> first
        """,
    )


def refuse_unknown_customers() -> None:
    refuse(
        "customer_code",
        "unknown_customer",
        """
        SELECT s.line, jsonb_build_object('value', s.customer_code) AS data
        FROM import_staged s
        WHERE s.customer_code IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM customers_customer c WHERE c.code = s.customer_code)
        """,
    )


def by_fate() -> dict[str, dict[str, int]]:
    """How many of `import_lines` would be added, changed and unchanged."""
    lines = {
        row["fate"]: row["lines"]
        for row in rows("SELECT fate, count(*) AS lines FROM import_lines GROUP BY fate")
    }
    return {fate: {"lines": lines.get(fate, 0)} for fate in ("added", "changed", "unchanged")}
