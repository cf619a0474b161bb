"""Service levels and benefits on pages of other apps: `{% load tiering_services %}`."""

import datetime
from typing import Any

from django import template

from customers.models import Customer
from firm import access
from firm.dates import today
from firm.roles import Right
from tiering.benefits import Entry, allotments, logged_of, uses_of
from tiering.terms import Source, terms_of
from tiering.tier_shown import CaseOfPage

register = template.Library()

SOURCE_CLASSES = {
    Source.CONTRACT: "",
    Source.TIER: "source-tier",
    Source.PROMISE: "source-standard",
}
USES_SHOWN = 5


@register.inclusion_tag("tiering/customer_terms.html", takes_context=True)
def customer_terms(
    context: template.Context, customer: Customer, on: datetime.date
) -> dict[str, Any]:
    """The terms that hold on a day and their sources.

    On a shared screen only what is agreed in the contract, without what it goes before.
    """
    case, is_shared = CaseOfPage(context["request"], customer, on), context["screen_share"]
    own = {row.code for row in case.levels if row.benefit} if not is_shared else set()
    terms = [
        term
        for term in terms_of(case)
        if (term.source == Source.CONTRACT if is_shared else term.code not in own)
    ]
    return {
        "on": on,
        "is_past": on < today(),
        "terms": [
            (term, SOURCE_CLASSES[term.source], () if is_shared else term.beaten) for term in terms
        ],
    }


@register.inclusion_tag("tiering/customer_benefits.html", takes_context=True)
def customer_benefits(
    context: template.Context, customer: Customer, on: datetime.date
) -> dict[str, Any]:
    """The benefits used and left on a day; not for a shared screen."""
    case = CaseOfPage(context["request"], customer, on)
    used = uses_of(case)
    may_record = access.scope(context["request"]).may(Right.RECORD_WORK)
    return {
        "customer": customer,
        "on": on,
        "allotments": allotments(case.levels, used, logged_of(case), on=on),
        "entries": [Entry(use) for use in used[:USES_SHOWN]],
        "may_record": may_record and on == today(),
    }
