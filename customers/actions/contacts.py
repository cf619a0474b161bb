"""The people at a customer's. Their phones are searched, so the snapshot follows."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers import snapshots
from customers.actions.customers import check_can_edit_customers
from customers.models import Contact, Customer
from firm import audit
from firm.models import User
from firm.refusals import Refused

CHANGEABLE = frozenset(
    {
        "name",
        "name_kana",
        "department",
        "title",
        "phone",
        "mobile",
        "email",
        "key_person",
        "decider",
    }
)


@transaction.atomic
def add_contact(
    *, customer: Customer, name: str, by: User | None, now: datetime.datetime, **values: Any
) -> Contact:
    """Raises Refused where the customer has a contact of this name."""
    assert values.keys() <= CHANGEABLE
    check_can_edit_customers(by=by, now=now)
    contact = Contact(customer=customer, name=name, **values)
    _save(contact)
    audit.record("contact_added", by=by, now=now, subject=customer, contact=contact.pk)
    return contact


@transaction.atomic
def change_contact(
    *, contact: Contact, by: User | None, now: datetime.datetime, **values: Any
) -> list[str]:
    """Set some of CHANGEABLE; returns the names of those that were different."""
    assert values.keys() <= CHANGEABLE
    check_can_edit_customers(by=by, now=now)
    contact = Contact.objects.select_for_update().select_related("customer").get(pk=contact.pk)
    changed = sorted(name for name in values if getattr(contact, name) != values[name])
    if not changed:
        return []
    for name in changed:
        setattr(contact, name, values[name])
    _save(contact, fields=changed)
    audit.record(
        "contact_changed",
        by=by,
        now=now,
        subject=contact.customer,
        contact=contact.pk,
        fields=changed,
    )
    return changed


@transaction.atomic
def remove_contact(*, contact: Contact, by: User | None, now: datetime.datetime) -> None:
    check_can_edit_customers(by=by, now=now)
    customer = contact.customer
    audit.record("contact_removed", by=by, now=now, subject=customer, contact=contact.pk)
    contact.delete()
    snapshots.refresh([customer.pk])


def _save(contact: Contact, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            contact.save(update_fields=fields)
    except IntegrityError as error:
        if "contact_once_per_customer" not in str(error):
            raise
        taken = _("This customer already has a contact called %(name)s.")
        raise Refused(taken % {"name": contact.name}) from None
    snapshots.refresh([contact.customer_id])
