"""Payment stops: set and lifted by hand. They decide on the tier in force, so they live here."""

import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Customer, PaymentStop
from firm import audit, outbox
from firm.dates import firm_date
from firm.models import User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of
from tiering import in_force


def check_can_stop(*, by: User, now: datetime.datetime) -> None:
    if not scope_of(by, on=firm_date(now)).may(Right.EDIT_CUSTOMERS):
        raise Forbidden(_("Only the back office or an administrator sets and lifts payment stops."))


@transaction.atomic
def set_payment_stop(
    *, customer: Customer, reason: str, by: User, now: datetime.datetime
) -> PaymentStop:
    """From today until it is lifted. Where the rules have a blocking guard for it, its cap holds
    at once.
    """
    check_can_stop(by=by, now=now)
    if not reason.strip():
        raise Refused(_("Say why payment is stopped."))
    in_force.lock()
    today = firm_date(now)
    already = _("Payment is stopped for this customer already.")
    if customer.payment_stops.in_force(today).exists():
        raise Refused(already)
    try:
        with transaction.atomic():
            stop = PaymentStop.objects.create(
                customer=customer, starts_on=today, reason=reason.strip(), set_by=by, set_at=now
            )
    except IntegrityError:
        raise Refused(already) from None
    in_force.settle_today(on=today, customers=[customer.pk])
    audit.record("payment_stop_set", by=by, now=now, subject=customer, date=today.isoformat())
    _tell(customer, "payment_stop_set", by=by, now=now)
    return stop


@transaction.atomic
def lift_payment_stop(
    *, stop: PaymentStop, reason: str, by: User, now: datetime.datetime
) -> PaymentStop:
    """From today on the earned tier holds again."""
    check_can_stop(by=by, now=now)
    if not reason.strip():
        raise Refused(_("Say why the payment stop is lifted."))
    in_force.lock()
    today = firm_date(now)
    stop = (
        PaymentStop.objects.select_related("customer")
        .select_for_update(of=("self",))
        .get(pk=stop.pk)
    )
    if stop.ends_on is not None and stop.ends_on <= today:
        raise Refused(_("This payment stop has been lifted already."))
    stop.ends_on = max(stop.starts_on, today)
    stop.lifted_by, stop.lifted_at, stop.lifted_reason = by, now, reason.strip()
    stop.save(update_fields=["ends_on", "lifted_by", "lifted_at", "lifted_reason"])
    in_force.settle_today(on=today, customers=[stop.customer_id])
    audit.record(
        "payment_stop_lifted", by=by, now=now, subject=stop.customer, date=today.isoformat()
    )
    _tell(stop.customer, "payment_stop_lifted", by=by, now=now)
    return stop


def _tell(customer: Customer, code: str, *, by: User, now: datetime.datetime) -> None:
    for person in filter(None, {customer.owner, customer.backup} - {by}):
        outbox.queue(
            code,
            recipient=person,
            now=now,
            customer=customer.code,
            date=firm_date(now).isoformat(),
        )
