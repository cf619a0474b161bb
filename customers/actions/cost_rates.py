"""What an hour of each grade costs the firm, by the day from which it holds."""

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from firm import audit
from firm.dates import EARLIEST, LATEST, firm_date
from firm.jobs import request_job
from firm.models import CostRate, User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of

MOST = 1_000_000_000  # an hour; a day at the highest premium stays within a sum of money
LONGEST_GRADE = 40


def check_can_edit_cost_rates(*, by: User | None, now: datetime.datetime) -> None:
    """`by=None` is the system: the demo."""
    if by is not None and not scope_of(by, on=firm_date(now)).may(Right.COST_RATES):
        raise Forbidden(_("Cost rates are seen and set by administrators and executives only."))


@transaction.atomic
def set_cost_rate(
    *,
    grade: str,
    valid_from: datetime.date,
    direct: Decimal,
    loaded: Decimal,
    by: User | None,
    now: datetime.datetime,
) -> CostRate:
    """An hour of this grade from this day on; once more for the same day puts it right. Work that
    is logged already is costed anew in the background (customers/service_log/recosting.py).

    The audit trail names grade and day but no amount: whoever reads it may not see the rates.
    """
    check_can_edit_cost_rates(by=by, now=now)
    grade = grade.strip()
    if not 1 <= len(grade) <= LONGEST_GRADE:
        raise Refused(_("A grade has a name of at most 40 characters."))
    if not EARLIEST <= valid_from <= LATEST:
        raise Refused(_("The day lies too far away."))
    if not (direct.is_finite() and loaded.is_finite() and 0 <= direct <= loaded <= MOST):
        raise Refused(_("The loaded rate carries the overhead: it is at least the direct one."))
    rate, _is_new = CostRate.objects.update_or_create(
        grade=grade, valid_from=valid_from, defaults={"direct": direct, "loaded": loaded}
    )
    _cost_anew("cost_rate_set", rate, by=by, now=now)
    return rate


@transaction.atomic
def remove_cost_rate(*, rate: CostRate, by: User | None, now: datetime.datetime) -> None:
    """The rate before it holds on; work that has none left costs nothing."""
    check_can_edit_cost_rates(by=by, now=now)
    _cost_anew("cost_rate_removed", rate, by=by, now=now)
    rate.delete()


def _cost_anew(code: str, rate: CostRate, *, by: User | None, now: datetime.datetime) -> None:
    since = rate.valid_from.isoformat()
    audit.record(code, by=by, now=now, subject=rate, grade=rate.grade, date=since)
    if rate.valid_from <= firm_date(now):
        request_job(kind="recost", by=by, now=now, params={"grade": rate.grade, "since": since})
