"""Runs: the list, one run with its progress and result, and "recalculate now"."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firm import access, screen_share, wording
from firm.dates import today
from firm.exports import table_response
from firm.paging import page_of
from firm.parts import page_or_part
from firm.refusals import refusal_of, refusal_told
from firm.roles import Right
from tiering import actions, held
from tiering.chips import Chip, chips
from tiering.held import HeldRun
from tiering.models import RuleSet
from tiering.runs import MOVES, Run, jobs, left_out, movers, moves, run_of, runs_of, tier_counts
from tiering.screen import check_tiers_may_show


@require_GET
@access.needs(Right.READ_RUNS)
def runs(request: HttpRequest) -> HttpResponse:
    """Every night, the latest first."""
    rows, links = page_of(request, jobs(), sort="-created_at")
    context = {
        "runs": runs_of(rows),
        "may_run": access.scope(request).may(Right.RUN_NIGHT),
        "has_rules": RuleSet.objects.in_force(today()) is not None,
        **links,
    }
    return render(request, "tiering/runs.html", context)


@require_GET
@access.needs(Right.READ_RUNS)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run; while it works the page asks again and again for its `#run` part."""
    shown = run_of(get_object_or_404(jobs(), pk=run_id))
    context: dict[str, Any] = {
        "run": shown,
        "error": wording.error_text(shown.job.error),
        "skipped": wording.error_text(shown.job.counts.get("skipped", {})),
    }
    if not screen_share.is_on(request):
        if shown.held:
            context |= _held(request, shown.held)
        elif shown.is_done:
            context |= _result(request, shown)
    page = "detection_run" if shown.is_detection else "run"
    return page_or_part(request, f"tiering/{page}.html", "run", context)


def _result(request: HttpRequest, shown: Run) -> dict[str, Any]:
    moved = request.GET.get("moved", "")
    if moved not in MOVES:
        raise Http404
    rows, links = page_of(request, moves(shown, moved), sort="id")
    ranked = chips(shown.rule_set) if shown.rule_set else {}
    return {
        "moved": moved,
        "movers": movers(shown, rows, ranked, scope=access.scope(request)),
        "tier_counts": tier_counts(shown, ranked),
        "left_out": left_out(shown),
        "sees_all": access.scope(request).sees_all_files,
        **links,
    }


def _held(request: HttpRequest, shown: HeldRun) -> dict[str, Any]:
    """What stopped it, who would have moved, and what can be done about it."""
    way, scope = _way(request), access.scope(request)
    rows, links = page_of(request, shown.moves(way), sort="id")
    unit = access.reader(request).money_unit if scope.may(Right.FIRM_REVENUE) else None
    return {
        "held": shown,
        "stops": shown.sentences(unit=unit),
        "moved": way,
        "held_movers": list(held.movers(rows, _chips(shown), scope=scope)),
        "cannot_accept": refusal_of(
            actions.check_can_accept,
            run=shown.job,
            by=access.reader(request),
            now=timezone.now(),
        ),
        "may_import": scope.may(Right.IMPORT),
        "sees_all": scope.sees_all_files,
        **links,
    }


def _way(request: HttpRequest) -> str:
    way = request.GET.get("moved", "")
    if way not in held.WAYS:
        raise Http404
    return way


def _chips(shown: HeldRun) -> dict[str, Chip]:
    return chips(RuleSet.objects.get(number=shown.facts["rules"]))


@require_POST
@access.needs(Right.RUN_NIGHT)
def accept(request: HttpRequest, run_id: int) -> HttpResponse:
    """Confirm a held run; leads to the run that evaluates again."""
    run = get_object_or_404(jobs(), pk=run_id)
    with refusal_told(request):
        job = actions.accept_held(run=run, by=access.reader(request), now=timezone.now())
        messages.success(request, _("Confirmed. The calculation has been started."))
        return redirect("tiering:run", run_id=job.pk)
    return redirect("tiering:run", run_id=run_id)


@require_GET
@access.needs(Right.READ_RUNS)
def held_export(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """The movers of a held run that are listed, as a file."""
    check_tiers_may_show(request)
    shown = run_of(get_object_or_404(jobs(), pk=run_id)).held
    if shown is None:
        raise Http404
    rows = shown.moves(_way(request)).iterator(chunk_size=500)
    head, table = held.table(held.movers(rows, _chips(shown), scope=access.scope(request)))
    name = f"{_('Customers who would move')} {shown.job.business_date}"
    return table_response(name, head, table, format=request.GET.get("format", "xlsx"))


@require_POST
@access.needs(Right.RUN_NIGHT)
def recalculate(request: HttpRequest) -> HttpResponse:
    """Start a night now and go to its page."""
    with refusal_told(request):
        job = actions.recalculate(by=access.reader(request), now=timezone.now())
        messages.success(request, _("The calculation has been started."))
        return redirect("tiering:run", run_id=job.pk)
    return redirect("tiering:runs")
