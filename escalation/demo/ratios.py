"""How much of what their fee pays for the customers are given: hours used ÷ hours paid.

The large ones get less than they pay for, some of the small ones many times as much; these have
hours in their contracts, so that it shows. In each tier the customers lie in bands; where in its
band each of them stands is drawn, then shifted for all of them until the tier's hours are those of
`TIERS`.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from customers.models import ScopeTerm
from escalation.demo import SEED, company
from escalation.demo.contracts import DemoContract
from escalation.demo.customers import DemoCustomer
from escalation.demo.entries import Span
from escalation.demo.stories import GINREI, GRANBELL, HIKARI, KONAN, TOTO, YAMATO

MONTHS = 6
HEAVY = 1.5  # from here on a customer is given far more than it pays for
FIXED = {TOTO: 0.74, GINREI: 0.9, KONAN: 0.98, YAMATO: 0.9, GRANBELL: 2.6, HIKARI: 4.6}


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
    Tier(14, 1706, (Band(0.6, 0.55, 0.85), Band(0.4, 1.25, 1.6))),
    Tier(42, 2157, (Band(0.45, 0.5, 0.85), Band(0.45, 1.35, 1.8), Band(0.1, 1.8, 2.4))),
    Tier(120, 2240, (Band(0.4, 0.3, 0.8), Band(0.36, 2.1, 3.0), Band(0.24, 3.0, 5.0))),
)
# Those in whose contracts no hours are agreed; they lie in no tier's bands.
WITHOUT_HOURS = Band(1, 0.85, 1.25)


def hours_paid(customer: DemoCustomer, span: Span) -> float:
    """What the fee of the six months pays for at the list price of an hour."""
    part = len(span.served(customer)) / len(span.office)
    return MONTHS * part * customer.fee / company.BILL_RATE


def ratios(agreed: Sequence[DemoContract], span: Span) -> dict[int, float]:
    """By rank; those who left before the six months are not among them."""
    customers = [one.customer for one in agreed]
    paid = {customer.rank: hours_paid(customer, span) for customer in customers}
    fixed = {one.rank: FIXED[one.name] for one in customers if one.name in FIXED}
    by_hours = {one.customer.rank for one in agreed if _has_hours(one)}
    found: dict[int, float] = {}
    first = 1
    for tier in TIERS:
        members = [rank for rank in range(first, tier.last + 1) if paid[rank] > 0]
        found |= _of_tier(tier, members, paid, fixed, by_hours)
        first = tier.last + 1
    return found


def _has_hours(agreed: DemoContract) -> bool:
    return any(term.kind == ScopeTerm.Kind.HOURS for term in agreed.start.terms)


def _of_tier(
    tier: Tier,
    members: list[int],
    paid: Mapping[int, float],
    fixed: Mapping[int, float],
    by_hours: Collection[int],
) -> dict[int, float]:
    chance = random.Random(f"{SEED} ratios {tier.last}")
    drawn = [rank for rank in members if rank not in fixed]
    bands = _banded(tier, drawn, paid, by_hours, chance)
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
    tier: Tier,
    ranks: list[int],
    paid: Mapping[int, float],
    by_hours: Collection[int],
    chance: random.Random,
) -> dict[int, Band]:
    """Who is given most is drawn first, and the larger a customer, the likelier it is one."""
    drawn = [rank for rank in ranks if rank in by_hours]
    order = sorted(drawn, key=lambda rank: chance.random() ** (1 / paid[rank]), reverse=True)
    found = {rank: tier.bands[0] if rank in by_hours else WITHOUT_HOURS for rank in ranks}
    begin = 0
    for band in reversed(tier.bands[1:]):
        end = begin + round(band.part * len(ranks))
        found |= dict.fromkeys(order[begin:end], band)
        begin = end
    return found
