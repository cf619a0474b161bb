"""What a customer has used of the contract: the page, and the entries behind each figure."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from customers.consumption.behind import MOST, Figure, entries_behind
from customers.consumption.report import report_of
from customers.models import Customer, ScopeTerm
from customers.models.activity import OPEN_CAUSES
from customers.reach import customer_of
from customers.service_log.coverage import closed_weeks, coverage_of
from firm import screen_share
from firm.dates import day_asked_for, today
from firm.parts import page_or_part


@require_GET
def consumption(request: HttpRequest, pk: int) -> HttpResponse:
    """As of `?on=`; with htmx the file's section."""
    customer = customer_of(request, pk)
    on = day_asked_for(request.GET.get("on", ""))
    report = report_of(pk, on=on)
    weeks = closed_weeks(on=on)
    context = {
        "customer": customer,
        "on": on,
        "report": report,
        "hours": report.bar,
        "coverage": coverage_of(Customer.objects.filter(pk=pk), weeks=weeks),
        "coverage_weeks": len(weeks),
    }
    return page_or_part(request, "customers/consumption.html", "panel", context)


@require_GET
def entries(request: HttpRequest, pk: int) -> HttpResponse:
    """The entries of `?figure=` as of `?on=`. A shared screen leaves out their marks, and those
    that are for our own eyes.
    """
    customer = customer_of(request, pk)
    on, term = day_asked_for(request.GET.get("on", "")), request.GET.get("term", "")
    try:
        figure = Figure(request.GET.get("figure", Figure.HOURS))
    except ValueError:
        raise Http404 from None
    behind = entries_behind(pk, figure, on=on, term=term)
    shared = screen_share.is_on(request)
    context = {
        "customer": customer,
        "on": on,
        "is_past": on < today(),
        "figure": figure.value,
        "term": term or ScopeTerm.Kind.MEETINGS.label,
        "rows": [row for row in behind.entries if not shared or row[0].cause in OPEN_CAUSES],
        "counted": sum(marks.counted for _row, marks in behind.entries),
        "is_cut": behind.is_cut,
        "most": MOST,
    }
    return render(request, "customers/consumption_entries.html", context)
