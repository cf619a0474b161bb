"""What happened with a customer: a page of its own, and the newest rows on the file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from customers.reach import customer_of
from customers.timeline import groups, timeline_of
from firm import screen_share
from firm.dates import day_asked_for, today
from firm.paging import pager_links
from firm.parts import is_for_htmx
from firm.timeline import Group

ROWS = 40
ROWS_ON_FILE = 8


@require_GET
def timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Up to the day `?on=`, of one kind where `?kind=` names it; with htmx the file's section."""
    customer = customer_of(request, pk)
    on = day_asked_for(request.GET.get("on", ""))
    shared, on_file = screen_share.is_on(request), is_for_htmx(request)
    kinds = groups(shared=shared)
    kind = _kind(request, kinds)
    page = timeline_of(
        pk,
        until=on,
        shared=shared,
        group=kind,
        after=request.GET.get("after", ""),
        size=ROWS_ON_FILE if on_file else ROWS,
    )
    context = {"customer": customer, "on": on, "kind": kind, "kinds": kinds, "page": page}
    context |= {"is_past": on < today(), **pager_links(request, page.after)}
    return render(request, f"customers/timeline.html{'#panel' if on_file else ''}", context)


def _kind(request: HttpRequest, kinds: list[Group]) -> str:
    """All where it names none that the reader can ask for."""
    asked = request.GET.get("kind", "")
    return asked if asked in {group.code for group in kinds} else ""
