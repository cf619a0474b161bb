"""What starts evaluations."""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from firm import jobs
from firm.dates import firm_date
from firm.models import JobRun, User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of
from tiering import plan

RUN_LOCK = 7_205_004  # 7_205_002 is the audit chain's
FINAL = [JobRun.State.DONE, JobRun.State.FAILED, JobRun.State.HELD]


def request_night(
    *,
    date: datetime.date,
    by: User | None,
    now: datetime.datetime,
    accepts: dict[str, Any] | None = None,
) -> JobRun:
    """The night of a business date: the one that waits or runs, else a new one.

    The first is keyed by the date, a later one by date and number, so that any number of
    triggers at once come to one job. `accepts`: what of it is confirmed (tiering/held.py).
    """
    return _request_dated(plan.NIGHTLY, date, by=by, now=now, params=_accepting(accepts))


def request_detection(*, date: datetime.date, by: User | None, now: datetime.datetime) -> JobRun:
    """Looking for flags as of a business date; keyed as nights are."""
    return _request_dated(plan.DETECTION, date, by=by, now=now, params={})


def _request_dated(
    kind: str,
    date: datetime.date,
    *,
    by: User | None,
    now: datetime.datetime,
    params: dict[str, Any],
) -> JobRun:
    done = JobRun.objects.filter(kind=kind, business_date=date, state__in=FINAL).count()
    key = f"{date}/{done + 1}" if done else date.isoformat()
    return jobs.request_job(kind=kind, key=key, business_date=date, by=by, now=now, params=params)


def _accepting(accepts: dict[str, Any] | None) -> dict[str, Any]:
    return {} if accepts is None else {"accepts": accepts}


def check_can_recalculate(*, by: User, now: datetime.datetime) -> None:
    today = firm_date(now)
    if not scope_of(by, on=today).may(Right.RUN_NIGHT):
        raise Forbidden(_("You may not start a calculation."))
    plan.check_can_run(date=today, book=plan.open_book(today=today))


def recalculate(*, by: User, now: datetime.datetime) -> JobRun:
    """Evaluate today again, now: a late import or new rules need not wait for the night."""
    check_can_recalculate(by=by, now=now)
    return request_night(date=firm_date(now), by=by, now=now)


def request_replay(
    *,
    first: datetime.date,
    last: datetime.date,
    by: User | None,
    now: datetime.datetime,
    accepts: dict[str, Any] | None = None,
) -> JobRun:
    """The nights from `first` to `last`, and all evaluated after, again: in one commit."""
    if last < first:
        raise Refused(_("The last date lies before the first."))
    plan.check_is_evaluable(date=first, book=plan.open_book(today=firm_date(now)))
    params = {"first": first.isoformat(), "last": last.isoformat()} | _accepting(accepts)
    return jobs.request_job(kind=plan.REPLAY, business_date=last, by=by, now=now, params=params)
