"""What serving one customer brings: on its file, on a page of its own, and as a file."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.models import Customer
from firm import access, charts, screen_share
from firm.dates import first_of_month, today
from firm.parts import page_or_part
from firm.roles import Right
from tiering.profit import CustomerProfit, profit_of
from tiering.reach import customer_of
from tiering.reports import tables
from tiering.reports.pages import file_of

CHART_HEIGHT = 120


@require_GET
@access.needs(Right.MARGIN)
def profit(request: HttpRequest, pk: int) -> HttpResponse:
    """Twelve months and two years of them; with htmx the figures alone, for the file."""
    customer, found = _found(request, pk)
    margins = [(month, one.margin) for month, one in found.months]
    on = charts.scale([margin or 0 for _month, margin in margins], height=CHART_HEIGHT)
    bars = charts.bars([margin or 0 for _month, margin in margins], on)
    context = {
        "customer": customer,
        "found": found,
        "scale": on,
        "bars": list(zip(margins, bars, strict=True)),
    }
    return page_or_part(request, "tiering/profit.html", "figures", context)


@require_GET
@access.needs(Right.MARGIN)
def profit_export(request: HttpRequest, pk: int) -> HttpResponse:
    customer, found = _found(request, pk)
    name = _("Profit %(code)s") % {"code": customer.code}
    return file_of(request, name, tables.profit(found))


def _found(request: HttpRequest, pk: int) -> tuple[Customer, CustomerProfit]:
    """Raises Http404 without the file, Forbidden while others look at the screen."""
    screen_share.check_is_off(request, _("Profit is not shown while the screen is shared."))
    customer = customer_of(request, pk)
    return customer, profit_of(customer, until=first_of_month(today()))
