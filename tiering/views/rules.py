"""The tier rules, for reading: the promise, the version in force in words, all versions."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from firm import access, screen_share
from firm.dates import today
from firm.parts import is_for_htmx
from firm.roles import Right
from firm.templatetags.ui import tier_label
from tiering import differences, rule_words, wording
from tiering.current import current_of
from tiering.ladder import ladder
from tiering.night import night_ahead
from tiering.promise import PROMISE
from tiering.screen import check_tiers_may_show
from tiering.services import matrix
from tiering.status import frame_of
from tiering.version_rows import load
from tiering.versions import Dated, published, with_drafts


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The version in force, or `?version=2` for another published one."""
    context: dict[str, Any] = {"promise": PROMISE}
    if not screen_share.is_on(request):
        scope = access.scope(request)
        may_review = scope.may(Right.REVIEW_RULES)
        every = with_drafts(on=today()) if may_review else published(on=today())
        versions = [dated for dated in every if dated.is_published]
        shown = _chosen(versions, request)
        context |= {
            "versions": versions,
            "shown": shown,
            "active": next((dated.version for dated in versions if dated.is_active), None),
            "drafts": [dated for dated in every if not dated.is_published],
            "may_review": may_review,
            "may_edit": scope.may(Right.EDIT_RULES),
        }
        if shown is not None:
            context |= _in_words(request, shown)
    return render(request, "tiering/rules.html", context)


@require_GET
def service_levels(request: HttpRequest) -> HttpResponse:
    """What each tier of the same version gets; with htmx the panel alone, for the page above."""
    check_tiers_may_show(request)
    shown = _chosen(published(on=today()), request)
    rows = matrix(shown.version) if shown else []
    context = {"shown": shown, "rows": rows}
    part = "service_matrix" if is_for_htmx(request) else "service_levels"
    return render(request, f"tiering/{part}.html", context)


def _chosen(versions: list[Dated], request: HttpRequest) -> Dated | None:
    number = request.GET.get("version", "")
    for dated in versions:
        if str(dated.version.number) == number or (not number and dated.is_active):
            return dated
    if number:
        raise Http404
    return None


def _in_words(request: HttpRequest, shown: Dated) -> dict[str, Any]:
    scope = access.scope(request)
    load(shown.version, with_services=False)
    current = current_of(request) if shown.is_active else None
    has_shares = current is not None and scope.may(Right.FIRM_REVENUE)
    rungs = ladder(
        shown.version,
        current=current,
        unit=access.reader(request).money_unit,
        with_shares=has_shares,
    )
    plain = differences.rules_of(shown.version, with_services=False)
    return {
        "rungs": rungs,
        "terms": [
            *wording.terms(shown.version, lowest=tier_label(rungs[-1].chip)),
            *rule_words.further_terms(plain),
        ],
        "exceptions": frame_of(scope).overrides.in_force if shown.is_active else None,
        "evaluation": current.evaluation if current else None,
        "has_shares": has_shares,
        "night": night_ahead(shown.version, on=today()) if shown.is_active else None,
        "may_read_runs": scope.may(Right.READ_RUNS),
    }
