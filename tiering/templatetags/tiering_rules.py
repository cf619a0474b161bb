"""`{% load tiering_rules %}`: what waits in the tier rules. Not for screen-share mode."""

from typing import Any

from django import template

from firm import access
from firm.dates import today
from firm.roles import Right
from tiering.models import Override
from tiering.versions import overdue

register = template.Library()


@register.inclusion_tag("tiering/review_due.html", takes_context=True)
def rules_review_due(context: template.Context) -> dict[str, Any]:
    """The half-yearly review is due, for people who edit or review the rules; else nothing."""
    request = context["request"]
    scope = access.scope(request)
    if request.screen_share or not scope.may(Right.REVIEW_RULES):
        return {}
    version = overdue(on=today())
    if version is None:
        return {}
    return {
        "version": version,
        "exceptions": Override.objects.in_force(today()).count(),
        "may_confirm": scope.may(Right.EDIT_RULES),
        "is_elsewhere": request.resolver_match.view_name != "tiering:rules",
        "csrf_token": context.get("csrf_token"),
    }
