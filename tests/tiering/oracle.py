"""The rules of the tiers once more: slow, obvious, and without a line of the product's engine.

What the design says is written down here as it is said there, one customer after the other.
"""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple


class Entry(NamedTuple):
    """`customer` is the code. A cost of None is one that nobody noted."""

    customer: str
    date: datetime.date
    amount: Decimal
    is_one_off: bool = False
    cost: Decimal | None = None


class Work(NamedTuple):
    customer: str
    day: datetime.date
    cost: Decimal


class Score(NamedTuple):
    """Strategic fit in `[first, until)`."""

    first: datetime.date
    until: datetime.date
    value: Decimal


class Agreement(NamedTuple):
    """A contract in `[first, until)`; without an end it goes on."""

    first: datetime.date
    until: datetime.date | None
    template: str
    a_year: Decimal


class Person(NamedTuple):
    """A customer, beside its code."""

    started_on: datetime.date | None = None
    parent: str | None = None
    scores: tuple[Score, ...] = ()
    contracts: tuple[Agreement, ...] = ()


@dataclass(frozen=True)
class World:
    """All there is to read."""

    customers: dict[str, Person]
    entries: list[Entry]
    work: list[Work] = field(default_factory=list)


@dataclass(frozen=True)
class OracleNeed:
    """A contract type is `choice` and has no bounds."""

    fact: str
    choice: str
    enter: Decimal | None
    keep: Decimal | None


@dataclass(frozen=True)
class OracleTier:
    """`all` is asked for besides, each of `any` counts instead of the bound."""

    code: str
    enter: Decimal | None
    keep: Decimal | None
    all: tuple[OracleNeed, ...] = ()
    any: tuple[OracleNeed, ...] = ()


@dataclass(frozen=True)
class OracleGuard:
    """The margin in per cent; `cap` is the rank of the best tier still allowed."""

    enter: Decimal
    keep: Decimal
    cap: int


@dataclass(frozen=True)
class OracleRules:
    method: str
    tiers: tuple[OracleTier, ...]
    window_months: int = 12
    window_end: str = "closed_months"
    grace_evaluations: int = 0
    drop: str = "to_raw"
    nonpositive: str = "at_once"
    guard: OracleGuard | None = None
    one_off_weight: Decimal = Decimal(1)
    cold_start_months: int = 0
    dormant_after_months: int = 0
    minimum_tenure_days: int = 0
    rolls_up: bool = False


@dataclass(frozen=True)
class Facts:
    revenue: Decimal
    booked: Decimal
    expenses: Decimal
    cost: Decimal
    is_provisional: bool
    is_dormant: bool
    fit: Decimal | None
    months: int | None
    a_year: Decimal
    templates: tuple[str, ...]

    def reaches(self, need: OracleNeed, bound: Decimal | None) -> bool:
        if need.fact == "contract_type":
            return need.choice in self.templates
        assert bound is not None
        if need.fact == "margin":
            return self.margin_reaches(bound)
        value = {
            "revenue": self.revenue,
            "strategic_fit": self.fit,
            "tenure": self.months,
            "contract_value": self.a_year,
        }[need.fact]
        return value is not None and value >= bound

    def margin_reaches(self, bound: Decimal) -> bool:
        if self.booked <= 0:
            return False
        profit = self.booked - self.expenses - self.cost
        return Fraction(profit) / Fraction(self.booked) >= Fraction(bound) / 100


@dataclass(frozen=True)
class State:
    """What the fold carries on from one evaluation to the next."""

    earned: int
    below_since: datetime.date | None
    since: datetime.date
    is_provisional: bool = False


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


def months_begun(start: datetime.date, as_of: datetime.date) -> int:
    """The calendar months of which a day lies in [start, as_of); at least one."""
    months = set()
    while start < as_of:
        months.add((start.year, start.month))
        start += datetime.timedelta(days=1)
    return max(len(months), 1)


def whole_months(start: datetime.date, as_of: datetime.date) -> int:
    months = 0
    while months_before(start, -(months + 1)) <= as_of:
        months += 1
    return months


