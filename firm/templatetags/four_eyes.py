"""`{% load four_eyes %}`: what a firm in trial says where decisions will take two people."""

from typing import Any

from django import template
from django.utils import timezone

from firm import access, four_eyes
from firm.models import FourEyes
from firm.roles import Right

register = template.Library()


@register.simple_tag(takes_context=True)
def takes_two(context: template.Context, kind: str) -> bool:
    """`{% takes_two "tiers" as needs_second %}`: whether nobody decides alone on this kind."""
    return four_eyes.holds_for(context["chrome"].firm, FourEyes(kind), now=timezone.now())


@register.inclusion_tag("firm/trial_notice.html", takes_context=True)
def trial_notice(context: template.Context, kind: str) -> dict[str, Any]:
    """`{% trial_notice "tiers" %}`: nothing once a second person is needed for this kind."""
    firm, now = context["chrome"].firm, timezone.now()
    return {
        "is_live": four_eyes.is_live(firm, now=now),
        "is_required": four_eyes.holds_for(firm, FourEyes(kind), now=now),
        "may_go_live": access.scope(context["request"]).may(Right.GO_LIVE),
    }
