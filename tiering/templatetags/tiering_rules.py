"""`{% load tiering_rules %}`: what waits in the tier rules. Not for screen-share mode."""

from typing import Any

from django import template

from firm import access
from firm.dates import today
from firm.roles import Right
from tiering.models import RuleSet
from tiering.overrides import tally
from tiering.versions import is_overdue

register = template.Library()


@register.inclusion_tag("tiering/review_due.html", takes_context=True)
def rules_review_due(context: template.Context, version: RuleSet | None = None) -> dict[str, Any]:
    """The half-yearly review is due, for people who edit or review the rules; else nothing.

    `version` is the one in force, for pages that have it at hand.
    """
    request = context["request"]
    scope = access.scope(request)
    if request.screen_share or not scope.may(Right.REVIEW_RULES):
        return {}
    version = version or RuleSet.objects.in_force(today())
    if version is None or not is_overdue(version, on=today()):
        return {}
    return {
        "version": version,
        "exceptions": tally(scope).in_force,
        "may_confirm": scope.may(Right.EDIT_RULES),
        "is_elsewhere": request.resolver_match.view_name != "tiering:rules",
        "csrf_token": context.get("csrf_token"),
    }