def rounded(amount: Fraction) -> Decimal:
    """To four decimals, halves away from zero."""
    units = int(abs(amount) * 10_000 + Fraction(1, 2))
    return Decimal(units if amount >= 0 else -units).scaleb(-4)


def unit_of(customer: str, world: World, rules: OracleRules) -> list[str]:
    """The customers it is judged with, from the root of the group down."""
    if not rules.rolls_up:
        return [customer]
    root = customer
    while (parent := world.customers[root].parent) is not None:
        root = parent
    together = [root]
    for code in together:
        together += [child for child, one in world.customers.items() if one.parent == code]
    return together


def facts_of(unit: list[str], world: World, rules: OracleRules, as_of: datetime.date) -> Facts:
    start = months_before(as_of, rules.window_months)
    entries = [
        entry for entry in world.entries if entry.customer in unit and start <= entry.date < as_of
    ]
    recurring = sum((entry.amount for entry in entries if not entry.is_one_off), Decimal())
    one_off = sum((entry.amount for entry in entries if entry.is_one_off), Decimal())
    days = [world.customers[code].started_on for code in unit]
    started_on = None if None in days else min(day for day in days if day is not None)
    projected, is_provisional = Fraction(recurring), False
    weighted = Fraction(rules.one_off_weight) * Fraction(one_off)
    if rules.cold_start_months and started_on is not None:
        months = min(months_begun(started_on, as_of), rules.window_months)
        is_provisional = months_before(started_on, -rules.cold_start_months) > as_of
        projected = Fraction(recurring) * rules.window_months / months
    last = as_of - datetime.timedelta(days=1)
    people = [world.customers[code] for code in unit]
    fits = [one.value for who in people for one in who.scores if one.first <= last < one.until]
    contracts = [
        one
        for who in people
        for one in who.contracts
        if one.first <= last and (one.until is None or last < one.until)
    ]
    a_year = sum((one.a_year for one in contracts), Decimal())
    if is_provisional and a_year:
        projected = Fraction(a_year) * rules.window_months / 12
    return Facts(
        fit=max(fits, default=None),
        months=whole_months(started_on, as_of) if started_on is not None else None,
        a_year=a_year,
        templates=tuple(one.template for one in contracts),
        revenue=rounded(projected if is_provisional else projected + weighted),
        booked=recurring + one_off,
        expenses=sum((entry.cost or Decimal() for entry in entries), Decimal()),
        cost=sum(
            (w.cost for w in world.work if w.customer in unit and start <= w.day < as_of), Decimal()
        ),
        is_provisional=is_provisional,
        is_dormant=rules.dormant_after_months > 0
        and not contracts
        and not any(
            entry.customer in unit
            and months_before(as_of, rules.dormant_after_months) <= entry.date < as_of
            for entry in world.entries
        ),
    )


def is_inside(customer: str, percent: Decimal, all_revenues: dict[str, Decimal]) -> bool:
    """Whether what the customers above bring in has not yet reached the share."""
    return reaches_share(all_revenues[customer], percent, list(all_revenues.values()))


def reaches_share(revenue: Decimal, percent: Decimal, counted: list[Decimal]) -> bool:
    total = sum(one for one in counted if one > 0)
    above = sum(one for one in counted if one > 0 and one > revenue)
    return percent / 100 * total > above


