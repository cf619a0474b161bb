"""Passes in order, in the caller's transaction: nothing is seen of them before its commit."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from customers.models import Import
from firm.dates import firm_date
from firm.models import JobRun
from tiering.engine import VERSION, counts, fold, snapshot, step
from tiering.engine.judge import Judged, judge
from tiering.models import Evaluation, RuleSet


@dataclass(frozen=True)
class Pass:
    """One evaluation to do: which date, for which night, by which version of the rules.

    `known_from` is the day from which its result counts.
    """

    as_of: datetime.date
    business_date: datetime.date
    known_from: datetime.date
    rules: RuleSet
    is_replay: bool = False
    is_ahead: bool = False


@dataclass
class Outcome:
    """What came of a run; `written` counts the rows of all tables but JobRun."""

    evaluations: list[Evaluation] = field(default_factory=list)
    written: int = 0


def evaluate(
    passes: list[Pass],
    *,
    job: JobRun,
    now: datetime.datetime,
    progress: Callable[[int, int], None],
) -> Outcome:
    """Do the passes, which are in order of `as_of`, those made ahead last.

    Where they start before the latest evaluated date they must hold every evaluated date from
    there on (tiering/plan.py): the state before the first one is rebuilt from the history.
    """
    real = [one for one in passes if not one.is_ahead]
    ahead = [one for one in passes if one.is_ahead]
    with connection.cursor() as cursor:
        # Long statements are this job's business; compiling them costs more than it saves.
        cursor.execute(
            "SELECT set_config('statement_timeout', '0', true), set_config('jit', 'off', true)"
        )
        run = _Run(cursor, job=job, now=now, progress=progress, total=len(passes))
        latest = Evaluation.objects.real().defer("counts").order_by("as_of", "pk").last()
        if real and latest is not None and real[0].as_of < latest.as_of:
            run.replay(real)
        elif real:
            run.go_on(real, latest)
        if ahead:
            run.look_ahead(ahead)
    return run.outcome


class _Run:
    """The cursor, and what all passes of a run share."""

    def __init__(
        self,
        cursor: CursorWrapper,
        *,
        job: JobRun,
        now: datetime.datetime,
        progress: Callable[[int, int], None],
        total: int,
    ) -> None:
        self.cursor, self.job, self.now = cursor, job, now
        self._progress, self._done, self._total = progress, 0, total
        self.outcome = Outcome()
        self.cutoff = Import.objects.aggregate(last=Max("applied_no"))["last"] or 0

    def go_on(self, passes: list[Pass], latest: Evaluation | None) -> None:
        """From the standings as they are, which `latest` left: what every ordinary night does."""
        same_rules = latest is not None and latest.rule_set_id == passes[0].rules.pk
        for one in passes:
            judged = judge(self.cursor, rules=one.rules, as_of=one.as_of, state=fold.STANDING)
            recorded = latest if latest is not None and latest.as_of == one.as_of else None
            if judged.changed.rows or recorded is None or recorded.rule_set_id != one.rules.pk:
                latest = self._append(one, recorded)
                self._write(one, judged, fold.STANDING, latest)
                self.outcome.written += judged.changed.rows
                self._close(latest, judged, fold.STANDING)
            self._advance()
        self._sync_snapshot(passes[-1], judged, only_changed=same_rules and len(passes) == 1)

    def replay(self, passes: list[Pass]) -> None:
        """From the history: recompute, and append what differs from what is recorded."""
        fold.rebuild(self.cursor, before=passes[0].as_of)
        overlaid = None
        for one in passes:
            if one.as_of != overlaid:
                fold.overlay(self.cursor, as_of=one.as_of)
                overlaid = one.as_of
            judged = judge(self.cursor, rules=one.rules, as_of=one.as_of, state=fold.TEMPORARY)
            evaluation = recorded = Evaluation.objects.real().latest_for(one.as_of)
            if evaluation is None or judged.changed.moved or not self._repeats(one, evaluation):
                evaluation = self._append(one, recorded)
            self._write(one, judged, fold.TEMPORARY, evaluation)
            if evaluation is not recorded:
                self._close(evaluation, judged, fold.TEMPORARY)
            self._advance()
        self.outcome.written += fold.sync_standing(self.cursor, as_of=passes[-1].as_of)
        self._sync_snapshot(passes[-1], judged, only_changed=False)

    def look_ahead(self, passes: list[Pass]) -> None:
        """Beyond the standings, without touching them. Each pass is recorded by itself: all that
        would differ from the standings of today.
        """
        fold.copy_standing(self.cursor)
        youngest = Evaluation.objects.real().aggregate(last=Max("pk"))["last"] or 0
        recorded_ahead = Evaluation.objects.filter(is_ahead=True, pk__gt=youngest)
        for one in passes:
            judged = judge(self.cursor, rules=one.rules, as_of=one.as_of, state=fold.TEMPORARY)
            evaluation = recorded = recorded_ahead.latest_for(one.as_of)
            if evaluation is None or not self._repeats(one, evaluation):
                evaluation = self._append(one, recorded)
            self._write_state(one, judged, fold.TEMPORARY, evaluation)
            if evaluation is not recorded:
                self.outcome.written += step.write_history_ahead(
                    self.cursor, ladder=judged.ladder, evaluation=evaluation.pk, as_of=one.as_of
                )
                self._close(evaluation, judged, fold.TEMPORARY)
            self._advance()

    def _repeats(self, one: Pass, recorded: Evaluation) -> bool:
        """Whether this pass read what the recorded one read, and goes by the same rules."""
        return (
            recorded.rule_set_id == one.rules.pk
            and recorded.cutoff == self.cutoff
            and counts.same_totals(recorded.counts, counts.totals(self.cursor))
        )

    def _append(self, one: Pass, recorded: Evaluation | None) -> Evaluation:
        evaluation = Evaluation.objects.create(
            job=self.job,
            as_of=one.as_of,
            business_date=one.business_date,
            known_from=one.known_from,
            cutoff=self.cutoff,
            rule_set=one.rules,
            engine_version=VERSION,
            is_replay=one.is_replay,
            is_ahead=one.is_ahead,
            supersedes=recorded,
            evaluated_at=self.now,
        )
        self.outcome.evaluations.append(evaluation)
        self.outcome.written += 1
        return evaluation

    def _write(self, one: Pass, judged: Judged, state: str, evaluation: Evaluation) -> None:
        """History and state of a pass that is no look ahead."""
        if judged.changed.moved:
            step.write_history(
                self.cursor, ladder=judged.ladder, evaluation=evaluation.pk, as_of=one.as_of
            )
        self._write_state(one, judged, state, evaluation)
        self.outcome.written += judged.changed.moved

    def _write_state(self, one: Pass, judged: Judged, state: str, evaluation: Evaluation) -> None:
        step.write_state(
            self.cursor,
            judged.changed,
            fold=state,
            evaluation=evaluation.pk,
            as_of=one.as_of,
        )

    def _close(self, evaluation: Evaluation, judged: Judged, state: str) -> None:
        """Store what the pass came to."""
        evaluation.counts = {
            **counts.totals(self.cursor),
            **counts.of_tiers(self.cursor, fold=state, ladder=judged.ladder),
            "failed": [
                {"customer": customer, "code": "amount_out_of_range"}
                for customer in judged.changed.failed
            ],
        }
        if evaluation.rule_set.method == RuleSet.Method.SHARE:
            evaluation.counts["cuts"] = counts.cuts_of(judged.ladder)
        evaluation.save(update_fields=["counts"])

    def _sync_snapshot(self, last: Pass, judged: Judged, *, only_changed: bool) -> None:
        self.outcome.written += snapshot.sync(
            self.cursor,
            ladder=judged.ladder,
            only_changed=only_changed,
            rules=last.rules.pk,
            on=firm_date(self.now),
        )

    def _advance(self) -> None:
        self._done += 1
        self._progress(self._done, self._total)
