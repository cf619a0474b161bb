"""The customer list, the suggestions of the search box, and the list as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.filters import CustomerFilter
from customers.listing import DEFAULT_SORT, Listing, Question, listing
from customers.suggestions import exactly_one, suggestions
from customers.table import Columns, exported, header
from firm import access
from firm.dates import today
from firm.exports import table_response
from firm.refusals import Forbidden
from firm.roles import Right

PAGE = "customers"


@require_GET
def customers(request: HttpRequest) -> HttpResponse:
    """The list; with htmx its part alone. 422 where the address asks for what doesn't exist."""
    if request.screen_share:  # type: ignore[attr-defined]
        only = exactly_one(request.GET.get("q", ""))
        return render(request, "customers/shared_screen.html", {"rows": [only] if only else []})
    form = CustomerFilter(request.GET, scope=access.scope(request))
    query = query_of(request.GET)
    context: dict[str, Any] = {"filter": form, "query": query}
    context["may_see_revenue"] = access.scope(request).may(Right.REVENUE)
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
    if request.screen_share:  # type: ignore[attr-defined]
        only = exactly_one(typed)
        rows = [only] if only else []
    else:
        rows = suggestions(typed)
    return render(request, "customers/suggestions.html", {"rows": rows, "typed": typed.strip()})


@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, all pages of it. Not while others look at the screen."""
    if request.screen_share:  # type: ignore[attr-defined]
        raise Forbidden(_("The list is not exported while the screen is shared."))
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


def _listed(request: HttpRequest, question: Question) -> dict[str, Any]:
    after = request.GET.get("after", "")
    page = listing(question, scope=access.scope(request), after=after)
    return {
        "question": question,
        "page": page,
        "columns": _columns(request, question, page),
        "next_url": _page_url(request.GET, page.after) if page.after else "",
        "first_url": _page_url(request.GET, "") if after else "",
        "default_sort": question.sort,
    }


def _columns(request: HttpRequest, question: Question, page: Listing | None = None) -> Columns:
    scope = access.scope(request)
    has_costs = any(row.cost_to_serve for row in page.rows) if page else True
    return Columns(
        margin=scope.may(Right.MARGIN) and has_costs,
        running=scope.may(Right.REVENUE) and question.sort == DEFAULT_SORT and question.is_whole,
        before=page.revenue_before if page else None,
    )


def _page_url(data: QueryDict, after: str) -> str:
    query = QueryDict(query_of(data), mutable=True)
    if after:
        query["after"] = after
    return f"?{query.urlencode()}"
