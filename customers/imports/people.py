"""People as files write them: an e-mail address, else an exact name. Who is missing is created,
inactive, so that they cannot sign in, and listed in the preview.
"""

from collections import defaultdict
from typing import Any

from django.db import connection
from django.db.models import Q

from customers.imports import values
from customers.imports.errors import BadValue
from customers.imports.work import Work, execute, refuse, rows
from firm.actions import add_person
from firm.models import User

NAMED = 50  # of those to be created
LONGEST_NAME = 80
_TABLE = """
DROP TABLE IF EXISTS import_people;
CREATE TEMP TABLE import_people (written text PRIMARY KEY, id bigint) ON COMMIT DROP;
INSERT INTO import_people {named}
"""


def find(*columns: str) -> None:
    """Fills `import_people` with everybody named in these columns; the id stays NULL where
    nobody is called so. Refuses a name that several people have.
    """
    named = " UNION ".join(
        f"SELECT DISTINCT {name} FROM import_staged WHERE {name} IS NOT NULL" for name in columns
    )
    execute(_TABLE.format(named=named))
    found = _people_called([row["written"] for row in rows("SELECT written FROM import_people")])
    known = [(name, ids[0]) for name, ids in found.items() if len(ids) == 1]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE import_people SET id = %s WHERE written = %s",
            [(pk, name) for name, pk in known],
        )
    ambiguous = [name for name, ids in found.items() if len(ids) > 1]
    nameless = [name for name, ids in found.items() if not ids and not _can_be_named(name)]
    for column in columns:
        for code, names in (("not_a_person", nameless), ("name_of_several", ambiguous)):
            refuse(
                column,
                code,
                f"SELECT line, jsonb_build_object('value', {column}) AS data FROM import_staged"
                f" WHERE {column} = ANY(%(names)s)",
                names=names,
            )


def missing() -> dict[str, Any]:
    """How many are to be created, and the first of them."""
    names = [row["written"] for row in rows("SELECT written FROM import_people WHERE id IS NULL")]
    return {"count": len(names), "names": sorted(names)[:NAMED]}


def create_missing(work: Work) -> None:
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
        return len(written) <= LONGEST_NAME
    try:
        return bool(values.read_email(written)) and len(written) <= LONGEST_NAME
    except BadValue:
        return False


def _address(written: str) -> str:
    """In lower case where it is an address, so that two spellings of one are one person."""
    return written.lower() if "@" in written else written
