"""What every page says about the nights: the line under the navigation, the banner when late."""

import datetime
from typing import Any

from django import template
from django.http import HttpRequest

from firm.dates import today
from firm.models import JobRun
from tiering.models import Evaluation
from tiering.runs import KINDS

register = template.Library()


def _is_shown(request: HttpRequest | None) -> bool:
    """Not to strangers, and not while a customer looks on."""
    return (
        request is not None
        and request.user.is_authenticated
        and not getattr(request, "screen_share", False)
    )


def _is_running() -> bool:
    return JobRun.objects.filter(
        kind__in=KINDS, state__in=[JobRun.State.QUEUED, JobRun.State.RUNNING]
    ).exists()


@register.inclusion_tag("tiering/night_line.html", takes_context=True)
def night_line(context: template.Context) -> dict[str, Any]:
    """`{% night_line %}`: 夜間計算 11/20 02:00 完了 / 基準 第2版・データ 10/31 締."""
    if not _is_shown(context.get("request")):
        return {}
    evaluation = (
        Evaluation.objects.known_on(today())
        .select_related("rule_set")
        .order_by("-as_of", "-pk")
        .first()
    )
    return {
        "night": context["chrome"].last_night,
        "runs_url": context["chrome"].runs_url,
        "evaluation": evaluation,
        "data_until": evaluation.as_of - datetime.timedelta(days=1) if evaluation else None,
        "is_running": _is_running(),
    }


@register.inclusion_tag("tiering/night_banner.html", takes_context=True)
def night_banner(context: template.Context) -> dict[str, Any]:
    """`{% night_banner %}`: a notice where the night is late, and whether one is at work."""
    chrome = context["chrome"]
    if not _is_shown(context.get("request")) or not chrome.is_night_late:
        return {}
    return {
        "night": chrome.last_night,
        "runs_url": chrome.runs_url,
        "is_running": _is_running(),
    }
