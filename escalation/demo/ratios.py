"""How much of what their fee pays for the customers are given: hours used ÷ hours paid.

The large ones get less than they pay for, some of the small ones many times as much. In each tier
the customers lie in bands; where in its band each of them stands is drawn, then shifted for all
of them until the tier's hours are those of `TIERS`.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from escalation.demo import SEED, company
from escalation.demo.customers import DemoCustomer
from escalation.demo.entries import Span
from escalation.demo.stories import GINREI, GRANBELL, HIKARI, KONAN, TOTO, YAMATO

MONTHS = 6
HEAVY = 1.5  # from here on a customer is given far more than it pays for
FIXED = {TOTO: 0.74, GINREI: 0.85, KONAN: 0.98, YAMATO: 0.97, GRANBELL: 2.6, HIKARI: 4.6}


@dataclass(frozen=True)
class Band:
    """A part of the customers, and between which ratios they lie."""

    part: float
    low: float
    high: float


@dataclass(frozen=True)
class Tier:
    """The customers up to the place `last` by revenue; hours in six months."""

    last: int
    hours: int
    bands: tuple[Band, ...]


TIERS = (
    Tier(4, 1576, (Band(1, 0.66, 0.95),)),
    Tier(14, 1706, (Band(0.75, 0.75, 1.05), Band(0.25, 1.12, 1.35))),
    Tier(42, 2157, (Band(0.6, 0.8, 1.05), Band(0.3, 1.12, 1.8), Band(0.1, 1.8, 2.4))),
    Tier(120, 2240, (Band(0.55, 0.5, 1.05), Band(0.25, 1.15, 2.0), Band(0.2, 2.2, 5.0))),
)


def hours_paid(customer: DemoCustomer, span: Span) -> float:
    """What the fee of the six months pays for at the list price of an hour."""
    part = len(span.served(customer)) / len(span.office)
    return MONTHS * part * customer.fee / company.BILL_RATE


def ratios(customers: Sequence[DemoCustomer], span: Span) -> dict[int, float]:
    """By rank; those who left before the six months are not among them."""
    paid = {customer.rank: hours_paid(customer, span) for customer in customers}
    fixed = {one.rank: FIXED[one.name] for one in customers if one.name in FIXED}
    found: dict[int, float] = {}
    first = 1
    for tier in TIERS:
        members = [rank for rank in range(first, tier.last + 1) if paid[rank] > 0]
        found |= _of_tier(tier, members, paid, fixed)
        first = tier.last + 1
    return found


def _of_tier(
    tier: Tier, members: list[int], paid: Mapping[int, float], fixed: Mapping[int, float]
) -> dict[int, float]:
    chance = random.Random(f"{SEED} ratios {tier.last}")
    bands = _banded(tier, [rank for rank in members if rank not in fixed], paid, chance)
    places = {rank: chance.random() for rank in bands}

    def shifted(power: float) -> dict[int, float]:
        return {rank: fixed[rank] for rank in members if rank in fixed} | {
            rank: band.low + (band.high - band.low) * places[rank] ** power
            for rank, band in bands.items()
        }

    low, high = 0.01, 100.0
    for _ in range(60):
        middle = (low * high) ** 0.5
        hours = sum(paid[rank] * ratio for rank, ratio in shifted(middle).items())
        low, high = (middle, high) if hours > tier.hours else (low, middle)
    return shifted(high)


def _banded(
    tier: Tier, ranks: list[int], paid: Mapping[int, float], chance: random.Random
) -> dict[int, Band]:
    """Who is given most is drawn first, and the larger a customer, the likelier it is one."""
    order = sorted(ranks, key=lambda rank: chance.random() ** (1 / paid[rank]), reverse=True)
    found: dict[int, Band] = {}
    begin = 0
    for band in reversed(tier.bands):
        end = begin + round(band.part * len(ranks)) if band is not tier.bands[0] else len(order)
        found |= dict.fromkeys(order[begin:end], band)
        begin = end
    return {rank: found[rank] for rank in ranks}
