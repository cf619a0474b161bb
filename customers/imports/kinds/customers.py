"""Customers: added or changed by code. A column the file has counts, also where a cell is empty;
a column it has not stays as it is.

Owners, backups and departments that are missing are created and listed: people inactive, so
that they cannot sign in, departments along their path.
"""

from typing import Any

from django.db import connection

from customers import snapshots
from customers.imports import departments, people
from customers.imports.work import Work, execute, refuse, refuse_twice, rows
from firm.actions import department_at

NAMED = 50  # new departments that the preview lists
_PEOPLE = ("owner", "backup")

# Our column -> what the file says, as an expression over s(taged), o(wner), b(ackup), d(epartment).
_PLAIN = (
    "name",
    "name_kana",
    "phone",
    "email",
    "postal_code",
    "address",
    "city",
    "country",
    "industry",
    "closing_day",
    "payment_terms",
    "corporate_number",
)
_TARGETS = {
    **{name: (name, f"coalesce(s.{name}, '')") for name in _PLAIN},
    "department": ("department_id", "d.id"),
    "owner": ("owner_id", "o.id"),
    "backup": ("backup_id", "b.id"),
    "status": ("status", "coalesce(s.status, c.status, 'active')"),
    "started_on": ("started_on", "s.started_on"),
    "tags": ("tags", "coalesce(s.tags, '{}')::varchar[]"),
}
_SOURCES = """
FROM import_staged s
LEFT JOIN customers_customer c ON c.code = s.code
LEFT JOIN import_people o ON o.written = s.owner
LEFT JOIN import_people b ON b.written = s.backup
LEFT JOIN import_departments d ON d.written = s.department
LEFT JOIN customers_customer p ON p.id = c.parent_id
"""
_DEPARTMENTS = """
DROP TABLE IF EXISTS import_departments;
CREATE TEMP TABLE import_departments (written text PRIMARY KEY, id bigint) ON COMMIT DROP;
INSERT INTO import_departments
SELECT DISTINCT department FROM import_staged WHERE department IS NOT NULL
"""
# New parents may stand in the same file, so parents are set when all lines are in.
_CYCLES = """
WITH RECURSIVE parents AS (
    SELECT coalesce(s.code, c.code) AS code,
           CASE WHEN s.code IS NULL THEN p.code ELSE s.parent_code END AS parent
    FROM customers_customer c
    LEFT JOIN customers_customer p ON p.id = c.parent_id
    FULL JOIN import_staged s ON s.code = c.code
),
up AS (
    SELECT s.line, s.code, s.parent_code AS at, 1 AS depth
    FROM import_staged s WHERE s.parent_code IS NOT NULL
    UNION ALL
    SELECT up.line, up.code, parents.parent, depth + 1
    FROM up JOIN parents ON parents.code = up.at
    WHERE parents.parent IS NOT NULL AND up.at <> up.code AND depth < 50
)
SELECT DISTINCT line, '{}'::jsonb AS data FROM up WHERE at = code OR depth = 50
"""


def check(work: Work) -> None:
    refuse_twice("code", "code")
    execute(_DEPARTMENTS)
    people.find(*_PEOPLE)
    _find_departments()
    if "parent_code" in work.columns:
        _check_parents()


def _find_departments() -> None:
    departments.refuse_long_names()
    known = departments.known()
    for row in rows("SELECT written FROM import_departments"):
        if pk := known.get(departments.names_of(row["written"])):
            _set_department(pk, row["written"])


def _set_department(pk: int, written: str) -> None:
    execute(
        "UPDATE import_departments SET id = %(pk)s WHERE written = %(written)s",
        pk=pk,
        written=written,
    )


def _check_parents() -> None:
    refuse(
        "parent_code",
        "unknown_customer",
        """
        SELECT s.line, jsonb_build_object('value', s.parent_code) AS data
        FROM import_staged s
        WHERE s.parent_code IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM customers_customer c WHERE c.code = s.parent_code)
          AND NOT EXISTS (SELECT 1 FROM import_staged o WHERE o.code = s.parent_code)
        """,
    )
    refuse("parent_code", "own_parent", _CYCLES)


