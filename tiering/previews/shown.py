"""A preview for its readers: matrices, movers and back-test, with the tiers' chips."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.models import Customer, CustomerSnapshot
from firm.dates import add_months
from firm.formats import full_day
from firm.models import JobRun
from firm.roles import Right
from firm.scope import Scope
from tiering.chips import Chip, chip_of, unranked
from tiering.conditions import stored_notes
from tiering.models import Preview, PreviewMove, RuleSet, Tier
from tiering.models.standing import Reason
from tiering.version_rows import load_by_id, tiers_of

Way = PreviewMove.Way
Cause = PreviewMove.Cause
DOWN = (Reason.DOWNGRADED, Reason.NONPOSITIVE)
KEEPING = (Reason.KEPT_BY_KEEP_BOUND, Reason.GRACE, Reason.MINIMUM_TENURE)

LEAVING, ENTERING = (Way.DOWN, Way.GRACE), (Way.UP, Way.FIRST)

# The tabs over the movers: which ways each shows, and whether only those others have moved.
TABS: dict[str, tuple[Way, ...]] = {
    "": (Way.DOWN, Way.UP, Way.FIRST, Way.GRACE, Way.KEPT),
    "down": (Way.DOWN,),
    "up": (Way.UP,),
    "grace": (Way.GRACE,),
    "kept": (Way.KEPT,),
    "first": (Way.FIRST,),
    "rank": (Way.DOWN, Way.UP),
}


@dataclass(frozen=True)
class Cell:
    """Customers from one tier to another; `revenue` is None where it isn't the reader's to see."""

    count: int
    revenue: Decimal | None
    stays: bool


@dataclass(frozen=True)
class Row:
    """`chip` is None for customers who have no tier yet."""

    chip: Chip | None
    cells: list[Cell]
    sum: int


@dataclass(frozen=True)
class Matrix:
    """Rows from the tiers of today, columns to those of the draft."""

    columns: list[Chip]
    rows: list[Row]
    sums: list[int]
    total: int

    @property
    def moved(self) -> int:
        return sum(cell.count for row in self.rows if row.chip for cell in row.cells) - sum(
            cell.count for row in self.rows if row.chip for cell in row.cells if cell.stays
        )


@dataclass(frozen=True)
class Losing:
    """An override to a tier that the draft does not have; `tier` is its code."""

    customer: int
    name: str
    tier: str
    last_day: datetime.date


class Shown:
    """One preview; everything that needs the database waits until it is asked for."""

    def __init__(self, preview: Preview) -> None:
        self.row = preview
        self.result: dict[str, Any] = preview.result

    @property
    def is_open(self) -> bool:
        return self.row.left_at is None and self._job_state in (
            JobRun.State.QUEUED,
            JobRun.State.RUNNING,
        )

    @property
    def is_dead(self) -> bool:
        return self._job_state == JobRun.State.FAILED

    @property
    def _job_state(self) -> str:
        return self.row.job.state if self.row.job else JobRun.State.DONE

    @property
    def as_of(self) -> datetime.date | None:
        return _date(self.result.get("as_of"))

    @property
    def waits_since(self) -> datetime.date | None:
        """The draft's own evaluation date, where a later one has been evaluated already."""
        return _date(self.result.get("waits_since"))

    @property
    def has_result(self) -> bool:
        return self.row.computed_at is not None and self.as_of is not None

    @property
    def valid_until(self) -> datetime.datetime | None:
        from_when = self.row.computed_at
        return from_when + datetime.timedelta(hours=24) if from_when else None

    @property
    def moves(self) -> dict[str, int]:
        found: dict[str, int] = self.result["moves"]
        return found

    @property
    def rank_effect(self) -> int:
        return self.result["moves"]["causes"][Cause.RANK]

    @property
    def anyway(self) -> int:
        """Movers whose tier changes under the version in force, too."""
        return self.result["moves"]["causes"][Cause.FACTS]

    @property
    def moved(self) -> int:
        return self.moves[Way.UP] + self.moves[Way.DOWN]

    @property
    def is_share(self) -> bool:
        return self.row.draft.method == RuleSet.Method.SHARE

    @cached_property
    def present(self) -> RuleSet | None:
        """The version that was in force."""
        present = self.result.get("present")
        return RuleSet.objects.get(pk=present) if present else None

    def load(self) -> None:
        """Read both versions with their rows at once, for a page or a file."""
        self.present = load_by_id(self.row.draft, self.result.get("present"))

    @property
    def losing(self) -> list[Losing]:
        """Of a preview that was read with them (views/previews.py)."""
        return [
            Losing(row["customer"], row["name"], row["tier"], _day_before(row["ends_on"]))
            for row in self.row.losing  # type: ignore[attr-defined]
        ]

    @cached_property
    def draft_chips(self) -> dict[int, Chip]:
        return _chips(self.row.draft)

    @cached_property
    def present_chips(self) -> dict[int, Chip]:
        return _chips(self.present) if self.present else {}

    @property
    def first_fall(self) -> datetime.date | None:
        """When the first of those who begin a grace period would move down."""
        in_grace = self.row.moves.filter(way=Way.GRACE, below_since__isnull=False)
        first = in_grace.order_by("below_since").first()
        return falls_on(self, first) if first else None

    def chip(self, tier: int | None, *, before: bool = False) -> Chip | None:
        """A tier's chip in the version in force, or in the draft."""
        if tier is None:
            return None
        first, second = self.draft_chips, self.present_chips
        if before:
            first, second = second, first
        return first.get(tier) or second.get(tier) or self._gone[tier]

    @cached_property
    def _gone(self) -> dict[int, Chip]:
        """Tiers that neither version has, kept by customers who could not be evaluated."""
        return {tier.pk: unranked(tier.code) for tier in Tier.objects.all()}

    def matrix(self, which: str, *, with_revenue: bool) -> Matrix:
        """`which` is "raw" or "earned"."""
        found = {
            (before, after): (count, Decimal(revenue))
            for before, after, count, revenue in self.result[which]
        }
        after = _ordered({pair[1] for pair in found}, self.draft_chips)
        before = _ordered({pair[0] for pair in found}, self.present_chips)
        rows = []
        for tier in before:
            cells = [found.get((tier, other), (0, Decimal(0))) for other in after]
            rows.append(
                Row(
                    chip=self.chip(tier, before=True),
                    cells=[
                        Cell(count, revenue if with_revenue else None, tier == other)
                        for other, (count, revenue) in zip(after, cells, strict=True)
                    ],
                    sum=sum(count for count, __ in cells),
                )
            )
        sums = [sum(row.cells[place].count for row in rows) for place in range(len(after))]
        columns = [chip for tier in after if (chip := self.chip(tier))]
        return Matrix(columns=columns, rows=rows, sums=sums, total=sum(sums))


