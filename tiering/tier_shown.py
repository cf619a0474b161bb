"""The tier in force of one customer as pages show it: its chip with what stands beside it."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest

from customers.models import Customer
from firm.dates import today
from tiering import wording
from tiering.chips import Chip, chip_of, unranked
from tiering.current import current_of
from tiering.in_force import InForce, Source, instead_of_earned, resolve
from tiering.models import Tier
from tiering.standings import Held, standing_on, tier_on
from tiering.terms import Case


@dataclass(frozen=True)
class Shown:
    """`until` is the first day on which an override or a payment stop does not hold any more."""

    rank: int | None
    chip: Chip | None
    earned: Chip | None
    source: Source
    until: datetime.date | None

    @property
    def note(self) -> str:
        """個別 〜12/11, 与信停止; empty for the earned tier."""
        return wording.in_force_note(self.source, self.until)

    @property
    def is_earned(self) -> bool:
        return self.source == Source.EARNED

    @property
    def is_override(self) -> bool:
        return self.source == Source.OVERRIDE

    @property
    def differs(self) -> bool:
        return self.chip != self.earned

    @property
    def last_day(self) -> datetime.date | None:
        return self.until - datetime.timedelta(days=1) if self.until else None


def tier_shown(
    request: HttpRequest, customer: Customer, *, on: datetime.date | None = None
) -> Shown:
    """Today's once a request; that of a past day is worked out."""
    if on is not None and on < today():
        return shown_of(tier_on(customer.pk, on=on))
    known: dict[int, Shown] = request.__dict__.setdefault("_tiers_shown", {})
    if customer.pk not in known:
        known[customer.pk] = _today(request, customer)
    return known[customer.pk]


def _today(request: HttpRequest, customer: Customer) -> Shown:
    """Overrides and payment stops are asked for themselves: the list's row is for lists."""
    current = current_of(request)
    if current is None:
        return shown_of(held_today(request, customer))
    instead = instead_of_earned(
        on=today(), rules=current.evaluation.rule_set_id, customers=[customer.pk]
    )
    held: InForce = resolve(customer.snapshot.earned_rank, instead.get(customer.pk))
    chip = current.chips.get(held.rank or 0)
    earned = current.chips.get(held.earned_rank or 0)
    return Shown(held.rank, chip, earned, held.source, held.until)


def held_today(request: HttpRequest, customer: Customer) -> Held:
    """For where the current evaluation does not say: asked for once a request."""
    known: dict[int, Held] = request.__dict__.setdefault("_tiers_held", {})
    if customer.pk not in known:
        known[customer.pk] = tier_on(customer.pk, on=today())
    return known[customer.pk]


class CaseOfPage(Case):
    """Today's tier is the one that the page has read anyway."""

    def __init__(self, request: HttpRequest, customer: Customer, on: datetime.date) -> None:
        super().__init__(customer, on)
        self.request = request

    @cached_property
    def tier(self) -> Tier | None:
        if self.on < today():
            return super().tier
        current = current_of(self.request)
        if current is None:
            return held_today(self.request, self.customer).tier
        rank = tier_shown(self.request, self.customer).rank
        held = next((rule.tier for rule in current.rules if rule.rank == rank), None)
        if held is not None:
            return held
        # Neither an override holds nor a stop: the earned tier, it may be of an earlier version.
        change = standing_on(self.customer.pk, on=today())
        return change.earned_tier if change else None


def shown_of(held: Held) -> Shown:
    by_code = {rule.tier.code: chip_of(rule) for rule in held.ladder}

    def chip(tier: Tier | None) -> Chip | None:
        return (by_code.get(tier.code) or unranked(tier.code)) if tier else None

    chosen = chip(held.tier)
    rank = chosen.hue + 1 if chosen else None
    return Shown(rank, chosen, chip(held.earned), held.source, held.until)
