"""The tier rules, for reading: the promise, the version in force in words, all versions."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from firm import access
from firm.dates import today
from firm.roles import Right
from firm.templatetags.ui import tier_label
from tiering import differences, rule_words, wording
from tiering.ladder import ladder
from tiering.models import Override
from tiering.night import night_ahead
from tiering.promise import PROMISE
from tiering.standings import latest_evaluation
from tiering.versions import Dated, drafts, published, status_of


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The version in force, or `?version=2` for another published one."""
    context: dict[str, Any] = {"promise": PROMISE}
    if not request.screen_share:  # type: ignore[attr-defined]
        versions = published(on=today())
        shown = _chosen(versions, request.GET.get("version", ""))
        context |= {"versions": versions, "shown": shown, **_drafts(request)}
        if shown is not None:
            context |= _in_words(request, shown)
    return render(request, "tiering/rules.html", context)


def _chosen(versions: list[Dated], number: str) -> Dated | None:
    for dated in versions:
        if str(dated.version.number) == number or (not number and dated.is_active):
            return dated
    if number:
        raise Http404
    return None


def _drafts(request: HttpRequest) -> dict[str, Any]:
    """For people who write or review them."""
    scope = access.scope(request)
    if not scope.may(Right.REVIEW_RULES):
        return {}
    return {
        "drafts": [Dated(draft, status_of(draft, on=today())) for draft in drafts()],
        "may_review": True,
        "may_edit": scope.may(Right.EDIT_RULES),
    }


def _in_words(request: HttpRequest, shown: Dated) -> dict[str, Any]:
    scope = access.scope(request)
    evaluation = latest_evaluation() if shown.is_active else None
    has_shares = evaluation is not None and scope.may(Right.FIRM_REVENUE)
    rungs = ladder(
        shown.version,
        evaluation=evaluation,
        unit=request.user.money_unit,  # type: ignore[union-attr]
        with_shares=has_shares,
    )
    return {
        "rungs": rungs,
        "terms": [
            *wording.terms(shown.version, lowest=tier_label(rungs[-1].chip)),
            *rule_words.further_terms(differences.rules_of(shown.version)),
        ],
        "exceptions": Override.objects.in_force(today()).count() if shown.is_active else None,
        "evaluation": evaluation,
        "has_shares": has_shares,
        "night": night_ahead(shown.version, on=today()) if shown.is_active else None,
        "may_read_runs": scope.may(Right.READ_RUNS),
    }
