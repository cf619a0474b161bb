"""The customer list, the suggestions of the search box, and the list as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers import hours_cells
from customers.filters import CustomerFilter, is_id
from customers.listing import DEFAULT_SORT, PAGE_SIZE, Listing, Question, listing
from customers.models import CustomerSnapshot
from customers.suggestions import exactly_one, suggestions
from customers.table import Columns, exported, header
from firm import access, screen_share
from firm.dates import today
from firm.exports import table_response
from firm.parts import is_for_htmx
from firm.roles import Right

PAGE = "customers"


@require_GET
def customers(request: HttpRequest) -> HttpResponse:
    """The list; with htmx its part alone. 422 where the address asks for what doesn't exist."""
    if screen_share.is_on(request):
        return _only_one(request)
    scope = access.scope(request)
    form = CustomerFilter(request.GET, scope=scope)
    query = query_of(request.GET)
    context: dict[str, Any] = {"filter": form, "query": query}
    context |= {
        "may_see_revenue": scope.may(Right.REVENUE),
        "may_import": scope.may(Right.IMPORT),
        "may_edit_people": scope.may(Right.EDIT_PEOPLE),
    }
    if form.is_valid():
        context |= _listed(request, form.question)
    part = "#list" if request.htmx and not request.htmx.boosted else ""  # type: ignore[attr-defined]
    response = render(
        request, f"customers/list.html{part}", context, status=200 if form.is_valid() else 422
    )
    if part:
        response["HX-Push-Url"] = f"{request.path}?{query}" if query else request.path
    return response


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """What the search box offers: `<li>` links. On a shared screen one customer or none."""
    typed = request.GET.get("q", "")
    if screen_share.is_on(request):
        only = exactly_one(typed)
        rows = [only] if only else []
    else:
        rows = suggestions(typed)
    return render(request, "customers/suggestions.html", {"rows": rows, "typed": typed.strip()})


@require_GET
def hours(request: HttpRequest) -> HttpResponse:
    """The hours bars of `?customer=…`: with htmx for the places in the list's rows, else as a
    page. Of customers whose file the reader has.
    """
    screen_share.check_is_off(request, _("The list is not shown while the screen is shared"))
    asked = [int(pk) for pk in request.GET.getlist("customer") if is_id(pk)][:PAGE_SIZE]
    found = CustomerSnapshot.objects.visible_to(access.scope(request)).in_bulk(asked)
    bars = hours_cells.bars_of(list(found), on=today())
    if is_for_htmx(request):
        return HttpResponse(hours_cells.swaps(list(found), bars))
    rows = [(found[pk], hours_cells.written(bars.get(pk))) for pk in asked if pk in found]
    return render(request, "customers/hours.html", {"rows": rows, "on": today()})


@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, all pages of it. Not while others look at the screen."""
    screen_share.check_is_off(request, _("The list is not exported while the screen is shared."))
    scope = access.scope(request)
    form = CustomerFilter(request.GET, scope=scope)
    if not form.is_valid():
        return render(request, "customers/list.html", {"filter": form, "query": ""}, status=422)
    columns = _columns(request, form.question)
    return table_response(
        f"{_('Customers')} {today():%Y-%m-%d}",
        header(columns),
        exported(form.question, scope=scope, columns=columns),
        format=request.GET.get("format", "xlsx"),
    )


def query_of(data: QueryDict) -> str:
    """The filters and the order without blanks, for saved views and addresses to share."""
    query = QueryDict(mutable=True)
    for key, values in data.lists():
        if key in CustomerFilter.base_filters and (key, values) != ("sort", [DEFAULT_SORT]):
            query.setlist(key, [value for value in values if value])
    return query.urlencode()


def _only_one(request: HttpRequest) -> HttpResponse:
    """While others look on: the one customer whose code, name or phone was typed."""
    row, scope = exactly_one(request.GET.get("q", "")), access.scope(request)
    context: dict[str, Any] = {"rows": [row] if row else []}
    if row and scope.has_file(row.owner_id, row.backup_id):
        bar = hours_cells.bars_of([row.pk], on=today()).get(row.pk)
        context |= {"on": today(), "hours": bar and hours_cells.written(bar, is_shared=True)}
    return render(request, "customers/shared_screen.html", context)


def _listed(request: HttpRequest, question: Question) -> dict[str, Any]:
    after, scope = request.GET.get("after", ""), access.scope(request)
    page = listing(question, scope=scope, after=after)
    return {
        "question": question,
        "page": page,
        "columns": _columns(request, question, page),
        "next_url": _page_url(request.GET, page.after) if page.after else "",
        "first_url": _page_url(request.GET, "") if after else "",
        "default_sort": question.sort,
        "on": today(),
        "hours_of": urlencode({"customer": hours_cells.readable(page.rows, scope)}, doseq=True),
    }


def _columns(request: HttpRequest, question: Question, page: Listing | None = None) -> Columns:
    scope = access.scope(request)
    has_costs = any(row.cost_to_serve for row in page.rows) if page else True
    has_files = bool(hours_cells.readable(page.rows, scope)) if page else True
    return Columns(
        margin=scope.may(Right.MARGIN) and has_costs,
        hours=has_files,
        flags=has_files,
        running=scope.may(Right.REVENUE) and question.sort == DEFAULT_SORT and question.is_whole,
        before=page.revenue_before if page else None,
    )


def _page_url(data: QueryDict, after: str) -> str:
    query = QueryDict(query_of(data), mutable=True)
    if after:
        query["after"] = after
    return f"?{query.urlencode()}"
