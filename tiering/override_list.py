"""The lists of manual overrides, and the report by direction: up or down from the earned tier."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When
from django.db.models.functions import Greatest
from django.db.models.lookups import Exact, GreaterThan, LessThan
from django.utils.translation import gettext as _

from customers.models import Customer
from firm.business_time import ONE_DAY
from firm.roles import Right
from firm.scope import Scope
from tiering.chips import Chip, chip_of, unranked
from tiering.in_force import rules_on
from tiering.models import Override, TierRule
from tiering.models.override import OverrideQuerySet
from tiering.overrides import ENDING_SOON, visible_to


class Group(StrEnum):
    """The lists of the page."""

    REQUESTED = "requested"
    IN_FORCE = "in_force"
    ENDING = "ending"
    PAST = "past"

    @property
    def label(self) -> str:
        return {
            Group.REQUESTED: _("To decide"),
            Group.IN_FORCE: _("In force"),
            Group.ENDING: _("Ending within 30 days"),
            Group.PAST: _("Past"),
        }[self]

    @property
    def sort(self) -> str:
        return {Group.REQUESTED: "requested_at", Group.PAST: "-requested_at"}.get(self, "ends_on")


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    SAME = "same"

    @property
    def label(self) -> str:
        return {
            Direction.UP: _("Up from the earned tier"),
            Direction.DOWN: _("Down from the earned tier"),
            Direction.SAME: _("Same as the earned tier"),
        }[self]


@dataclass(frozen=True)
class Row:
    """`revenue` is None where the reader may not see it."""

    override: Override
    chip: Chip
    earned: Chip | None
    direction: Direction | None
    last_day: datetime.date
    days_left: int
    revenue: Decimal | None

    @property
    def ends_soon(self) -> bool:
        is_held = self.override.state == Override.State.APPROVED
        return is_held and 0 < self.days_left <= ENDING_SOON.days


@dataclass(frozen=True)
class Total:
    """Overrides in force of one direction; `revenue` is None where it may not be seen."""

    direction: Direction
    count: int
    revenue: Decimal | None


class Book:
    """The overrides a person may read on a day, with the tiers as that day's version ranks them."""

    def __init__(
        self, scope: Scope, *, on: datetime.date, ladder: Sequence[TierRule] | None = None
    ) -> None:
        """`ladder` is that version's, for who has it at hand."""
        self.scope, self.on = scope, on
        if ladder is None:
            rules = rules_on(on)
            ladder = list(rules.tiers.select_related("tier").order_by("rank")) if rules else []
        self.rank = {rule.tier_id: rule.rank for rule in ladder}
        self.chips = {rule.tier_id: chip_of(rule) for rule in ladder}
        self.by_rank = {rule.rank: chip_of(rule) for rule in ladder}
        self.rows = visible_to(scope)

    def group(self, group: Group) -> OverrideQuerySet:
        return self.rows.filter(self._are(group))

    def counts(self) -> dict[Group, int]:
        counted = {group.value: Count("pk", filter=self._are(group)) for group in Group}
        found = self.rows.aggregate(**counted)
        return {group: found[group.value] for group in Group}

    def _are(self, group: Group) -> Q:
        waits = Q(state=Override.State.REQUESTED)
        holds = Q(state=Override.State.APPROVED, ends_on__gt=self.on)
        match group:
            case Group.REQUESTED:
                return waits
            case Group.IN_FORCE:
                return holds
            case Group.ENDING:
                return holds & Q(starts_on__lte=self.on, ends_on__lte=self.on + ENDING_SOON)
            case _:
                return ~waits & ~holds

    def chosen(
        self, group: Group, *, direction: Direction | None = None, mine: bool = False
    ) -> OverrideQuerySet:
        rows = self.group(group).select_related(
            "customer__snapshot", "customer__owner", "tier", "earned_tier", "requested_by",
            "decided_by", "ended_by",
        )  # fmt: skip
        if mine:
            rows = rows.filter(customer__owner=self.scope.person_id)
        if direction is None:
            return rows
        rank, earned = self._compared(group)
        compare = {Direction.UP: LessThan, Direction.DOWN: GreaterThan, Direction.SAME: Exact}
        return rows.filter(compare[direction](rank, earned))

    def shown(self, overrides: Iterable[Override]) -> list[Row]:
        return [self.row(override) for override in overrides]

    def row(self, override: Override) -> Row:
        """Beside it the tier earned now; of what is past the one earned then."""
        snapshot = override.customer.snapshot
        rank = self.rank.get(override.tier_id)
        earned_rank: int | None = snapshot.earned_rank
        earned = self.by_rank.get(earned_rank or 0)
        if override.earned_tier_id and not self.is_open(override):
            earned_rank = self.rank.get(override.earned_tier_id)
            earned = self._chip(override.earned_tier_id, override.earned_tier.code)
        may = self.scope.may(Right.REVENUE)
        return Row(
            override=override,
            chip=self._chip(override.tier_id, override.tier.code),
            earned=earned,
            direction=_direction(rank, earned_rank),
            last_day=override.until - ONE_DAY,
            days_left=(override.until - self.on).days,
            revenue=snapshot.trailing_revenue if may else None,
        )

    def is_open(self, override: Override) -> bool:
        if override.state == Override.State.APPROVED:
            return override.ends_on > self.on
        return override.state == Override.State.REQUESTED

    def lacks_tier(self, override: Override) -> bool:
        """Whether it holds nothing because the rules of the day do not have its tier any more."""
        return bool(self.rank) and self.is_open(override) and override.tier_id not in self.rank

    def totals(self) -> list[Total]:
        """What holds today, by direction, with the trailing revenue of these customers."""
        rank_in_force, earned_now = self._compared(Group.IN_FORCE)
        sums: dict[Direction, tuple[int, Decimal]] = {}
        for rank, earned, count, revenue in (
            self.rows.in_force(self.on)
            .order_by()
            .values_list(rank_in_force, earned_now)
            .annotate(
                count=Count("pk"),
                revenue=Sum(Greatest("customer__snapshot__trailing_revenue", Value(Decimal(0)))),
            )
        ):
            if direction := _direction(rank, earned):
                before = sums.get(direction, (0, Decimal(0)))
                sums[direction] = (before[0] + count, before[1] + revenue)
        may = self.scope.may(Right.REVENUE)
        return [
            Total(direction, count, revenue if may else None)
            for direction in Direction
            for count, revenue in [sums.get(direction, (0, Decimal(0)))]
            if count or direction != Direction.SAME
        ]

    def _compared(self, group: Group) -> tuple[Case, Case | F]:
        """The rank it gives, and the one earned: now, or of what is past then."""
        rank = self._rank_of("tier_id")
        if group == Group.PAST:
            return rank, self._rank_of("earned_tier_id")
        return rank, F("customer__snapshot__earned_rank")

    def _rank_of(self, column: str) -> Case:
        arms = [When(**{column: tier}, then=Value(rank)) for tier, rank in self.rank.items()]
        return Case(*arms, output_field=IntegerField())

    def _chip(self, tier_id: int, code: str) -> Chip:
        return self.chips.get(tier_id) or unranked(code)


def of_customer(customer: Customer) -> OverrideQuerySet:
    """What waits first, then the latest."""
    waits = Case(When(state=Override.State.REQUESTED, then=0), default=1)
    rows = Override.objects.with_end().exclude(state=Override.State.WITHDRAWN)
    return (
        rows.filter(customer=customer)
        .select_related("customer__snapshot", "tier", "earned_tier", "requested_by", "decided_by")
        .order_by(waits, "-starts_on", "-pk")
    )


def _direction(rank: int | None, earned: int | None) -> Direction | None:
    if rank is None or earned is None:
        return None
    if rank == earned:
        return Direction.SAME
    return Direction.UP if rank < earned else Direction.DOWN
