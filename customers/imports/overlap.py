"""Lines without a number of their own beside what their source has already."""

import datetime

from customers.imports.errors import Unreadable
from customers.imports.work import Work, rows


def period(work: Work) -> dict[str, datetime.date | None]:
    """NULL bounds match nothing: without a period to replace, nothing vanishes."""
    start, end = work.import_.replaces or (None, None)
    return {"start": start, "end": end}


def check_overlap(work: Work, nameless: str, overlapped: str, *, code: str) -> None:
    """Raises Unreadable where lines that are new stand in days where the source has live entries:
    nobody can tell whether they are corrections. Inside a replaced period they are.

    `nameless` is the condition for a line of `import_lines` without a number; `overlapped`
    selects the (start, end) of the source's live entries from %(first)s to %(last)s.
    """
    (file,) = rows(
        f"""
        SELECT min(date) AS first, max(date) AS last, bool_or(fate = 'added') AS has_new
        FROM import_lines
        WHERE {nameless} AND NOT coalesce(date >= %(start)s AND date < %(end)s, false)
        """,
        **period(work),
    )
    if not file["has_new"]:
        return
    source = work.import_.source
    (found,) = rows(overlapped, source=source, first=file["first"], last=file["last"])
    if found["start"] is not None:
        raise Unreadable(
            code,
            source=source,
            start=found["start"].isoformat(),
            end=found["end"].isoformat(),
        )