def shown_of(preview: Preview) -> Shown:
    return Shown(preview)


def moves_of(preview: Preview, tab: str) -> QuerySet[PreviewMove]:
    """The movers of one tab (TABS), the largest first."""
    moves = preview.moves.filter(way__in=TABS[tab])
    if tab == "rank":
        moves = moves.filter(cause=Cause.RANK)
    return moves.select_related("customer__owner", "customer__snapshot")


@dataclass(frozen=True)
class Mover:
    """`falls_on` is the evaluation at which the grace period would end, for those in it.
    `missing` is what their revenue is short of the keep threshold. Amounts and `margin` (per cent)
    are None where they aren't the reader's to see.
    """

    move: PreviewMove
    customer: Customer
    before: Chip | None
    after: Chip
    falls_to: Chip | None
    falls_on: datetime.date | None
    has_file: bool
    revenue: Decimal | None
    margin: Decimal | None
    missing: Decimal | None

    @property
    def reason(self) -> str:
        """The engine's reason. Seen from today it can be that a move of this evaluation date,
        which the rules in force made, does not come about.
        """
        reason = self.move.reason
        if self.move.way == Way.DOWN and reason not in (*DOWN, Reason.INITIAL, Reason.PROVISIONAL):
            return _("The upgrade of this evaluation date falls away")
        if self.move.way == Way.UP and reason in (Reason.UNCHANGED, *KEEPING):
            return _("The downgrade of this evaluation date falls away")
        return self.move.get_reason_display()

    @property
    def notes(self) -> list[str]:
        """What else plays a part: another cause than the draft, the guard, what holds instead of
        the earned tier.
        """
        found = []
        if self.move.way in (Way.UP, Way.DOWN) and self.move.cause != Cause.OWN:
            found.append(self.move.get_cause_display())
        guards = self.move.explanation.get("guards", []) if self.margin is not None else []
        found += [
            _("margin below %(enter)s%%: at most %(cap)s") % guard
            for guard in guards
            if not guard["enters"]
        ]
        found += stored_notes(
            self.move.explanation.get("criteria", []),
            left=self.before.code if self.move.way in LEAVING and self.before else "",
            entered=self.after.code if self.move.way in ENTERING else "",
            may_margin=self.margin is not None,
        )
        return [*found, *_instead(self.customer.snapshot)]


