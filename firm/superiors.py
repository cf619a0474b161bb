"""Who stands above a person, worked out from the posts held on a day.

These are the section managers of the departments in which the person holds a post and the heads
of these departments or of any above, with the person named as `superior`; firm/scope.py reads the
same the other way round. A vacant post hands on to the next above.
"""

import datetime
from collections.abc import Collection
from typing import Any

from django.db import connection

from firm.models import User
from firm.roles import Role

_ABOVE = """
WITH RECURSIVE held AS (
    SELECT h.person_id, p.role, p.department_id
      FROM firm_postholding h JOIN firm_post p ON p.id = h.post_id
     WHERE h.held_from <= %(on)s AND (h.held_until IS NULL OR h.held_until > %(on)s)
), above AS (
    SELECT person_id AS person, department_id AS id, 0 AS steps
      FROM held WHERE person_id = ANY(%(people)s) AND department_id IS NOT NULL
    UNION
    SELECT above.person, d.parent_id, above.steps + 1
      FROM firm_department d JOIN above ON d.id = above.id WHERE d.parent_id IS NOT NULL
), superiors AS (
    SELECT above.person, held.person_id AS id,
           2 * above.steps + (held.role = %(head)s)::int AS distance
      FROM above JOIN held ON held.department_id = above.id
     WHERE held.role = %(head)s OR held.role = %(manager)s AND above.steps = 0
    UNION ALL
    SELECT id, superior_id, 0
      FROM firm_user WHERE id = ANY(%(people)s) AND superior_id IS NOT NULL
)
SELECT superiors.person, u.id, min(superiors.distance) AS distance
  FROM superiors JOIN firm_user u ON u.id = superiors.id
 WHERE u.is_active AND u.id <> superiors.person
 GROUP BY superiors.person, u.id ORDER BY distance, u.id
"""


def superiors_of(person: User, *, on: datetime.date) -> list[User]:
    """The nearest first, without the person and without people who have left."""
    ids = superior_ids(person, on=on)
    found = User.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def superior_ids(person: User, *, on: datetime.date) -> list[int]:
    return [superior for _person, superior in _above([person.pk], on=on)]


def manager_of(person: User, *, on: datetime.date) -> User | None:
    """The nearest superior."""
    return next(iter(superiors_of(person, on=on)), None)


def managers_of(people: Collection[int], *, on: datetime.date) -> dict[int, int]:
    """The same for many at once, by id; who has no superior is left out."""
    managers: dict[int, int] = {}
    for person, superior in _above(people, on=on):
        managers.setdefault(person, superior)
    return managers


def _above(people: Collection[int], *, on: datetime.date) -> list[tuple[int, int]]:
    """Person and superior, the nearest ones first."""
    values: dict[str, Any] = {
        "people": list(people),
        "on": on,
        "head": Role.DEPARTMENT_HEAD,
        "manager": Role.SECTION_MANAGER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, values)
        return [(person, superior) for person, superior, _distance in cursor.fetchall()]
