"""Whose giving a person may read, and whose may be written: pages and API ask alike."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.request import Request

from customers.models import Activity, Customer, Goal, Investment
from firm import access
from firm.refusals import Forbidden
from firm.roles import Right


def check_is_not_shared(request: HttpRequest) -> None:
    """What we give is for us to know, and names of other customers too."""
    if request.screen_share:  # type: ignore[attr-defined]
        raise Forbidden(_("This page is not shown while the screen is shared."))


def customer_of(request: HttpRequest | Request, pk: int, *, to_give: bool = False) -> Customer:
    found: Customer = get_object_or_404(_theirs(request, to_give), pk=pk)
    return found


def entry_of(request: HttpRequest | Request, pk: int) -> Activity:
    """To be marked, or to have its mark changed."""
    entries = Activity.objects.filter(customer__in=_theirs(request, True))
    found: Activity = get_object_or_404(entries.select_related("customer", "favor", "staff"), pk=pk)
    return found


def investments_in_reach(
    request: HttpRequest | Request, *, to_give: bool = False
) -> QuerySet[Investment]:
    rows = Investment.objects.filter(customer__in=_theirs(request, to_give))
    return rows.select_related("customer", "owner", "decided_by")


def goal_of(request: HttpRequest | Request, pk: int, *, to_give: bool = False) -> Goal:
    goals = Goal.objects.filter(customer__in=_theirs(request, to_give))
    found: Goal = get_object_or_404(
        goals.select_related("customer", "agreed_with", "set_by"), pk=pk
    )
    return found


def _theirs(request: HttpRequest | Request, to_give: bool) -> QuerySet[Customer]:
    """Customers whose file the reader has: 404 for the others, and `to_give` also for whoever
    records nothing, auditors included.
    """
    scope = access.scope(request)
    if to_give and not scope.may(Right.RECORD_WORK):
        raise Http404
    return Customer.objects.visible_to(scope)
