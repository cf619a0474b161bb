"""Where the nights stand, in one query, for the frame of every page."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery

from firm.dates import firm_date, firm_zone
from firm.models import JobRun
from tiering.models import Evaluation
from tiering.plan import KINDS, NIGHTLY

NIGHT_MAY_TAKE = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class NightStatus:
    """`data_until` is the last day whose revenue counts, None before the first evaluation.
    `held` is the job of the night after it that waits for confirmation, if there is one.
    """

    business_date: datetime.date
    finished_at: datetime.datetime
    data_until: datetime.date | None
    version: int | None
    is_running: bool
    is_late: bool
    held: int | None


def night_status(*, now: datetime.datetime) -> NightStatus | None:
    """The last night that has ended, none worked out ahead; None before the first."""
    today = firm_date(now)
    evaluations = Evaluation.objects.known_on(today).order_by("-as_of", "-pk")
    running = JobRun.objects.filter(
        kind__in=KINDS, state__in=[JobRun.State.QUEUED, JobRun.State.RUNNING]
    )
    held = JobRun.objects.filter(
        kind=NIGHTLY, state=JobRun.State.HELD, pk__gt=OuterRef("pk"), business_date__lte=today
    ).order_by("-pk")
    night = (
        JobRun.objects.filter(kind=NIGHTLY, state=JobRun.State.DONE, business_date__lte=today)
        .annotate(
            as_of=Subquery(evaluations.values("as_of")[:1]),
            version=Subquery(evaluations.values("rule_set__number")[:1]),
            is_running=Exists(running),
            held=Subquery(held.values("pk")[:1]),
        )
        .order_by("-business_date", "-pk")
        .first()
    )
    if night is None or night.business_date is None or night.finished_at is None:
        return None
    return NightStatus(
        business_date=night.business_date,
        finished_at=night.finished_at,
        data_until=night.as_of and night.as_of - datetime.timedelta(days=1),
        version=night.version,
        is_running=night.is_running,
        is_late=night.business_date < _expected(now),
        held=night.held,
    )


def _expected(now: datetime.datetime) -> datetime.date:
    """The night that should have ended: today's an hour after it starts, before that the last."""
    local = now.astimezone(firm_zone())
    starts = datetime.time.fromisoformat(settings.NIGHT_STARTS_AT)
    due = datetime.datetime.combine(local.date(), starts, firm_zone()) + NIGHT_MAY_TAKE
    return local.date() if local >= due else local.date() - datetime.timedelta(days=1)
