"""What a person may do and whose customers are theirs, worked out from the posts held today.

Superiors of a person are the section managers of the departments in which the person holds a
post, the heads of these departments or of any above, and the person named as `superior`. Read
the other way round: a section manager has the people of that department, a department head
those of the whole branch.
"""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from firm.models import Department, Post, User
from firm.roles import RIGHTS, Right, Role

# A sum over the work of fewer people says something of each of them.
FEWEST_PEOPLE = 3


@dataclass(frozen=True)
class Scope:
    """`people` are the ids of oneself and of everybody below: owners or backups of one's files.
    `posts` are those held today, the longest held first. `worked_out` is what apps have counted
    for this person, by their own names, so that a page asks for it once.
    """

    person_id: int
    roles: frozenset[Role]
    rights: frozenset[Right]
    people: frozenset[int]
    posts: tuple[Post, ...]
    worked_out: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def may(self, right: Right) -> bool:
        return right in self.rights

    @property
    def sees_all_files(self) -> bool:
        return Right.SEE_ALL_FILES in self.rights

    def has_file(self, owner_id: int | None, backup_id: int | None) -> bool:
        """Whether the file of a customer with this owner and backup is this person's to read."""
        return self.sees_all_files or owner_id in self.people or backup_id in self.people


# The posts held, and a row for each person below: one question, because every page asks it.
_SCOPE = """
WITH RECURSIVE held AS (
    SELECT p.id, p.role, p.title, p.department_id, d.name AS department, h.held_from
    FROM firm_postholding h
    JOIN firm_post p ON p.id = h.post_id
    LEFT JOIN firm_department d ON d.id = p.department_id
    WHERE h.person_id = %(person)s AND %(is_active)s
      AND h.held_from <= %(on)s AND (h.held_until IS NULL OR h.held_until > %(on)s)
), below AS (
    SELECT department_id AS id FROM held
    WHERE role = %(head)s AND department_id IS NOT NULL
    UNION
    SELECT d.id FROM firm_department d JOIN below ON d.parent_id = below.id
), juniors AS (
    SELECT h.person_id AS id
    FROM firm_postholding h JOIN firm_post p ON p.id = h.post_id
    WHERE h.held_from <= %(on)s AND (h.held_until IS NULL OR h.held_until > %(on)s)
      AND (p.department_id IN (SELECT department_id FROM held WHERE role = %(manager)s)
           OR p.department_id IN (SELECT id FROM below))
    UNION
    SELECT id FROM firm_user WHERE superior_id = %(person)s
)
SELECT NULL::date AS held_from, id AS junior, NULL::bigint AS post, NULL AS role, NULL AS title,
       NULL::bigint AS department_id, NULL AS department
FROM juniors
UNION ALL
SELECT held_from, NULL, id, role, title, department_id, department FROM held
ORDER BY held_from, post
"""


def keep_scope(person: User, scope: Scope, *, on: datetime.date) -> None:
    """For this object of the person alone: a request's actions ask what its page has asked."""
    person.known_scope = (on, scope)  # type: ignore[attr-defined]


def scope_of(person: User, *, on: datetime.date) -> Scope:
    """The union of the posts this person holds on this day; an inactive person has nothing."""
    known: tuple[datetime.date, Scope] | None = getattr(person, "known_scope", None)
    if known is not None and known[0] == on:
        return known[1]
    with connection.cursor() as cursor:
        cursor.execute(
            _SCOPE,
            {
                "person": person.pk,
                "is_active": person.is_active,
                "on": on,
                "head": Role.DEPARTMENT_HEAD,
                "manager": Role.SECTION_MANAGER,
            },
        )
        rows = cursor.fetchall()
    posts = tuple(_post(*row[2:]) for row in rows if row[1] is None)
    roles = frozenset(Role(post.role) for post in posts)
    return Scope(
        person_id=person.pk,
        roles=roles,
        rights=frozenset[Right]().union(*(RIGHTS[role] for role in roles)),
        people=frozenset({person.pk, *(row[1] for row in rows if row[1] is not None)}),
        posts=posts,
    )


def _post(pk: int, role: str, title: str, department_id: int | None, department: str) -> Post:
    return Post(
        pk=pk,
        role=role,
        title=title,
        department=Department(pk=department_id, name=department) if department_id else None,
    )
