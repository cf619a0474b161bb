"""Over & under: the board, one flag, the entries it rests on, the rules in words."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from firm import access
from firm.dates import today
from firm.exports import table_response
from firm.roles import Right
from tiering import actions
from tiering.current import current_of
from tiering.flags import filters, table
from tiering.flags.board import Board
from tiering.flags.headline import headline_of
from tiering.flags.pages import check_screen, money_seen, moves_of, sheet_of
from tiering.flags.rule_words import rules_in_words
from tiering.flags.sheet import ENTRIES
from tiering.servicing.kinds import Direction


@require_GET
@access.needs(Right.REVENUE)
def findings(request: HttpRequest) -> HttpResponse:
    """Both columns; `?open=` is the flag that stands in the drawer. With htmx the list alone."""
    check_screen(request)
    current, listed = current_of(request), _listed(request)
    context = {**listed, "chips": current.chips if current else {}}
    if request.htmx:  # type: ignore[attr-defined]
        response = render(request, "tiering/findings/board.html#list", context)
        response["HX-Push-Url"] = f"{request.path}?{listed['query']}"
        return response
    context |= {
        "headline": headline_of(access.scope(request), current) if current else None,
        "opened": _number(request.GET.get("open", "")),
    }
    return render(request, "tiering/findings/board.html", context)


@require_GET
@access.needs(Right.REVENUE)
def findings_export(request: HttpRequest) -> HttpResponseBase:
    """The flags of the board's question, a line each."""
    check_screen(request)
    scope, on = access.scope(request), today()
    flags = filters.question_of(request.GET, scope).flags(scope, on=on)
    current = current_of(request)
    return table_response(
        f"{_('Over & under')} {on:%Y-%m-%d}",
        table.header(scope),
        table.exported(flags, scope, chips=current.chips if current else {}),
        format=request.GET.get("format", "xlsx"),
    )


@require_GET
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One flag; with htmx what stands in the board's drawer."""
    sheet, on = sheet_of(request, pk), today()
    current = current_of(request)
    context = {
        "sheet": sheet,
        "flag": sheet.finding,
        "customer": sheet.customer,
        "chip": current.chips.get(sheet.customer.snapshot.tier_rank or 0) if current else None,
        "chart": sheet.chart(on=on),
        "causes": sheet.causes(),
        "given": sheet.given(on=on),
        "entries": list(sheet.entries()[:ENTRIES]),
        "moves": moves_of(request, sheet),
        "back": _back(request, pk),
        "is_drawer": bool(request.htmx),  # type: ignore[attr-defined]
        **money_seen(request),
    }
    part = "#sheet" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"tiering/findings/flag.html{part}", context)


@require_GET
def finding_entries(request: HttpRequest, pk: int) -> HttpResponse:
    """All entries that the flag rests on."""
    sheet = sheet_of(request, pk)
    context = {"sheet": sheet, "flag": sheet.finding, "rows": list(sheet.entries())}
    return render(request, "tiering/findings/entries.html", context)


@require_GET
def finding_rules(request: HttpRequest) -> HttpResponse:
    """How flags come about, in words."""
    check_screen(request)
    return render(request, "tiering/findings/rules.html", {"sections": rules_in_words()})


def _listed(request: HttpRequest) -> dict[str, Any]:
    """The columns, what can be chosen, and how many past flags can be accepted at once."""
    scope, on = access.scope(request), today()
    question = filters.question_of(request.GET, scope)
    board = Board(question, scope, on=on)
    columns = [board.column(side, page=_page(request, side)) for side in Direction]
    past = 0
    if question.state is filters.Shown.PAST:
        acceptable = actions.acceptable_past(by=access.reader(request), now=timezone.now())
        past = acceptable.filter(pk__in=board.flags.order_by().values("pk")).count()
    return {
        "board": board,
        "columns": [(column, _turn(request, column.direction, column.page)) for column in columns],
        "question": question,
        "tabs": _tabs(request, question),
        "owners": list(board.owners()),
        "kinds": filters.kinds(),
        "states": list(filters.Shown),
        "query": _without(request, "open", *Direction),
        "past": past,
    }


def _tabs(request: HttpRequest, question: filters.Question) -> list[tuple[str, str, bool]]:
    """Address, label and whether it is this one; none where there is nothing to choose."""
    offered = filters.reaches(access.scope(request))
    if len(offered) < 2:
        return []
    query = _without(request, "open", "reach", "owner", *Direction)
    return [
        (f"?reach={reach}{'&' if query else ''}{query}", label, reach is question.reach)
        for reach, label in offered
    ]


def _turn(request: HttpRequest, side: Direction, page: int) -> tuple[str, str]:
    """The addresses of a column's top and of its next page."""
    rest = _without(request, "open", side.value)
    join = "&" if rest else ""
    return f"?{rest}", f"?{rest}{join}{side.value}={page + 1}"


def _page(request: HttpRequest, side: Direction) -> int:
    return max(1, min(_number(request.GET.get(side.value, "")), 10_000))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 18 else 0


def _without(request: HttpRequest, *names: str) -> str:
    """The question of the address without these parts and without blanks."""
    kept = QueryDict(mutable=True)
    for name in request.GET:
        if name not in names and (value := request.GET.get(name)):
            kept[name] = value
    return kept.urlencode()


def _back(request: HttpRequest, pk: int) -> str:
    """Where a move leads: the board that the drawer stands in, else the flag's page."""
    page = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    path, _mark, query = page.partition("?")
    if path != reverse("tiering:findings"):
        return reverse("tiering:finding", args=[pk])
    kept = [part for part in query.split("&") if part and not part.startswith("open=")]
    return f"{path}?{'&'.join([*kept, f'open={pk}'])}"
