"""`{% load tiering_rules %}`: what waits in the tier rules. Not for screen-share mode."""

from typing import Any

from django import template
from django.http import HttpRequest

from firm import access, screen_share
from firm.dates import today
from firm.roles import Right
from tiering.current import current_of
from tiering.models import RuleSet
from tiering.status import frame_of
from tiering.versions import holds_on, is_overdue

register = template.Library()


@register.inclusion_tag("tiering/review_due.html", takes_context=True)
def rules_review_due(context: template.Context, version: RuleSet | None = None) -> dict[str, Any]:
    """The half-yearly review is due, for people who edit or review the rules; else nothing.

    `version` is the one in force, for pages that have it at hand.
    """
    request = context["request"]
    scope = access.scope(request)
    if screen_share.is_on(request) or not scope.may(Right.REVIEW_RULES):
        return {}
    version = version or _in_force(request)
    if version is None or not is_overdue(version, on=today()):
        return {}
    return {
        "version": version,
        "exceptions": frame_of(scope).overrides.in_force,
        "may_confirm": scope.may(Right.EDIT_RULES),
        "is_elsewhere": request.resolver_match.view_name != "tiering:rules",
        "csrf_token": context.get("csrf_token"),
    }


def _in_force(request: HttpRequest) -> RuleSet | None:
    """That of today's tiers, but for the day on which another one has begun."""
    current = current_of(request)
    if current and holds_on(current.evaluation.rule_set, on=today()):
        return current.evaluation.rule_set
    return RuleSet.objects.in_force(today())
