"""`{% load lone_work %}`: what somebody carries alone. Not for screen-share mode."""

from typing import Any

from django import template
from django.db.models import Q

from customers.models import LoneWorkNotice
from firm import access
from firm.roles import Right

register = template.Library()


@register.inclusion_tag("customers/carried_alone.html", takes_context=True)
def carried_alone(context: template.Context) -> dict[str, Any]:
    """On the first page: the question to oneself, and that somebody in one's section has not
    answered it.
    """
    scope = access.scope(context["request"])
    if not (scope.may(Right.RECORD_WORK) or scope.may(Right.SEE_JUNIORS_FILES)):
        return {}
    me = context["request"].user.pk
    told = LoneWorkNotice.objects.filter(Q(person=me) | Q(manager=me))
    people = set(told.values_list("person", flat=True))
    return {"is_mine": me in people, "others": len(people - {me})}