class Evaluation:
    """Everybody's facts at one date, and the decisions that follow from them."""

    def __init__(self, world: World, rules: OracleRules, as_of: datetime.date) -> None:
        self.rules, self.as_of = rules, as_of
        units = {code: unit_of(code, world, rules) for code in world.customers}
        self.facts = {code: facts_of(unit, world, rules, as_of) for code, unit in units.items()}
        # A group counts once, the dormant do not count.
        self.counted = [
            self.facts[code].revenue
            for code, unit in units.items()
            if unit[0] == code and not self.facts[code].is_dormant
        ]
        self.lowest = len(rules.tiers)

    def meets(self, facts: Facts, bound: Decimal) -> bool:
        if self.rules.method == "threshold":
            return facts.revenue >= bound
        return facts.revenue > 0 and reaches_share(facts.revenue, bound, self.counted)

    def raw_rank(self, facts: Facts) -> int:
        if facts.revenue <= 0:
            return self.lowest
        for rank, tier in enumerate(self.rules.tiers[:-1], start=1):
            assert tier.enter is not None
            is_large = self.meets(facts, tier.enter)
            instead = any(facts.reaches(one, one.enter) for one in tier.any)
            besides = all(facts.reaches(one, one.enter) for one in tier.all)
            if (is_large or instead) and besides:
                return rank
        return self.lowest

    def is_kept(self, facts: Facts, rank: int) -> bool:
        """By the tier's own keep bound and the guard's."""
        tier, guard = self.rules.tiers[rank - 1], self.rules.guard
        bound = tier.enter if tier.keep is None else tier.keep
        assert bound is not None
        instead = any(facts.reaches(one, one.keep) for one in tier.any)
        besides = all(facts.reaches(one, one.keep) for one in tier.all)
        if not (self.meets(facts, bound) or instead) or not besides:
            return False
        return guard is None or rank >= guard.cap or facts.margin_reaches(guard.keep)

    def step(self, customer: str, before: State | None) -> Row:
        rules, as_of, facts = self.rules, self.as_of, self.facts[customer]
        raw = self.raw_rank(facts)
        is_month_end = rules.window_end == "closed_months" or as_of.day == 1
        if before is not None and before.is_provisional:
            before = None

        def row(reason: str, earned: int, below_since: datetime.date | None = None) -> Row:
            if not is_month_end and before is not None:
                below_since = before.below_since
            stays = before is not None and before.earned == earned
            since = before.since if before is not None and stays else as_of
            return Row(facts.revenue, raw, reason, State(earned, below_since, since))

        if facts.is_provisional:
            decided = row("provisional", raw)
            state = State(raw, None, decided.state.since, is_provisional=True)
            return Row(facts.revenue, raw, "provisional", state)
        guard, target = rules.guard, raw
        if guard is not None and not facts.margin_reaches(guard.enter):
            target = max(raw, guard.cap)
        if before is None:
            return row("initial", target)
        p = before.earned
        if target < p:
            return row("upgraded", target)
        if target == p:
            return row("unchanged", p)
        below_since = before.below_since or as_of
        may_fall = (as_of - before.since).days >= rules.minimum_tenure_days
        if facts.revenue <= 0 and rules.nonpositive == "at_once" and is_month_end:
            if not may_fall:
                return row("minimum_tenure", p, below_since)
            return row("nonpositive", self.lowest)
        if self.is_kept(facts, p):
            return row("kept_by_keep_bound", p)
        if not is_month_end:
            return row("grace", p)
        below = (as_of.year - below_since.year) * 12 + as_of.month - below_since.month + 1
        if below < rules.grace_evaluations:
            return row("grace", p, below_since)
        if not may_fall:
            return row("minimum_tenure", p, below_since)
        return row("downgraded", p + 1 if rules.drop == "one_step" else target)


class Book:
    """Evaluations in order, each from the state the one before it left."""

    def __init__(self, rules: OracleRules) -> None:
        self.rules = rules
        self.evaluated: dict[datetime.date, dict[str, Row]] = {}

    def evaluate(self, as_of: datetime.date, world: World) -> dict[str, Row]:
        """This date, from the latest one before it."""
        before: dict[str, State] = {}
        for date in sorted(date for date in self.evaluated if date < as_of):
            before |= {code: row.state for code, row in self.evaluated[date].items()}
        evaluation = Evaluation(world, self.rules, as_of)
        self.evaluated[as_of] = {
            code: evaluation.step(code, before.get(code)) for code in world.customers
        }
        return self.evaluated[as_of]

    def replay(self, first: datetime.date, world: World) -> None:
        """This date and all evaluated after it."""
        for as_of in sorted({first} | {date for date in self.evaluated if date > first}):
            self.evaluate(as_of, world)