def plan(work: Work) -> dict[str, Any]:
    """Counts of added, changed and unchanged customers, changes by column, and what else would
    be created: people, departments, contacts.
    """
    differs = _differences(work)
    any_differs = " OR ".join(differs.values()) or "false"
    execute(
        f"CREATE TEMP TABLE import_lines ON COMMIT DROP AS SELECT s.*, c.id AS live_id,"
        f" CASE WHEN c.id IS NULL THEN 'added' WHEN {any_differs} THEN 'changed'"
        f" ELSE 'unchanged' END AS fate {_SOURCES}"
    )
    fates = {row["fate"]: row["lines"] for row in rows(_COUNT_FATES)}
    counted = ", ".join(
        f"count(*) FILTER (WHERE c.id IS NOT NULL AND ({differs[name]})) AS {name}"
        for name in differs
    )
    (by_column,) = rows(f"SELECT {counted} {_SOURCES}") if differs else ({},)
    return {
        **{fate: {"lines": fates.get(fate, 0)} for fate in ("added", "changed", "unchanged")},
        "changed_columns": {name: lines for name, lines in by_column.items() if lines},
        "new_people": people.missing(),
        "new_departments": _new_departments(),
        "new_contacts": rows(f"SELECT count(*) AS n {_NEW_CONTACTS}")[0]["n"]
        if "contact_name" in work.columns
        else 0,
    }


_COUNT_FATES = "SELECT fate, count(*) AS lines FROM import_lines GROUP BY fate"
_NEW_CONTACTS = """
FROM import_lines l LEFT JOIN customers_customer c ON c.code = l.code
WHERE l.contact_name IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM customers_contact t WHERE t.customer_id = c.id AND t.name = l.contact_name)
"""


def _differences(work: Work) -> dict[str, str]:
    """Column -> condition under which a known customer changes. Somebody who is yet to be
    created differs from anybody there.
    """
    differs = {
        name: f"{expression} IS DISTINCT FROM c.{target}"
        for name, (target, expression) in _TARGETS.items()
        if name in work.columns
    }
    for name, alias in (("owner", "o"), ("backup", "b"), ("department", "d")):
        if name in differs:
            differs[name] += f" OR (s.{name} IS NOT NULL AND {alias}.id IS NULL)"
    if "parent_code" in work.columns:
        differs["parent_code"] = "s.parent_code IS DISTINCT FROM p.code"
    return differs


def _new_departments() -> dict[str, Any]:
    missing = rows("SELECT written FROM import_departments WHERE id IS NULL")
    names = sorted(row["written"] for row in missing)
    return {"count": len(names), "names": names[:NAMED]}


def write(work: Work) -> None:
    people.create_missing(work)
    _create_departments(work)
    filled = {t: e for name, (t, e) in _TARGETS.items() if name in work.columns}
    changed = _ids(
        f"UPDATE customers_customer c SET {', '.join(f'{t} = {e}' for t, e in filled.items())}"
        f" FROM import_lines s {_NAMES_OF_LINE} WHERE c.id = s.live_id AND s.fate = 'changed'"
        " RETURNING c.id"
    )
    added = _ids(_insert_sql(filled))
    if "parent_code" in work.columns:
        execute(
            "UPDATE customers_customer c SET parent_id = p.id FROM import_lines s"
            " LEFT JOIN customers_customer p ON p.code = s.parent_code"
            " WHERE c.code = s.code AND s.fate <> 'unchanged' AND c.parent_id IS DISTINCT FROM p.id"
        )
    if "contact_name" in work.columns:
        execute(
            "INSERT INTO customers_contact (customer_id, name, name_kana, department, title,"
            " phone, mobile, email, key_person, decider)"
            f" SELECT c.id, l.contact_name, '', '', '', '', '', '', false, false {_NEW_CONTACTS}"
        )
    snapshots.refresh(changed + added)


_NAMES_OF_LINE = """
LEFT JOIN import_people o ON o.written = s.owner
LEFT JOIN import_people b ON b.written = s.backup
LEFT JOIN import_departments d ON d.written = s.department
"""


def _insert_sql(filled: dict[str, str]) -> str:
    """What the file does not have is empty."""
    empty = dict.fromkeys(("owner_id", "backup_id", "department_id", "started_on"), "NULL")
    empty |= dict.fromkeys(_PLAIN, "''") | {"status": "'active'", "tags": "'{}'"}
    columns = empty | {t: e.replace("c.status, ", "") for t, e in filled.items()}
    return (
        f"INSERT INTO customers_customer (code, {', '.join(columns)})"
        f" SELECT s.code, {', '.join(columns.values())} FROM import_lines s {_NAMES_OF_LINE}"
        " WHERE s.fate = 'added' ORDER BY s.line RETURNING id"
    )


def _ids(sql: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def _create_departments(work: Work) -> None:
    for row in rows("SELECT written FROM import_departments WHERE id IS NULL"):
        path = "/".join(departments.names_of(row["written"]))
        _set_department(department_at(path=path, by=None, now=work.now).pk, row["written"])
