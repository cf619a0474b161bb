"""The impact preview of a draft: ask for one, read it, take its movers along, leave it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firm import access, screen_share, wording
from firm.dates import today
from firm.exports import table_response
from firm.paging import page_of
from firm.parts import is_for_htmx
from firm.refusals import refusal_of, refusal_told
from firm.roles import Right
from tiering import actions, differences
from tiering.models import Preview, PreviewMove, RuleSet
from tiering.overrides import losing_their_tier
from tiering.previews import tables
from tiering.previews.binding import check_is_fresh, with_binding
from tiering.previews.chart import chart_of
from tiering.previews.loads import loads
from tiering.previews.promised import promised
from tiering.previews.shown import TABS, Mover, Shown, movers, moves_of, shown_of

CHUNK = 500  # movers worked out at a time for a file


@require_POST
@access.needs(Right.EDIT_RULES)
def create(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(RuleSet, pk=pk)
    preview = actions.request_preview(draft=draft, by=access.reader(request), now=timezone.now())
    return redirect("tiering:preview", pk=preview.pk)


@require_GET
@access.needs(Right.REVIEW_RULES)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """One preview. While it is worked out the page asks for its progress alone, and is loaded
    anew where there is more to read.
    """
    shown = shown_of(_row(pk))
    if is_for_htmx(request):
        return _progress(request, shown)
    shown.load()
    now = timezone.now()
    context: dict[str, Any] = {
        "preview": shown,
        "draft": shown.row.draft,
        "may_edit": access.scope(request).may(Right.EDIT_RULES),
        "refusal": refusal_of(check_is_fresh, preview=shown.row, draft=shown.row.draft, now=now),
        "error": wording.error_text(shown.row.job.error) if shown.row.job else "",
    }
    if shown.has_result and not screen_share.is_on(request):
        context |= _result(request, shown)
    return render(request, "tiering/preview.html", context)


def _progress(request: HttpRequest, shown: Shown) -> HttpResponse:
    """Of the part the page waits for: `?for=past` once the first part is on it."""
    has_news = shown.has_result and request.GET.get("for") != "past"
    if has_news or not shown.is_open:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "tiering/preview.html#progress", {"preview": shown})


def _result(request: HttpRequest, shown: Shown) -> dict[str, Any]:
    tab = _tab(request)
    scope = access.scope(request)
    with_revenue = scope.may(Right.FIRM_REVENUE)
    moves, links = page_of(request, moves_of(shown.row, tab), sort="id")
    rows = movers(shown, moves, scope)
    return {
        "earned": shown.matrix("earned", with_revenue=with_revenue),
        "raw": shown.matrix("raw", with_revenue=with_revenue),
        "with_revenue": with_revenue,
        "loads": loads(shown),
        "promised": promised(shown),
        "takes": settings.SERVICE_MINUTES,
        "with_price": scope.may(Right.PRICE),
        "with_cost": scope.may(Right.MARGIN),
        "difference": differences.between(shown.present, shown.row.draft)
        if shown.present
        else None,
        "chart": chart_of(shown),
        "tab": tab,
        "tabs": _tabs(shown),
        "movers": rows,
        "with_margin": any(row.margin is not None for row in rows),
        **links,
    }


def _tab(request: HttpRequest) -> str:
    tab = request.GET.get("moved", "")
    if tab not in TABS:
        raise Http404
    return tab


def _tabs(shown: Shown) -> list[tuple[str, str, int]]:
    """Name in the address, words, number; those nobody is in are left out."""
    names = {
        "": _("All concerned"),
        "down": _("Downgrade"),
        "up": _("Upgrade"),
        "grace": _("Grace period"),
        "kept": _("Kept by the keep threshold"),
        "first": _("First evaluation"),
        "rank": _("Only because others moved"),
    }
    counts = {tab: sum(shown.moves[way] for way in ways) for tab, ways in TABS.items()}
    counts["rank"] = shown.rank_effect
    return [(tab, name, counts[tab]) for tab, name in names.items() if counts[tab] or not tab]


@require_GET
@access.needs(Right.REVIEW_RULES)
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The movers of a tab as seen, or one of the other `table`s; amounts as far as the reader may
    see them.
    """
    shown = shown_of(_row(pk))
    if screen_share.is_on(request) or not shown.has_result:
        raise Http404
    head, rows = _table(request, shown)
    return table_response(_("impact-preview"), head, rows, format=request.GET.get("format", "xlsx"))


def _table(request: HttpRequest, shown: Shown) -> tuple[list[str], Iterable[Any]]:
    scope, wanted = access.scope(request), request.GET.get("table", "movers")
    shown.load()
    if wanted == "promised":
        may = {"with_price": scope.may(Right.PRICE), "with_cost": scope.may(Right.MARGIN)}
        return tables.promises(promised(shown), **may)
    if wanted == "managers":
        return tables.by_manager(loads(shown))
    if wanted != "movers":
        raise Http404
    return tables.movers(_all_movers(request, shown), with_revenue=scope.may(Right.REVENUE))


def _all_movers(request: HttpRequest, shown: Shown) -> Iterator[Mover]:
    scope = access.scope(request)
    chunk: list[PreviewMove] = []
    for move in moves_of(shown.row, _tab(request)).order_by("pk").iterator(chunk_size=CHUNK):
        chunk.append(move)
        if len(chunk) == CHUNK:
            yield from movers(shown, chunk, scope)
            chunk = []
    yield from movers(shown, chunk, scope)


@require_POST
@access.needs(Right.EDIT_RULES)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(pk)
    with refusal_told(request):
        actions.leave_preview(preview=row, by=access.reader(request), now=timezone.now())
        messages.success(request, _("The preview was discarded. The draft stays as it is."))
    return redirect("tiering:preview", pk=pk)


def _row(pk: int) -> Preview:
    losing = losing_their_tier(OuterRef(OuterRef("draft")), since=today())
    listed = losing.order_by("customer__code").values(
        json=JSONObject(
            customer="customer", name="customer__name", tier="tier__code", ends_on="ends_on"
        )
    )
    rows = Preview.objects.select_related("draft__approved_by", "job")
    rows = with_binding(rows.annotate(losing=ArraySubquery(listed)))
    return get_object_or_404(rows, pk=pk)
