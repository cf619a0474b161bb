"""People: added or changed by e-mail address, with a post where the file names a role.

Somebody known by name only (an owner that a customer file brought) is joined with the one
person of this exact name in the file, and listed. A firm has people by the hundred, so this goes
through the firm's own actions, one by one.
"""

from dataclasses import dataclass
from typing import Any

from customers.imports import departments
from customers.imports.work import Work, refuse, refuse_twice, rows
from firm import audit
from firm.actions import add_person, change_person, department_at, enable_person, give_post
from firm.dates import firm_date
from firm.models import PostHolding, User
from firm.roles import Role

NAMED = 50  # joined people and new departments that the preview lists


@dataclass
class Line:
    """`known` is the person there already, `joined` whether by name only."""

    cells: dict[str, Any]
    known: User | None
    joined: bool

    @property
    def department(self) -> tuple[str, ...]:
        return departments.names_of(self.cells["department"] or "")


def check(work: Work) -> None:
    refuse_twice("email", "email")
    departments.refuse_long_names()
    refuse(
        "role",
        "role_missing",
        "SELECT line, '{}'::jsonb AS data FROM import_staged"
        " WHERE department IS NOT NULL AND role IS NULL",
    )
    refuse(
        "superior_email",
        "unknown_person",
        """
        SELECT s.line, jsonb_build_object('value', s.superior_email) AS data
        FROM import_staged s
        WHERE s.superior_email IS NOT NULL AND s.superior_email <> s.email
          AND NOT EXISTS (SELECT 1 FROM firm_user u WHERE u.email = s.superior_email)
          AND NOT EXISTS (SELECT 1 FROM import_staged o WHERE o.email = s.superior_email)
        """,
    )
    refuse(
        "superior_email",
        "own_superior",
        "SELECT line, '{}'::jsonb AS data FROM import_staged WHERE superior_email = email",
    )
    _refuse_ambiguous_names()


def _refuse_ambiguous_names() -> None:
    refuse(
        "name",
        "name_of_several",
        """
        SELECT s.line, jsonb_build_object('value', s.name) AS data
        FROM import_staged s
        WHERE NOT EXISTS (SELECT 1 FROM firm_user u WHERE u.email = s.email)
          AND EXISTS (SELECT 1 FROM firm_user u WHERE u.email IS NULL AND u.name = s.name)
          AND (SELECT count(*) FROM firm_user u WHERE u.email IS NULL AND u.name = s.name)
            + (SELECT count(*) FROM import_staged o WHERE o.name = s.name) > 2
        """,
    )


def _lines() -> list[Line]:
    staged = rows("SELECT * FROM import_staged ORDER BY line")
    by_email = {user.email: user for user in User.objects.exclude(email=None)}
    by_name = {user.name: user for user in User.objects.filter(email=None)}
    return [
        Line(
            cells,
            known=by_email.get(cells["email"]) or by_name.get(cells["name"]),
            joined=cells["email"] not in by_email and cells["name"] in by_name,
        )
        for cells in staged
    ]


def plan(work: Work) -> dict[str, Any]:
    """Counts of added, changed and unchanged people; who is joined by name, which departments
    are new.
    """
    lines = _lines()
    held = _posts_held(work)
    known = departments.known()
    fates = [_fate(line, work, held) for line in lines]
    missing = sorted({"/".join(n) for line in lines if (n := line.department) and n not in known})
    joined = sorted(line.cells["name"] for line in lines if line.joined)
    return {
        **{fate: {"lines": fates.count(fate)} for fate in ("added", "changed", "unchanged")},
        "joined_people": {"count": len(joined), "names": joined[:NAMED]},
        "new_departments": {"count": len(missing), "names": missing[:NAMED]},
    }


def _posts_held(work: Work) -> set[tuple[int, str, tuple[str, ...]]]:
    """(person, role, department from the top) of today."""
    paths = {pk: names for names, pk in departments.known().items()}
    return {
        (holding.person_id, holding.post.role, paths.get(holding.post.department_id or 0, ()))
        for holding in PostHolding.objects.on(firm_date(work.now)).select_related("post")
    }


def _fate(line: Line, work: Work, held: set[tuple[int, str, tuple[str, ...]]]) -> str:
    if line.known is None:
        return "added"
    role = line.cells["role"]
    has_post = not role or (line.known.pk, role, line.department) in held
    superior = line.known.superior.email if line.known.superior else None
    same_superior = "superior_email" not in work.columns or superior == line.cells["superior_email"]
    if line.joined or not has_post or not same_superior or _changes(line, work):
        return "changed"
    return "unchanged"


def _changes(line: Line, work: Work) -> dict[str, str]:
    """What the file says differently of a known person; the superior apart."""
    said = {
        name: line.cells[name] or ""
        for name in ("name", "name_kana", "cost_grade")
        if name in work.columns
    }
    return {name: value for name, value in said.items() if getattr(line.known, name) != value}


def write(work: Work) -> None:
    """People first, superiors when all are there."""
    lines = _lines()
    people = {line.cells["email"]: _write_person(line, work) for line in lines}
    if "superior_email" not in work.columns:
        return
    for line in lines:
        address = line.cells["superior_email"]
        superior = people.get(address) or User.objects.filter(email=address).first()
        person = people[line.cells["email"]]
        change_person(
            person=person, superior=superior if address else None, by=work.by, now=work.now
        )


def _write_person(line: Line, work: Work) -> User:
    cells = line.cells
    person = line.known or add_person(
        name=cells["name"],
        email=cells["email"],
        name_kana=cells["name_kana"] or "",
        cost_grade=cells["cost_grade"] or "",
        by=work.by,
        now=work.now,
    )
    if line.joined:
        person.email = cells["email"]
        person.save(update_fields=["email"])
        audit.record("person_changed", by=work.by, now=work.now, subject=person, fields=["email"])
        enable_person(person=person, by=work.by, now=work.now)
    if line.known and (changes := _changes(line, work)):
        change_person(person=person, by=work.by, now=work.now, **changes)
    if cells["role"]:
        path = "/".join(line.department)
        give_post(
            person=person,
            role=Role(cells["role"]),
            department=department_at(path=path, by=work.by, now=work.now) if path else None,
            by=work.by,
            now=work.now,
        )
    return person
