"""The customers whose file the reader has, as tiering's pages and API show them.

Who has not the file, or not the right `may`, gets 404.
"""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from customers.models import Customer
from firm import access
from firm.roles import Right


def customers_in_reach(
    request: HttpRequest | Request, *, may: Right | None = None
) -> QuerySet[Customer]:
    """With their snapshots."""
    scope = access.scope(request)
    if may is not None and not scope.may(may):
        raise Http404
    return Customer.objects.visible_to(scope).select_related("snapshot")


def customer_of(request: HttpRequest | Request, pk: int, *, may: Right | None = None) -> Customer:
    return get_object_or_404(customers_in_reach(request, may=may), pk=pk)
