"""What the reader has the file for: customers, their contracts, entries, goals and investments.

Pages and API ask alike. A row of a customer whose file is another's is not found (404), nor is
anything by a reader without the right `may`: nobody learns from an address what there is.
"""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.request import Request

from customers.models import Activity, Contract, ContractRevision, Customer, Goal, Investment
from customers.models.activity import ActivityQuerySet
from customers.models.customer import CustomerQuerySet
from firm import access, screen_share
from firm.roles import Right

AnyRequest = HttpRequest | Request


def check_is_not_shared(request: HttpRequest) -> None:
    """What we give is for us to know, and names of other customers too."""
    screen_share.check_is_off(request, _("This page is not shown while the screen is shared."))


def customers_in_reach(request: AnyRequest, *, may: Right | None = None) -> CustomerQuerySet:
    scope = access.scope(request)
    if may is not None and not scope.may(may):
        raise Http404
    return Customer.objects.visible_to(scope)


def customer_of(request: AnyRequest, pk: int, *, may: Right | None = None) -> Customer:
    return get_object_or_404(customers_in_reach(request, may=may), pk=pk)


def contract_of(request: AnyRequest, pk: int, *, may: Right | None = None) -> Contract:
    theirs = customers_in_reach(request, may=may)
    contracts = Contract.objects.filter(customer__in=theirs)
    return get_object_or_404(contracts.select_related("customer"), pk=pk)


def revision_of(request: AnyRequest, pk: int, *, may: Right | None = None) -> ContractRevision:
    theirs = customers_in_reach(request, may=may)
    revisions = ContractRevision.objects.filter(contract__customer__in=theirs)
    return get_object_or_404(revisions.select_related("contract__customer"), pk=pk)


def entries_in_reach(request: AnyRequest, *, may: Right | None = None) -> ActivityQuerySet:
    theirs = customers_in_reach(request, may=may)
    return Activity.objects.filter(customer__in=theirs)


def entry_of(request: AnyRequest, pk: int, *, may: Right | None = None) -> Activity:
    entries = entries_in_reach(request, may=may)
    return get_object_or_404(entries.select_related("customer", "favor", "staff"), pk=pk)


def investments_in_reach(request: AnyRequest, *, may: Right | None = None) -> QuerySet[Investment]:
    rows = Investment.objects.filter(customer__in=customers_in_reach(request, may=may))
    return rows.select_related("customer", "owner", "decided_by")


def goal_of(request: AnyRequest, pk: int, *, may: Right | None = None) -> Goal:
    goals = Goal.objects.filter(customer__in=customers_in_reach(request, may=may))
    return get_object_or_404(goals.select_related("customer", "agreed_with", "set_by"), pk=pk)
