"""Choosing a customer in the dialogs that open from anywhere."""

from typing import Any

from django.http import HttpRequest

from customers.models import Activity, Customer, CustomerSnapshot
from customers.models.customer import CustomerQuerySet
from customers.reach import customers_in_reach
from customers.suggestions import exactly_one, suggestions
from firm import access, screen_share
from firm.parts import is_for_htmx

# Customers offered before one types, and how many entries are looked at for them.
LATELY, LOOKED_AT = 8, 100
RELATED = ("owner", "backup")


def theirs(request: HttpRequest) -> CustomerQuerySet:
    """The customers whose file the reader has."""
    return customers_in_reach(request).select_related(*RELATED)


def number(text: str) -> int:
    """A pk, or 0, which nothing has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def wanted(request: HttpRequest) -> Customer | None:
    """`?customer=`, or what was typed: the only one, in the dialog the first one. None too for a
    customer whose file is not the reader's: the card's page has these buttons as well.
    """
    chosen = number(request.GET.get("customer", ""))
    if not chosen and request.GET.get("q"):
        found = suggested(request)
        if len(found) == 1 or (found and is_for_htmx(request)):
            chosen = found[0].pk
    return theirs(request).filter(pk=chosen).first() if chosen else None


def suggested(request: HttpRequest) -> list[CustomerSnapshot]:
    typed = request.GET.get("q", "")
    if screen_share.is_on(request):
        only = exactly_one(typed)
        found = [only] if only else []
    else:
        among = CustomerSnapshot.objects.visible_to(access.scope(request))
        found = suggestions(typed, among=among)
    scope = access.scope(request)
    return [row for row in found if scope.has_file(row.owner_id, row.backup_id)]


def offered(request: HttpRequest) -> dict[str, Any]:
    """By what was typed; before that, the customers the person recorded work for last."""
    typed = request.GET.get("q", "").strip()
    if typed or screen_share.is_on(request):
        return {"typed": typed, "found": suggested(request)}
    return {"typed": "", "found": _served_lately(request)}


def _served_lately(request: HttpRequest) -> list[CustomerSnapshot]:
    entries = Activity.objects.live().filter(staff=access.reader(request)).order_by("-day", "-pk")
    lately = list(dict.fromkeys(entries.values_list("customer", flat=True)[:LOOKED_AT]))[:LATELY]
    found = CustomerSnapshot.objects.visible_to(access.scope(request)).in_bulk(lately)
    return [found[pk] for pk in lately if pk in found]
