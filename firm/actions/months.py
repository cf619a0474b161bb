"""Closing the firm's months: until then their revenue may still change."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from firm import audit
from firm.dates import EARLIEST, add_months, firm_date, first_of_month
from firm.formats import month as month_text
from firm.models import ClosedMonth, Firm, User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of


def _check_may_close(by: User | None, now: datetime.datetime) -> None:
    if by is not None and not scope_of(by, on=firm_date(now)).may(Right.CLOSE_MONTHS):
        raise Forbidden(_("Only the back office may close months."))


def _latest() -> datetime.date | None:
    return (
        ClosedMonth.objects.filter(reopened_at__isnull=True)
        .order_by("-month")
        .values_list("month", flat=True)
        .first()
    )


def check_can_close_month(*, month: datetime.date, by: User | None, now: datetime.datetime) -> None:
    """`month` is its first day. Months are closed in order, without gaps, once they are over."""
    _check_may_close(by, now)
    if month.day != 1:
        raise Refused(_("A month is named by its first day."))
    if add_months(month, 1) > firm_date(now):
        raise Refused(_("%(month)s is not over yet.") % {"month": month_text(month)})
    if month < EARLIEST:
        earliest = month_text(EARLIEST)
        raise Refused(_("The first month to be closed is %(month)s.") % {"month": earliest})
    latest = _latest()
    if latest is None:
        return
    if month <= latest:
        raise Refused(_("%(month)s is closed already.") % {"month": month_text(month)})
    if month > add_months(latest, 1):
        missing = month_text(add_months(latest, 1))
        raise Refused(_("Close %(month)s first.") % {"month": missing})


@transaction.atomic
def close_month(*, month: datetime.date, by: User | None, now: datetime.datetime) -> ClosedMonth:
    _one_at_a_time()
    check_can_close_month(month=month, by=by, now=now)
    closed = ClosedMonth.objects.create(month=month, closed_at=now, closed_by=by)
    audit.record("month_closed", by=by, now=now, subject=closed, month=month.isoformat())
    return closed


def check_can_reopen_month(
    *, month: datetime.date, by: User | None, now: datetime.datetime
) -> None:
    """Only the latest one: a month in the middle would leave a gap."""
    _check_may_close(by, now)
    latest = _latest()
    if latest is None or month > latest:
        raise Refused(_("%(month)s is not closed.") % {"month": month_text(month)})
    if month != latest:
        raise Refused(_("Reopen %(month)s first.") % {"month": month_text(latest)})


@transaction.atomic
def reopen_month(*, month: datetime.date, by: User | None, now: datetime.datetime) -> None:
    """The row stays and says who reopened it; closing it again writes another one."""
    _one_at_a_time()
    check_can_reopen_month(month=month, by=by, now=now)
    closed = ClosedMonth.objects.get(month=first_of_month(month), reopened_at__isnull=True)
    closed.reopened_at, closed.reopened_by = now, by
    closed.save(update_fields=["reopened_at", "reopened_by"])
    audit.record("month_reopened", by=by, now=now, subject=closed, month=month.isoformat())


def _one_at_a_time() -> None:
    Firm.objects.select_for_update().get(pk=1)
