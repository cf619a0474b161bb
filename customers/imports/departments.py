"""Departments as files write them: a path from the top, 営業部/第一課."""

from customers.imports.work import refuse
from firm.models import Department

LONGEST_NAME = 80


def names_of(path: str) -> tuple[str, ...]:
    """From the top; the stroke may be full width."""
    return tuple(part.strip() for part in path.replace("／", "/").split("/") if part.strip())


def known() -> dict[tuple[str, ...], int]:
    """The ids of all departments by their names from the top."""
    by_id = {department.pk: department for department in Department.objects.all()}

    def names(department: Department) -> tuple[str, ...]:
        above = by_id.get(department.parent_id or 0)
        return (*(names(above) if above else ()), department.name)

    return {names(department): pk for pk, department in by_id.items()}


def refuse_long_names() -> None:
    """Also a path without any name in it."""
    refuse(
        "department",
        "not_a_department",
        "SELECT line, jsonb_build_object('value', department, 'most', %(most)s) AS data"
        " FROM import_staged WHERE department !~ '[^/／[:space:]]' OR EXISTS ("
        "   SELECT 1 FROM regexp_split_to_table(department, '[/／]') AS part"
        "   WHERE length(trim(part)) > %(most)s)",
        most=LONGEST_NAME,
    )