def _instead(snapshot: CustomerSnapshot) -> list[str]:
    """The override or payment stop in force."""
    if snapshot.tier_source == CustomerSnapshot.TierSource.EARNED:
        return []
    label = snapshot.get_tier_source_display()
    if snapshot.tier_until is None:
        return [label]
    last = full_day(snapshot.tier_until - datetime.timedelta(days=1))
    return [_("%(source)s until %(last)s") % {"source": label, "last": last}]


def movers(shown: Shown, rows: list[PreviewMove], scope: Scope) -> list[Mover]:
    return [_mover(shown, row, scope) for row in rows]


def _mover(shown: Shown, move: PreviewMove, scope: Scope) -> Mover:
    customer = move.customer
    has_file = scope.has_file(customer.owner_id, customer.backup_id)
    revenue = move.trailing_revenue if has_file and scope.may(Right.REVENUE) else None
    after = shown.chip(move.earned_after_id)
    assert after is not None
    in_grace = move.reason == Reason.GRACE and move.below_since is not None
    return Mover(
        move=move,
        customer=customer,
        before=shown.chip(move.earned_before_id, before=True),
        after=after,
        falls_to=shown.chip(falls_to(shown, move)) if in_grace else None,
        falls_on=falls_on(shown, move) if in_grace else None,
        has_file=has_file,
        revenue=revenue,
        margin=_margin(move) if revenue is not None and scope.may(Right.MARGIN) else None,
        missing=_missing(move) if in_grace and revenue is not None else None,
    )


def falls_on(shown: Shown, move: PreviewMove) -> datetime.date | None:
    """The evaluation that would end the grace period, if nothing changes."""
    if move.below_since is None or shown.as_of is None:
        return None
    last = add_months(move.below_since, shown.row.draft.grace_evaluations - 1)
    return max(last, add_months(shown.as_of.replace(day=1), 1))


def falls_to(shown: Shown, move: PreviewMove) -> int:
    """The tier that then follows."""
    if shown.row.draft.drop == RuleSet.Drop.TO_RAW:
        return move.raw_after_id
    tiers = list(shown.draft_chips)
    below = tiers.index(move.earned_after_id) + 1 if move.earned_after_id in tiers else 0
    return tiers[min(below, len(tiers) - 1)]


def _margin(move: PreviewMove) -> Decimal | None:
    """As the draft's guard reads it; without one, after the cost to serve."""
    for guard in move.explanation.get("guards", []):
        return Decimal(guard["value"]) if "value" in guard else None
    if move.trailing_revenue <= 0 or not move.cost_to_serve:
        return None
    return 100 * (move.trailing_revenue - move.cost_to_serve) / move.trailing_revenue


def _missing(move: PreviewMove) -> Decimal | None:
    left = Decimal(move.explanation.get("down", 0))
    return -left if left < 0 else None


def _chips(rules: RuleSet) -> dict[int, Chip]:
    return {rule.tier_id: chip_of(rule) for rule in tiers_of(rules)}


def _ordered(found: set[int | None], chips: dict[int, Chip]) -> list[int | None]:
    """Every tier of the version, from the top; then others that occur, then None."""
    others = sorted(tier for tier in found if tier is not None and tier not in chips)
    return [*chips, *others, *([None] if None in found else [])]


def _day_before(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text) - datetime.timedelta(days=1)


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
