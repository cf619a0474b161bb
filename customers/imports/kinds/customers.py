"""Customers: added or changed by code. A column the file has counts, also where a cell is empty;
a column it has not stays as it is.

Owners, backups and departments that are missing are created and listed: people inactive, so
that they cannot sign in, departments along their path.
"""

from collections import defaultdict
from typing import Any

from django.db import connection
from django.db.models import Q

from customers import snapshots
from customers.imports import departments, values
from customers.imports.errors import BadValue
from customers.imports.work import Work, execute, refuse, refuse_twice, rows
from firm.actions import add_person, department_at
from firm.models import User

NAMED = 50  # new people and departments that the preview lists

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
_NAMES = """
DROP TABLE IF EXISTS import_people, import_departments;
CREATE TEMP TABLE import_people (written text PRIMARY KEY, id bigint) ON COMMIT DROP;
CREATE TEMP TABLE import_departments (written text PRIMARY KEY, id bigint) ON COMMIT DROP;
INSERT INTO import_people
SELECT owner FROM import_staged WHERE owner IS NOT NULL
UNION SELECT backup FROM import_staged WHERE backup IS NOT NULL;
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
    execute(_NAMES)
    _find_people()
    _find_departments()
    if "parent_code" in work.columns:
        _check_parents()


def _find_people() -> None:
    """By e-mail address, else by exact name; a name that several people have is refused."""
    found = _people_called([row["written"] for row in rows("SELECT written FROM import_people")])
    known = [(name, ids[0]) for name, ids in found.items() if len(ids) == 1]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE import_people SET id = %s WHERE written = %s",
            [(pk, name) for name, pk in known],
        )
    ambiguous = [name for name, ids in found.items() if len(ids) > 1]
    nameless = [name for name, ids in found.items() if not ids and not _can_be_named(name)]
    for column in ("owner", "backup"):
        refuse(
            column,
            "not_a_person",
            f"SELECT line, jsonb_build_object('value', {column}) AS data FROM import_staged"
            f" WHERE {column} = ANY(%(nameless)s)",
            nameless=nameless,
        )
        refuse(
            column,
            "name_of_several",
            f"SELECT line, jsonb_build_object('value', {column}) AS data FROM import_staged"
            f" WHERE {column} = ANY(%(ambiguous)s)",
            ambiguous=ambiguous,
        )


def _people_called(written: list[str]) -> dict[str, list[int]]:
    """The ids of the people whose address, or else whose name, is written so."""
    emails = [_address(name) for name in written if "@" in name]
    by_name: dict[str, list[int]] = defaultdict(list)
    by_email: dict[str | None, int] = {}
    people = User.objects.filter(Q(name__in=written) | Q(email__in=emails))
    for pk, name, email in people.values_list("pk", "name", "email"):
        by_name[name].append(pk)
        by_email[email] = pk
    return {
        name: [by_email[_address(name)]] if _address(name) in by_email else by_name.get(name, [])
        for name in written
    }


def _can_be_named(written: str) -> bool:
    """Whether a person can be created from this: a name, or an address where there is an @."""
    if "@" not in written:
        return len(written) <= 80
    try:
        return bool(values.read_email(written)) and len(written) <= 80
    except BadValue:
        return False


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
        "new_people": _missing("import_people"),
        "new_departments": _missing("import_departments"),
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


def _missing(table: str) -> dict[str, Any]:
    names = [row["written"] for row in rows(f"SELECT written FROM {table} WHERE id IS NULL")]
    return {"count": len(names), "names": sorted(names)[:NAMED]}


def write(work: Work) -> None:
    _create_people(work)
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


def _create_people(work: Work) -> None:
    """Inactive; a name with @ is the e-mail address. They are the import's doing, so nobody's
    right to edit people is asked for.
    """
    created: dict[str, User] = {}
    for row in rows("SELECT written FROM import_people WHERE id IS NULL"):
        written = row["written"]
        key = _address(written)
        if key not in created:
            email = written if "@" in written else None
            created[key] = add_person(
                name=written, email=email, is_active=False, by=None, now=work.now
            )
        execute(
            "UPDATE import_people SET id = %(pk)s WHERE written = %(written)s",
            pk=created[key].pk,
            written=written,
        )


def _address(written: str) -> str:
    """In lower case where it is an address, so that two spellings of one are one person."""
    return written.lower() if "@" in written else written


def _create_departments(work: Work) -> None:
    for row in rows("SELECT written FROM import_departments WHERE id IS NULL"):
        path = "/".join(departments.names_of(row["written"]))
        _set_department(department_at(path=path, by=None, now=work.now).pk, row["written"])
