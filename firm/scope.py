"""What a person may do and whose customers are theirs, worked out from the posts held today.

Superiors of a person are the section managers of the departments in which the person holds a
post, the heads of these departments or of any above, and the person named as `superior`. Read
the other way round: a section manager has the people of that department, a department head
those of the whole branch.
"""

import datetime
from dataclasses import dataclass

from django.db import connection

from firm.models import Post, PostHolding, User
from firm.roles import RIGHTS, Right, Role


@dataclass(frozen=True)
class Scope:
    """`people` are the ids of oneself and of everybody below: owners or backups of one's files.
    `posts` are those held today, the longest held first.
    """

    person_id: int
    roles: frozenset[Role]
    rights: frozenset[Right]
    people: frozenset[int]
    posts: tuple[Post, ...]

    def may(self, right: Right) -> bool:
        return right in self.rights

    @property
    def sees_all_files(self) -> bool:
        return Right.SEE_ALL_FILES in self.rights

    def has_file(self, owner_id: int | None, backup_id: int | None) -> bool:
        """Whether the file of a customer with this owner and backup is this person's to read."""
        return self.sees_all_files or owner_id in self.people or backup_id in self.people


_JUNIORS = """
WITH RECURSIVE below AS (
    SELECT id FROM firm_department WHERE id = ANY(%(headed)s)
    UNION
    SELECT d.id FROM firm_department d JOIN below ON d.parent_id = below.id
)
SELECT h.person_id
FROM firm_postholding h JOIN firm_post p ON p.id = h.post_id
WHERE h.held_from <= %(on)s AND (h.held_until IS NULL OR h.held_until > %(on)s)
  AND (p.department_id = ANY(%(managed)s) OR p.department_id IN (SELECT id FROM below))
UNION
SELECT id FROM firm_user WHERE superior_id = %(person)s
"""


def scope_of(person: User, *, on: datetime.date) -> Scope:
    """The union of the posts this person holds on this day; an inactive person has nothing."""
    holdings = (
        list(
            PostHolding.objects.on(on)
            .filter(person=person)
            .select_related("post__department")
            .order_by("held_from")
        )
        if person.is_active
        else []
    )
    roles = frozenset(Role(holding.post.role) for holding in holdings)
    rights = frozenset[Right]().union(*(RIGHTS[role] for role in roles))
    return Scope(
        person_id=person.pk,
        roles=roles,
        rights=rights,
        people=frozenset({person.pk, *_juniors(person, holdings, on)}),
        posts=tuple(holding.post for holding in holdings),
    )


def _juniors(person: User, holdings: list[PostHolding], on: datetime.date) -> set[int]:
    departments = {role: [0] for role in Role}
    for holding in holdings:
        if holding.post.department_id is not None:
            departments[Role(holding.post.role)].append(holding.post.department_id)
    with connection.cursor() as cursor:
        cursor.execute(
            _JUNIORS,
            {
                "person": person.pk,
                "on": on,
                "managed": departments[Role.SECTION_MANAGER],
                "headed": departments[Role.DEPARTMENT_HEAD],
            },
        )
        return {row[0] for row in cursor.fetchall()}
