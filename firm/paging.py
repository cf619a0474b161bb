"""A page of a list, and the links below it: to its next page, and back to its top."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from firm import keyset

Row = TypeVar("Row", bound=Model)


def page_of(
    request: HttpRequest, rows: QuerySet[Row], *, sort: str, size: int = 50
) -> tuple[list[Row], dict[str, str]]:
    """The rows behind the cursor `?after=`, and the links. Raises Refused where the cursor is none
    of ours.
    """
    page = keyset.page_of(rows, sort=sort, after=request.GET.get("after", ""), size=size)
    return page.rows, pager_links(request, page.after)


def pager_links(request: HttpRequest, after: str) -> dict[str, str]:
    """For components/pager.html. `after` is the cursor of the next page, empty on the last."""
    query = request.GET.copy()
    was_paged = bool(query.pop("after", None))
    top = f"?{query.urlencode()}" if query else request.path
    query["after"] = after
    return {
        "next_url": f"?{query.urlencode()}" if after else "",
        "previous_url": top if was_paged else "",
    }


def unpaged(request: HttpRequest) -> str:
    """The question of the address without its page."""
    query = request.GET.copy()
    query.pop("after", None)
    return f"?{query.urlencode()}"
