"""What the pages of the reports have in common."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from firm import screen_share
from firm.dates import today
from firm.exports import table_response
from tiering.reports import tables


def check_screen(request: HttpRequest) -> None:
    """Raises Forbidden while others look at the screen."""
    screen_share.check_is_off(request, _("Reports are not shown while the screen is shared."))


def file_of(request: HttpRequest, name: str, table: tables.Table) -> HttpResponse:
    """The table as the file that `?format=` asks for."""
    head, rows = table
    format = request.GET.get("format", "xlsx")
    name = f"{name} {today():%Y-%m-%d}"
    return table_response(name, head, rows, format=format)  # type: ignore[return-value]
