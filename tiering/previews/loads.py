"""Whose customers would be in other tiers, and what that means for their account managers."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from firm.models import User
from tiering.chips import Chip
from tiering.previews.promised import hours_of, minutes_by_tier
from tiering.previews.shown import Shown


@dataclass(frozen=True)
class Load:
    """An account manager's customers per tier: (chip, before, after), and the hours a month that
    the service levels promise these customers.
    """

    name: str
    tiers: list[tuple[Chip, int, int]]
    hours_before: Decimal
    hours_after: Decimal

    @property
    def change(self) -> Decimal:
        return self.hours_after - self.hours_before

    @property
    def moves(self) -> bool:
        return any(before != after for _chip, before, after in self.tiers)


def loads(shown: Shown) -> list[Load]:
    """In the order of the names, whoever has more. Those for whom nothing changes are left out."""
    cells_of = dict(shown.result["owners"])
    people = User.objects.filter(pk__in=[owner for owner in cells_of if owner])
    names = dict(people.order_by("name_kana", "name").values_list("pk", "name"))
    # In the draft's order, then what it no longer has; named as the draft names them.
    chips = shown.draft_chips | shown.present_chips | shown.draft_chips
    minutes = minutes_by_tier(shown.present), minutes_by_tier(shown.row.draft)
    found = [
        _load(names[owner] if owner else "", cells_of[owner], chips, minutes)
        for owner in [*names, None]
        if owner in cells_of
    ]
    return [load for load in found if load.change or load.moves]


def _load(
    name: str,
    cells: list[Any],
    chips: dict[int, Chip],
    minutes: tuple[dict[int, Decimal], dict[int, Decimal]],
) -> Load:
    before: Counter[int] = Counter()
    after: Counter[int] = Counter()
    for earlier, later, count in cells:
        before[earlier] += count
        after[later] += count
    hours = [
        hours_of(sum((count * per.get(tier, 0) for tier, count in customers.items()), Decimal(0)))
        for customers, per in zip((before, after), minutes, strict=True)
    ]
    return Load(name, [(chip, before[tier], after[tier]) for tier, chip in chips.items()], *hours)
