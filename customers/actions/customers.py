"""Customers by hand: each change with its snapshot row, so that lists and search follow at once."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers import snapshots
from customers.models import Customer
from firm import audit
from firm.dates import firm_date
from firm.models import User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of

CHANGEABLE = frozenset(
    {
        "code",
        "name",
        "name_kana",
        "phone",
        "email",
        "postal_code",
        "address",
        "city",
        "country",
        "industry",
        "department",
        "owner",
        "backup",
        "status",
        "parent",
        "started_on",
        "ended_on",
        "closing_day",
        "payment_terms",
        "corporate_number",
        "tags",
    }
)


def check_can_edit_customers(*, by: User | None, now: datetime.datetime) -> None:
    """`by=None` is the system: the command line or the demo."""
    if by is not None and not scope_of(by, on=firm_date(now)).may(Right.EDIT_CUSTOMERS):
        raise Forbidden(_("Only the back office or an administrator may change customers."))


@transaction.atomic
def create_customer(*, by: User | None, now: datetime.datetime, **values: Any) -> Customer:
    """`code` and `name` are needed, the rest of CHANGEABLE may come. Raises Refused where the
    code is taken.
    """
    assert {"code", "name"} <= values.keys() <= CHANGEABLE
    check_can_edit_customers(by=by, now=now)
    customer = Customer(**values)
    _save(customer)
    audit.record("customer_created", by=by, now=now, subject=customer)
    return customer


@transaction.atomic
def change_customer(
    *, customer: Customer, by: User | None, now: datetime.datetime, **values: Any
) -> list[str]:
    """Set some of CHANGEABLE; returns the names of those that were different."""
    assert values.keys() <= CHANGEABLE
    check_can_edit_customers(by=by, now=now)
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    changed = sorted(name for name in values if getattr(customer, name) != values[name])
    if not changed:
        return []
    for name in changed:
        setattr(customer, name, values[name])
    _check_parent(customer)
    _save(customer, fields=changed)
    audit.record("customer_changed", by=by, now=now, subject=customer, fields=changed)
    return changed


def _check_parent(customer: Customer) -> None:
    """Raises Refused where the customer would stand above itself."""
    above = customer.parent
    while above is not None:
        if above.pk == customer.pk:
            raise Refused(_("The customer would stand above itself."))
        above = above.parent


def _save(customer: Customer, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            customer.save(update_fields=fields)
    except IntegrityError as error:
        if "code" not in str(error):
            raise
        taken = _("There is already a customer with the code %(code)s.")
        raise Refused(taken % {"code": customer.code}) from None
    snapshots.refresh([customer.pk])
