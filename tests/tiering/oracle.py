"""The rules of the tiers once more: slow, obvious, and without a line of the product's engine.

What the design says is written down here as it is said there, one customer after the other.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

Entry = tuple[str, datetime.date, Decimal]  # customer's code, date, amount


@dataclass(frozen=True)
class OracleTier:
    code: str
    enter: Decimal | None
    keep: Decimal | None


@dataclass(frozen=True)
class OracleRules:
    method: str
    tiers: tuple[OracleTier, ...]
    window_months: int = 12
    window_end: str = "closed_months"
    grace_evaluations: int = 0
    drop: str = "to_raw"
    nonpositive: str = "at_once"


@dataclass(frozen=True)
class State:
    """What the fold carries on from one evaluation to the next."""

    earned: int
    below_since: datetime.date | None


@dataclass(frozen=True)
class Row:
    revenue: Decimal
    raw: int
    reason: str
    state: State


def months_before(date: datetime.date, months: int) -> datetime.date:
    month = date.year * 12 + date.month - 1 - months
    day = date.day
    while True:
        try:
            return datetime.date(month // 12, month % 12 + 1, day)
        except ValueError:
            day -= 1


def revenues(
    entries: list[Entry], customers: list[str], rules: OracleRules, as_of: datetime.date
) -> dict[str, Decimal]:
    start = months_before(as_of, rules.window_months)
    return {
        customer: sum(
            (
                amount
                for code, date, amount in entries
                if code == customer and start <= date < as_of
            ),
            Decimal(),
        )
        for customer in customers
    }


def is_inside(customer: str, percent: Decimal, all_revenues: dict[str, Decimal]) -> bool:
    """Whether what the customers above bring in has not yet reached the share."""
    total = sum(revenue for revenue in all_revenues.values() if revenue > 0)
    above = sum(
        revenue
        for revenue in all_revenues.values()
        if revenue > 0 and revenue > all_revenues[customer]
    )
    return percent / 100 * total > above


def meets(
    customer: str, bound: Decimal, all_revenues: dict[str, Decimal], rules: OracleRules
) -> bool:
    if rules.method == "threshold":
        return all_revenues[customer] >= bound
    return all_revenues[customer] > 0 and is_inside(customer, bound, all_revenues)


def raw_rank(customer: str, all_revenues: dict[str, Decimal], rules: OracleRules) -> int:
    lowest = len(rules.tiers)
    if all_revenues[customer] <= 0:
        return lowest
    for rank, tier in enumerate(rules.tiers[:-1], start=1):
        if meets(customer, tier.enter, all_revenues, rules):
            return rank
    return lowest


def step(
    customer: str,
    before: State | None,
    all_revenues: dict[str, Decimal],
    rules: OracleRules,
    as_of: datetime.date,
) -> Row:
    revenue = all_revenues[customer]
    raw = raw_rank(customer, all_revenues, rules)
    lowest = len(rules.tiers)
    is_month_end = rules.window_end == "closed_months" or as_of.day == 1

    def row(reason: str, earned: int, below_since: datetime.date | None) -> Row:
        if not is_month_end and before is not None:
            below_since = before.below_since
        return Row(revenue, raw, reason, State(earned, below_since))

    if before is None:
        return row("initial", raw, None)
    p = before.earned
    if raw < p:
        return row("upgraded", raw, None)
    if raw == p:
        return row("unchanged", p, None)
    if revenue <= 0 and rules.nonpositive == "at_once" and is_month_end:
        return row("nonpositive", lowest, None)
    own = rules.tiers[p - 1]
    if meets(customer, own.enter if own.keep is None else own.keep, all_revenues, rules):
        return row("kept_by_keep_bound", p, None)
    if not is_month_end:
        return row("grace", p, None)
    below_since = before.below_since or as_of
    month_ends_below = (as_of.year - below_since.year) * 12 + as_of.month - below_since.month + 1
    if month_ends_below < rules.grace_evaluations:
        return row("grace", p, below_since)
    return row("downgraded", p + 1 if rules.drop == "one_step" else raw, None)


def evaluate(
    entries: list[Entry],
    customers: list[str],
    before: dict[str, State],
    rules: OracleRules,
    as_of: datetime.date,
) -> dict[str, Row]:
    """One evaluation of everybody, from the states before it."""
    found = revenues(entries, customers, rules, as_of)
    return {
        customer: step(customer, before.get(customer), found, rules, as_of)
        for customer in customers
    }


class Book:
    """Evaluations in order, each from the state the one before it left."""

    def __init__(self, rules: OracleRules) -> None:
        self.rules = rules
        self.evaluated: dict[datetime.date, dict[str, Row]] = {}

    def evaluate(
        self, as_of: datetime.date, entries: list[Entry], customers: list[str]
    ) -> dict[str, Row]:
        """This date, from the latest one before it."""
        earlier = [date for date in self.evaluated if date < as_of]
        before: dict[str, State] = {}
        for date in sorted(earlier):
            before |= {code: row.state for code, row in self.evaluated[date].items()}
        self.evaluated[as_of] = evaluate(entries, customers, before, self.rules, as_of)
        return self.evaluated[as_of]

    def replay(self, first: datetime.date, entries: list[Entry], customers: list[str]) -> None:
        """This date and all evaluated after it."""
        for as_of in sorted({first} | {date for date in self.evaluated if date > first}):
            self.evaluate(as_of, entries, customers)
