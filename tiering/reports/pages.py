"""What the pages of the reports have in common."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from firm import keyset
from firm.dates import today
from firm.exports import table_response
from firm.paging import pager_links
from firm.refusals import Forbidden, Refused
from tiering.reports import tables


def check_screen(request: HttpRequest) -> None:
    """Raises Forbidden while others look at the screen."""
    if request.screen_share:  # type: ignore[attr-defined]
        raise Forbidden(_("Reports are not shown while the screen is shared."))


def file_of(request: HttpRequest, name: str, table: tables.Table) -> HttpResponse:
    """The table as the file that `?format=` asks for."""
    head, rows = table
    format = request.GET.get("format", "xlsx")
    name = f"{name} {today():%Y-%m-%d}"
    return table_response(name, head, rows, format=format)  # type: ignore[return-value]


def page_of(
    request: HttpRequest, rows: QuerySet[Any], *, sort: str
) -> tuple[list[Any], dict[str, str]]:
    """A page of the rows with the addresses of its neighbors. Raises Http404."""
    try:
        page = keyset.page_of(rows, sort=sort, after=request.GET.get("after", ""))
    except Refused as refused:
        raise Http404(refused.sentence) from None
    return page.rows, pager_links(request, page.after)


def unpaged(request: HttpRequest) -> str:
    """The question of the address without its page."""
    query = request.GET.copy()
    query.pop("after", None)
    return f"?{query.urlencode()}"
