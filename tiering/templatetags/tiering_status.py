"""What every page says about the nights: the line under the navigation, the banner when late."""

from django import template
from django.http import HttpRequest
from django.urls import reverse

from firm import access, screen_share
from firm.fragments import written
from tiering.status import NightStatus, frame_of

register = template.Library()


def _status(request: HttpRequest | None) -> NightStatus | None:
    """Nothing for strangers, nor while a customer looks on."""
    if request is None or not request.user.is_authenticated or screen_share.is_on(request):
        return None
    return frame_of(access.scope(request)).night


@register.simple_tag(takes_context=True)
def night_line(context: template.Context) -> str:
    """`{% night_line %}`: 夜間計算 11/20 02:00 完了 / 基準 第2版・データ 10/31 締."""
    night = _status(context.get("request"))
    if night is None:
        return ""
    return written("tiering/night_line.html", night=night, runs_url=context["chrome"].runs_url)


@register.simple_tag(takes_context=True)
def night_banner(context: template.Context) -> str:
    """`{% night_banner %}`: a notice where the night is late or held, and whether one is at work.

    Whoever may not read the runs is told without a link.
    """
    night = _status(context.get("request"))
    if night is None or not (night.is_late or night.held):
        return ""
    runs_url = context["chrome"].runs_url
    held_url = reverse("tiering:run", args=[night.held]) if runs_url and night.held else ""
    if held_url == context["request"].path and not night.is_late:
        return ""  # the held run's own page says so itself
    return written("tiering/night_banner.html", night=night, runs_url=runs_url, held_url=held_url)
