"""What holds a run for confirmation, and what confirms it."""

import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from firm import audit, jobs, outbox
from firm.dates import firm_date
from firm.models import JobRun, User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of
from tiering import held, plan
from tiering.actions.runs import request_night, request_replay
from tiering.engine.breaker import Verdict
from tiering.models import HeldMove


@transaction.atomic
def hold_run(*, job: JobRun, verdict: Verdict, now: datetime.datetime) -> None:
    """End the job with why it is held and who would have moved; the administrators are told.

    What the run wrote is undone already. Raises LeaseLost where the job is not ours any more.
    """
    movers = verdict.movers
    assert job.business_date is not None
    assert verdict.rules is not None
    facts = {
        "as_of": str(verdict.as_of),
        "rules": verdict.rules.number,
        "stops": verdict.stops,
        "down": movers.down,
        "up": movers.up,
        "foreseen": movers.foreseen,
        "digest": movers.digest,
        "listed": len(movers.listed),
        "is_changed": "digest" in job.params.get("accepts", {}),
    }
    jobs.finish(job, now=now, state=JobRun.State.HELD, counts={"written": 0, "held": facts})
    for move in movers.listed:
        move.job = job
    HeldMove.objects.bulk_create(movers.listed, batch_size=500)
    for person in jobs.administrators(now):
        outbox.queue(
            "run_held",
            recipient=person,
            now=now,
            date=job.business_date.isoformat(),
            down=movers.down,
            up=movers.up,
        )


def check_can_accept(*, run: JobRun, by: User | None, now: datetime.datetime) -> None:
    """`by=None` is the command line."""
    today = firm_date(now)
    if by is not None and not scope_of(by, on=today).may(Right.RUN_NIGHT):
        raise Forbidden(_("You may not confirm a held run."))
    if run.state != JobRun.State.HELD or run.kind not in plan.KINDS:
        raise Refused(_("This run is not held for confirmation."))
    if held.is_overtaken(run, on=today):
        raise Refused(_("A later run has taken its place. If that one is held, confirm that one."))
    if JobRun.objects.filter(kind=run.kind, state__in=["queued", "running"]).exists():
        raise Refused(_("A run is in progress. Wait until it has finished."))
    if run.kind == plan.NIGHTLY:
        assert run.business_date is not None
        plan.check_can_run(date=run.business_date, book=plan.open_book(today=today))


@transaction.atomic
def accept_held(*, run: JobRun, by: User | None, now: datetime.datetime, **channel: str) -> JobRun:
    """Evaluate a held run's dates again, and let the result hold if the same customers move.

    Where others would move by then, the new run is held with the new list. `channel` is recorded
    with the audit event: through what, and as which user of the system.
    """
    run = JobRun.objects.select_for_update().get(pk=run.pk)
    check_can_accept(run=run, by=by, now=now)
    facts: dict[str, Any] = {key: run.counts["held"][key] for key in ("down", "up")}
    facts["date"] = str(run.business_date)
    audit.record("held_run_accepted", by=by, now=now, subject=run, **facts | channel)
    accepts = {"run": run.pk, "digest": run.counts["held"]["digest"]}
    if run.kind == plan.NIGHTLY:
        assert run.business_date is not None
        return request_night(date=run.business_date, by=by, now=now, accepts=accepts)
    first, last = (datetime.date.fromisoformat(run.params[key]) for key in ("first", "last"))
    return request_replay(first=first, last=last, by=by, now=now, accepts=accepts)
