"""Service levels and benefits on pages of other apps: `{% load tiering_services %}`."""

import datetime
from typing import Any

from django import template

from customers.models import Customer
from firm import access
from firm.dates import today
from firm.roles import Right
from tiering.benefits import Entry, allotments, uses_of
from tiering.models import RuleSet
from tiering.services import matrix
from tiering.terms import Case, Source, terms_of

register = template.Library()

SOURCE_CLASSES = {
    Source.CONTRACT: "",
    Source.TIER: "source-tier",
    Source.PROMISE: "source-standard",
}
USES_SHOWN = 5


@register.inclusion_tag("tiering/service_matrix.html")
def service_matrix(rule_set: RuleSet) -> dict[str, Any]:
    """The matrix of a version in words; not for a shared screen."""
    rows = matrix(rule_set)
    return {"chips": [cell.chip for cell in rows[0].cells] if rows else [], "rows": rows}


@register.inclusion_tag("tiering/customer_services.html", takes_context=True)
def customer_services(
    context: template.Context, customer: Customer, on: datetime.date
) -> dict[str, Any]:
    """The terms that hold on a day and their sources, and the benefits used and left.

    On a shared screen only what is agreed in the contract, without what it goes before.
    """
    case, is_shared = Case(customer, on), context["screen_share"]
    own = {row.code for row in case.levels if row.benefit} if not is_shared else set()
    terms = [
        term
        for term in terms_of(case)
        if (term.source == Source.CONTRACT if is_shared else term.code not in own)
    ]
    shown: dict[str, Any] = {
        "customer": customer,
        "on": on,
        "is_past": on < today(),
        "terms": [
            (term, SOURCE_CLASSES[term.source], () if is_shared else term.beaten) for term in terms
        ],
    }
    if not is_shared:
        used = uses_of(case)
        may_record = access.scope(context["request"]).may(Right.RECORD_WORK)
        shown |= {
            "allotments": allotments(case.levels, used, on=on),
            "entries": [Entry(use) for use in used[:USES_SHOWN]],
            "may_record": may_record and on == today(),
        }
    return shown
