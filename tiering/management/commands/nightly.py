"""`manage.py nightly`: evaluate business dates here and now. See `--help`."""

import datetime
import getpass
import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from firm import jobs
from firm.dates import firm_date, today
from firm.models import JobRun, User
from firm.refusals import Refused
from firm.wording import error_text
from tiering import actions, held, plan
from tiering.held import HeldRun

FINAL = (JobRun.State.DONE, JobRun.State.FAILED, JobRun.State.HELD)
ASK_AGAIN_AFTER = 0.5  # seconds


class Command(BaseCommand):
    help = (
        "Does the nightly jobs of a business date: tiers, then flags, these also where the tiers"
        " are held. A date done before is evaluated again, and only differences are written. Exit"
        " status: 0 done, 1 refused, held for confirmation or failed, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        day = datetime.date.fromisoformat
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--date", type=day, metavar="DATE", help="one business date")
        which.add_argument(
            "--from",
            type=day,
            dest="first",
            metavar="DATE",
            help="the nights from here to --to, in one commit; those done before are superseded",
        )
        which.add_argument(
            "--replay-from",
            type=day,
            metavar="DATE",
            help="this night and all evaluated after it, as superseding evaluations",
        )
        parser.add_argument("--to", type=day, dest="last", metavar="DATE", help="with --from")
        parser.add_argument(
            "--monthly",
            action="store_true",
            help="with --from: the first of each month (evaluation dates in between that the"
            " rules ask for are never left out)",
        )
        parser.add_argument(
            "--accept-held",
            action="store_true",
            help="confirm the held run of these dates: its result takes effect if the same"
            " customers move, else it is held again. Where none is held, whatever would be held"
            " takes effect. Covers a replay as a whole",
        )
        parser.add_argument("--json", action="store_true", help="answer as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["first"] is None) != (options["last"] is None):
            raise CommandError(_("--from and --to belong together."), returncode=2)
        try:
            job = _requested(options)
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        job = _done(job)
        flags = _flags_of(job)
        if options["json"]:
            answer = _as_json(job) | {"detection": _flags_as_json(flags)}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self._tell(job)
            self._tell_flags(flags)
        for done in (job, flags):
            if done is not None and done.state == JobRun.State.FAILED:
                raise CommandError(error_text(done.error))
        if job.state == JobRun.State.HELD:
            raise CommandError(_why_held(HeldRun(job)))

    def _tell(self, job: JobRun) -> None:
        for evaluation in job.evaluations.order_by("pk"):
            counts = evaluation.counts
            self.stdout.write(
                _(
                    "%(as_of)s: %(customers)s customers, %(first)s first evaluations,"
                    " %(upgraded)s up, %(downgraded)s down"
                )
                % {"as_of": evaluation.as_of, **counts}
            )
        if "skipped" in job.counts:
            self.stdout.write(error_text(job.counts["skipped"]))
        elif job.state == JobRun.State.DONE:
            written = job.counts["written"]
            self.stdout.write(_("Done; rows written: %(written)s") % {"written": written})

    def _tell_flags(self, flags: JobRun | None) -> None:
        if flags is None or flags.state != JobRun.State.DONE:
            return
        if "skipped" in flags.counts:
            self.stdout.write(error_text(flags.counts["skipped"]))
            return
        self.stdout.write(
            _(
                "Flags: %(opened)s new, %(reopened)s back again, %(changed)s changed,"
                " %(closed)s closed; rows written: %(written)s"
            )
            % flags.counts
        )


def _why_held(held: HeldRun) -> str:
    lines = [
        _("Held for confirmation; nothing has changed. %(down)s would move down, %(up)s up.")
        % {"down": held.down, "up": held.up},
        *held.sentences(unit=User.MoneyUnit.YEN),
        _("Correct the ledger and run it again, or confirm it with --accept-held."),
    ]
    if held.is_changed:
        lines.insert(1, _("It was confirmed, but other customers would move now."))
    return "\n".join(lines)


def _requested(options: dict[str, Any]) -> JobRun:
    if options["date"]:
        return _night(options["date"], accept=options["accept_held"])
    first = options["first"] or options["replay_from"]
    last = options["last"] or first
    if options["monthly"]:
        first, last = _first_on_or_after(first), last.replace(day=1)
    return _replay(first, last, accept=options["accept_held"])


def _night(date: datetime.date, *, accept: bool) -> JobRun:
    plan.check_can_run(date=date, book=plan.open_book(today=today()))
    waiting = held.waiting(kind=plan.NIGHTLY, business_date=date) if accept else None
    if waiting is not None:
        return _accepted(waiting)
    return actions.request_night(
        date=date, by=None, now=timezone.now(), accepts={} if accept else None
    )


def _replay(first: datetime.date, last: datetime.date, *, accept: bool) -> JobRun:
    dates = {"params__first": first.isoformat(), "params__last": last.isoformat()}
    waiting = held.waiting(kind=plan.REPLAY, **dates) if accept else None
    if waiting is not None:
        return _accepted(waiting)
    return actions.request_replay(
        first=first, last=last, by=None, now=timezone.now(), accepts={} if accept else None
    )


def _accepted(run: JobRun) -> JobRun:
    return actions.accept_held(
        run=run, by=None, now=timezone.now(), channel="command", os_user=getpass.getuser()
    )


def _first_on_or_after(date: datetime.date) -> datetime.date:
    return date if date.day == 1 else (date.replace(day=28) + datetime.timedelta(4)).replace(day=1)


def _done(job: JobRun) -> JobRun:
    """The finished job: done by us, or by the worker who was faster. Should that one die, the
    job becomes ours.
    """
    while True:
        jobs.run(job.pk, now=timezone.now())
        job = JobRun.objects.get(pk=job.pk)
        if job.state in FINAL:
            return job
        time.sleep(ASK_AGAIN_AFTER)


def _flags_of(night: JobRun) -> JobRun | None:
    """Looking for flags after the night, or the last of several; not for one still to come."""
    now = timezone.now()
    assert night.business_date is not None
    if night.business_date > firm_date(now):
        return None
    return _done(actions.request_detection(date=night.business_date, by=None, now=now))


def _flags_as_json(flags: JobRun | None) -> dict[str, Any] | None:
    if flags is None:
        return None
    counts = {"written": 0} | flags.counts
    return {
        "state": flags.state,
        "business_date": str(flags.business_date),
        **counts,
        "skipped": error_text(flags.counts.get("skipped", {})) or None,
        "error": error_text(flags.error) or None,
    }


def _as_json(job: JobRun) -> dict[str, Any]:
    return {
        "state": job.state,
        "business_date": str(job.business_date),
        "written": job.counts.get("written", 0),
        "skipped": error_text(job.counts.get("skipped", {})) or None,
        "error": error_text(job.error) or None,
        "held": job.counts.get("held"),
        "evaluations": [
            {
                "id": evaluation.pk,
                "as_of": str(evaluation.as_of),
                "business_date": str(evaluation.business_date),
                "is_replay": evaluation.is_replay,
                "cutoff": evaluation.cutoff,
                "rules": evaluation.rule_set.number,
                "counts": evaluation.counts,
            }
            for evaluation in job.evaluations.select_related("rule_set").order_by("pk")
        ],
    }
