"""Manual overrides, payment stops and strategic scores on pages of one customer:
`{% load tiering_overrides %}`.

None of them is to be used in screen-share mode.
"""

import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from customers.models import Customer
from firm import access, four_eyes
from firm.dates import today
from firm.models import FourEyes
from firm.roles import Right
from firm.templatetags.ui import tier_label
from tiering.current import current_of
from tiering.models import Override
from tiering.override_list import Book, of_customer
from tiering.overrides import waiting_for
from tiering.templatetags.tiering_panels import chip_html
from tiering.tier_shown import tier_shown

register = template.Library()

SHOWN = 6  # of one customer on its file


@register.inclusion_tag("tiering/tier_instead.html", takes_context=True)
def tier_instead(
    context: template.Context, customer: Customer, on: datetime.date | None = None
) -> dict[str, Any]:
    """What holds instead of the earned tier, with the earned one beside; nothing otherwise."""
    return {"tier": tier_shown(context["request"], customer, on=on)}


@register.simple_tag(takes_context=True)
def earned_chip(context: template.Context, customer: Customer) -> SafeString:
    """The earned tier's chip and name."""
    earned = tier_shown(context["request"], customer).earned
    name = tier_label(earned) if earned else "—"
    return mark_safe(f"{chip_html(earned)} {name}")


@register.inclusion_tag("tiering/customer_overrides.html", takes_context=True)
def customer_overrides(context: template.Context, customer: Customer) -> dict[str, Any]:
    """The section of the file: what is in force and asked for, and what one may do."""
    request = context["request"]
    scope, current = access.scope(request), current_of(request)
    book = Book(scope, on=today(), ladder=current.rules if current else [])
    rows = book.shown(of_customer(customer)[:SHOWN])
    return {
        "customer": customer,
        "open": [row for row in rows if book.is_open(row.override)],
        "past": [row for row in rows if not book.is_open(row.override)],
        "is_waiting": any(row.override.state == Override.State.REQUESTED for row in rows),
        "may_request": scope.may(Right.REQUEST_OVERRIDE),
        "stop": customer.payment_stops.in_force(today()).select_related("set_by").first(),
        "may_stop": scope.may(Right.EDIT_CUSTOMERS),
    }


@register.inclusion_tag("tiering/customer_fit.html", takes_context=True)
def customer_fit(context: template.Context, customer: Customer) -> dict[str, Any]:
    """The strategic score in force, and the way to it."""
    return {
        "customer": customer,
        "score": customer.strategic_scores.in_force(today()).select_related("scored_by").first(),
        "may_score": access.scope(context["request"]).may(Right.SCORE_CUSTOMERS),
    }


@register.simple_tag(takes_context=True)
def overrides_alone(context: template.Context) -> bool:
    """Whether, while the firm is in trial, who may approve may do it alone."""
    firm = context["chrome"].firm
    return not four_eyes.holds_for(firm, FourEyes.OVERRIDES, now=timezone.now())


@register.simple_tag(takes_context=True)
def overrides_waiting(context: template.Context) -> int:
    """How many requests wait for this person's decision."""
    return waiting_for(access.scope(context["request"]))
