"""What an hour costs more after hours, on holidays and at night, by the day from which it holds."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actions.cost_rates import check_can_edit_cost_rates
from firm import audit
from firm.dates import EARLIEST, LATEST, firm_date
from firm.jobs import request_job
from firm.models import Premium, User
from firm.refusals import Refused


@transaction.atomic
def set_premiums(
    *,
    valid_from: datetime.date,
    after_hours: int,
    holiday: int,
    night: int,
    by: User | None,
    now: datetime.datetime,
) -> Premium:
    """Per cent of the rate from this day on; once more for the same day puts it right. Work that
    is logged already is costed anew in the background (customers/service_log/recosting.py).
    """
    check_can_edit_cost_rates(by=by, now=now)
    if not EARLIEST <= valid_from <= LATEST:
        raise Refused(_("The day lies too far away."))
    shares = {"after_hours": after_hours, "holiday": holiday, "night": night}
    if not all(0 <= share <= Premium.MOST for share in shares.values()):
        raise Refused(_("A premium is between 0 and 300 percent of the rate."))
    premium, _is_new = Premium.objects.update_or_create(valid_from=valid_from, defaults=shares)
    _cost_anew("premiums_set", premium, by=by, now=now, **shares)
    return premium


@transaction.atomic
def remove_premiums(*, premium: Premium, by: User | None, now: datetime.datetime) -> None:
    """Those before them hold on, the standard ones before the first."""
    check_can_edit_cost_rates(by=by, now=now)
    _cost_anew("premiums_removed", premium, by=by, now=now)
    premium.delete()


def _cost_anew(
    code: str, premium: Premium, *, by: User | None, now: datetime.datetime, **shares: Any
) -> None:
    since = premium.valid_from.isoformat()
    audit.record(code, by=by, now=now, subject=premium, date=since, **shares)
    if premium.valid_from <= firm_date(now):
        request_job(kind="recost", by=by, now=now, params={"since": since})
