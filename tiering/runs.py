"""What a night, a replay of several, or the detection after it did; for reading."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from customers.models import Customer
from firm.models import JobRun
from firm.roles import Right
from firm.scope import Scope
from tiering import corrections, wording
from tiering.chips import Chip, unranked
from tiering.held import HeldRun
from tiering.models import Evaluation, RuleSet, TierChange
from tiering.models.standing import Reason
from tiering.plan import DETECTION, KINDS

UP = [Reason.UPGRADED]
DOWN = [Reason.DOWNGRADED, Reason.NONPOSITIVE]
MOVES = {"": UP + DOWN, "up": UP, "down": DOWN}


@dataclass(frozen=True)
class Run:
    """A job with the evaluations it made, in order of as_of: one a night, several where it
    caught up or replayed, none where nothing had changed or where it was to look for flags.
    `corrected` are the movers of those that evaluated a date again.
    """

    job: JobRun
    evaluations: list[Evaluation]
    corrected: dict[int, dict[str, int]]

    @property
    def title(self) -> str:
        if "first" in self.job.params:
            days = (datetime.date.fromisoformat(self.job.params[key]) for key in ("first", "last"))
            return wording.replay_title(*days)
        assert self.job.business_date is not None  # every night and detection has one
        if self.is_detection:
            return wording.detection_title(self.job.business_date)
        return wording.run_title(self.job.business_date)

    @property
    def is_detection(self) -> bool:
        return self.job.kind == DETECTION

    @property
    def is_open(self) -> bool:
        return self.job.state in (JobRun.State.QUEUED, JobRun.State.RUNNING)

    @property
    def is_done(self) -> bool:
        return self.job.state == JobRun.State.DONE

    @property
    def held(self) -> HeldRun | None:
        return HeldRun(self.job) if self.job.state == JobRun.State.HELD else None

    @property
    def flags(self) -> dict[str, int] | None:
        """By what became of them: opened, reopened, changed, closed."""
        return self.job.counts if self.is_detection and "opened" in self.job.counts else None

    @property
    def took(self) -> str:
        if self.job.started_at is None or self.job.finished_at is None:
            return ""
        return wording.duration_text(self.job.finished_at - self.job.started_at)

    @property
    def last(self) -> Evaluation | None:
        return self.evaluations[-1] if self.evaluations else None

    @property
    def rule_set(self) -> RuleSet | None:
        return self.last.rule_set if self.last else None

    @property
    def customers(self) -> int:
        return self.last.counts.get("customers", 0) if self.last else 0

    @property
    def upgraded(self) -> int:
        return self._moved("upgraded")

    @property
    def downgraded(self) -> int:
        return self._moved("downgraded")

    @property
    def moved(self) -> int:
        return self.upgraded + self.downgraded

    @property
    def first(self) -> int:
        return self._sum("first")

    @property
    def entries(self) -> int:
        return self._sum("entries")

    def _moved(self, way: str) -> int:
        return sum(self.corrected.get(one.pk, one.counts).get(way, 0) for one in self.evaluations)

    def _sum(self, count: str) -> int:
        return sum(evaluation.counts.get(count, 0) for evaluation in self.evaluations)


def jobs() -> QuerySet[JobRun]:
    evaluations = Evaluation.objects.select_related("rule_set").order_by("as_of", "id")
    return (
        JobRun.objects.filter(kind__in=[*KINDS, DETECTION])
        .select_related("requested_by")
        .prefetch_related(Prefetch("evaluations", queryset=evaluations))
    )


def run_of(job: JobRun) -> Run:
    """`job` comes from `jobs()`."""
    return runs_of([job])[0]


def runs_of(rows: Sequence[JobRun]) -> list[Run]:
    """Of rows from `jobs()`."""
    made = [list(job.evaluations.all()) for job in rows]
    again = [one.pk for found in made for one in found if one.supersedes_id and not one.is_ahead]
    counts = corrections.counted(again)
    return [
        Run(job, found, {one.pk: counts[one.pk] for one in found if one.pk in counts})
        for job, found in zip(rows, made, strict=True)
    ]


@dataclass(frozen=True)
class TierCount:
    """Customers of one tier before and after a run; `before` is None for the first one.
    `share` is the tier's part of all customers, in per cent.
    """

    chip: Chip
    before: int | None
    after: int
    share: float


def tier_counts(run: Run, ranked: dict[str, Chip]) -> list[TierCount]:
    """Customers per tier from the top, beside those that held before this run."""
    if run.last is None:
        return []
    former = (
        Evaluation.objects.real()
        .filter(pk__lt=min(evaluation.pk for evaluation in run.evaluations))
        .order_by("-as_of", "-pk")
        .first()
    )
    return [
        TierCount(
            chip=chip,
            before=_customers(former, code) if former else None,
            after=_customers(run.last, code),
            share=100 * _customers(run.last, code) / max(run.customers, 1),
        )
        for code, chip in ranked.items()
    ]


def _customers(evaluation: Evaluation, code: str) -> int:
    count: int = evaluation.counts.get("tiers", {}).get(code, {}).get("customers", 0)
    return count


def moves(run: Run, moved: str) -> QuerySet[TierChange]:
    """Changes of tier in a run, `moved` up, down or both ("")."""
    if not run.moved:
        return TierChange.objects.none()
    plain = [one.pk for one in run.evaluations if one.pk not in run.corrected]
    wanted = Q(evaluation__in=plain, reason__in=MOVES[moved])
    if run.corrected:
        wanted |= Q(pk__in=corrections.moved(list(run.corrected), moved))
    return TierChange.objects.filter(wanted).select_related("customer", "earned_tier")


@dataclass(frozen=True)
class Mover:
    """A customer who moved; `revenue` is None where it isn't the reader's to see."""

    customer: Customer
    as_of: datetime.date
    before: Chip
    after: Chip
    reason: str
    has_file: bool
    revenue: Decimal | None


def movers(
    run: Run, rows: list[TierChange], ranked: dict[str, Chip], *, scope: Scope
) -> list[Mover]:
    recorded = corrections.tiers_before(list(run.corrected))
    return [
        _mover(row, recorded.get(row.pk, row.explanation.get("before", "")), ranked, scope)
        for row in rows
    ]


def _mover(row: TierChange, before: str, ranked: dict[str, Chip], scope: Scope) -> Mover:
    has_file = scope.has_file(row.customer.owner_id, row.customer.backup_id)
    after = row.earned_tier.code
    return Mover(
        customer=row.customer,
        as_of=row.as_of,
        before=ranked.get(before) or unranked(before),
        after=ranked.get(after) or unranked(after),
        reason=wording.reason_of_move(row.reason),
        has_file=has_file,
        revenue=row.trailing_revenue if has_file and scope.may(Right.REVENUE) else None,
    )


def left_out(run: Run) -> list[Customer]:
    """Customers whose sums no money column can hold: their tier stayed as it was."""
    failed: list[dict[str, Any]] = run.last.counts.get("failed", []) if run.last else []
    ids = [row["customer"] for row in failed]
    return list(Customer.objects.filter(pk__in=ids).order_by("code")) if ids else []
