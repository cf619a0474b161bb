"""The firm's list price of an hour."""

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from firm import audit
from firm.dates import firm_date
from firm.models import BillRate, User
from firm.money import LARGEST
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of


def check_can_edit_prices(*, by: User | None, now: datetime.datetime) -> None:
    """`by=None` is the system: the demo."""
    if by is not None and not scope_of(by, on=firm_date(now)).may(Right.EDIT_PRICES):
        raise Forbidden(_("The list price is set by the back office or an administrator."))


@transaction.atomic
def set_bill_rate(
    *, valid_from: datetime.date, amount: Decimal, by: User | None, now: datetime.datetime
) -> BillRate:
    """What an hour costs from this day on; once more for the same day puts it right. Usual prices
    that were written down with goodwill work stay as they are.
    """
    check_can_edit_prices(by=by, now=now)
    if not (amount.is_finite() and 0 < amount <= LARGEST):
        raise Refused(_("The price of an hour is more than nothing, and a number."))
    rate, _is_new = BillRate.objects.update_or_create(
        valid_from=valid_from, defaults={"amount": amount, "set_at": now, "set_by": by}
    )
    audit.record(
        "bill_rate_set", by=by, now=now, date=valid_from.isoformat(), amount=format(amount, "f")
    )
    return rate
