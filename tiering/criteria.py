"""What a tier asks for, of one customer: met or not, and which single change would turn it.

The same as engine/criteria.py says in SQL. A margin guard is one more thing asked for.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings

from firm.money import MINOR_UNITS
from tiering.engine.customer_facts import CustomerFacts
from tiering.models import RuleSet, TierCriterion

Fact, Needs = TierCriterion.Fact, TierCriterion.Needs


@dataclass(frozen=True)
class Known:
    """A customer's facts; None is what nobody knows. `spent` are expenses and cost of time."""

    revenue: Decimal
    booked: Decimal
    spent: Decimal
    strategic_fit: Decimal | None
    tenure: int | None
    contract_value: Decimal | None
    contract_types: frozenset[str]

    @property
    def margin(self) -> Decimal | None:
        """In per cent; None where nothing was booked."""
        return 100 * (self.booked - self.spent) / self.booked if self.booked > 0 else None

    def reaches(self, need: "Need") -> bool:
        if need.bound is None:
            return need.choice in self.contract_types
        if need.fact == Fact.MARGIN:
            profit = 100 * (self.booked - self.spent)
            return self.booked > 0 and profit >= need.bound * self.booked
        value: Decimal | int | None = getattr(self, need.fact)
        return value is not None and value >= need.bound

    def with_money(self, amount: Decimal) -> "Known":
        """So much more booked at the same cost."""
        return replace(self, revenue=self.revenue + amount, booked=self.booked + amount)

    def with_fact(self, need: "Need", value: Decimal | None) -> "Known":
        """None takes it away."""
        if need.fact != Fact.CONTRACT_TYPE:
            changed: dict[str, Any] = {need.fact: value}
            return replace(self, **changed)
        others = self.contract_types - {need.choice}
        return replace(self, contract_types=others if value is None else others | {need.choice})


def known_of(facts: CustomerFacts) -> Known:
    return Known(
        revenue=facts.revenue,
        booked=facts.booked,
        spent=facts.expenses + facts.cost,
        strategic_fit=facts.fit,
        tenure=facts.tenure,
        contract_value=facts.contract_value,
        contract_types=frozenset((facts.contract_types or "").split(",")) - {""},
    )


@dataclass(frozen=True)
class Need:
    """A bound of one fact; None for a contract type, which is `choice`."""

    fact: str
    choice: str
    bound: Decimal | None


@dataclass(frozen=True)
class Demand:
    """What a tier asks for, to enter or to keep it: the revenue's `bound` (None: nobody meets it)
    or one of `instead`, and all of `besides`.
    """

    bound: Decimal | None
    instead: tuple[Need, ...]
    besides: tuple[Need, ...]

    def met(self, known: Known) -> bool:
        is_large = self.bound is not None and known.revenue >= self.bound
        instead = is_large or any(known.reaches(one) for one in self.instead)
        return instead and all(known.reaches(one) for one in self.besides)

    @property
    def needs(self) -> tuple[Need, ...]:
        return (*self.instead, *self.besides)


def demand(
    bound: Decimal | None,
    criteria: Iterable[TierCriterion],
    *,
    to_keep: bool,
    margin: Decimal | None = None,
) -> Demand:
    """`margin` is what a guard asks for besides, in per cent."""
    found: dict[str, list[Need]] = {Needs.ANY: [], Needs.ALL: []}
    for one in criteria:
        found[one.needs].append(Need(one.fact, one.choice, one.keep if to_keep else one.enter))
    if margin is not None:
        found[Needs.ALL].append(Need(Fact.MARGIN, "", margin))
    return Demand(bound, tuple(found[Needs.ANY]), tuple(found[Needs.ALL]))


@dataclass(frozen=True)
class Condition:
    """One criterion of a tier beside what the customer has of it; a contract type's `value` is
    None.
    """

    needs: str
    fact: str
    choice: str
    enter: Decimal | None
    keep: Decimal | None
    value: Decimal | int | None
    enters: bool
    keeps: bool


def condition(one: TierCriterion, known: Known) -> Condition:
    return Condition(
        needs=one.needs,
        fact=one.fact,
        choice=one.choice,
        enter=one.enter,
        keep=one.keep,
        value=None if one.fact == Fact.CONTRACT_TYPE else getattr(known, one.fact),
        enters=known.reaches(Need(one.fact, one.choice, one.enter)),
        keeps=known.reaches(Need(one.fact, one.choice, one.keep)),
    )


@dataclass(frozen=True)
class Way:
    """One fact alone, other than money, that turns a demand: met from `bound` on, not below it.
    A contract type has no bound; `value` is what the customer has.
    """

    fact: str
    choice: str
    bound: Decimal | None
    value: Decimal | int | None


MONEY = (Fact.REVENUE, Fact.MARGIN)


def money(found: Demand, known: Known) -> Decimal | None:
    """What has to be booked more, at the same cost, to meet it; negative where so much can go
    missing. None where money alone does not decide.
    """
    nothing = known.with_money(-max(known.revenue, known.booked, Decimal(0)) - 1)
    if found.met(nothing):
        return None
    amounts = sorted(_amounts(found, known))
    return next((amount for amount in amounts if found.met(known.with_money(amount))), None)


def _amounts(found: Demand, known: Known) -> Iterator[Decimal]:
    if found.bound is not None:
        yield found.bound - known.revenue
    for need in found.needs:
        if need.bound is not None and need.fact == Fact.REVENUE:
            yield need.bound - known.revenue
        elif need.bound is not None and need.fact == Fact.MARGIN:
            yield missing_to_margin(need.bound, booked=known.booked, spent=known.spent)


def missing_to_margin(bound: Decimal, *, booked: Decimal, spent: Decimal) -> Decimal:
    """In whole smallest units of the base currency; bounds are below 100 per cent."""
    unit = Fraction(1, 10 ** MINOR_UNITS.get(settings.BASE_CURRENCY, 2))
    needed = Fraction(spent) / (1 - Fraction(bound) / 100)
    # Something has to be booked, or there is no margin at all.
    moved = max(math.ceil((needed - Fraction(booked)) / unit) * unit, unit - Fraction(booked))
    return Decimal(moved.numerator) / moved.denominator


def other_ways(found: Demand, known: Known) -> list[Way]:
    """Where it is not met, what alone would meet it; where it is, what alone would end that."""
    is_met, ways = found.met(known), []
    keys = {(need.fact, need.choice): need for need in found.needs if need.fact not in MONEY}
    for key, need in keys.items():
        if is_met and (key[0] == Fact.TENURE or found.met(known.with_fact(need, None))):
            continue
        bounds = sorted(
            Decimal(1) if one.bound is None else one.bound
            for one in found.needs
            if (one.fact, one.choice) == key
        )
        bound = next((one for one in bounds if found.met(known.with_fact(need, one))), None)
        if bound is not None:
            ways.append(_way(need, bound, known))
    return ways


def _way(need: Need, bound: Decimal, known: Known) -> Way:
    if need.bound is None:
        return Way(need.fact, need.choice, None, None)
    value: Any = getattr(known, need.fact)
    return Way(need.fact, "", bound, value)


def criteria_of(rules: RuleSet) -> dict[int, list[TierCriterion]]:
    """By tier; empty where the version asks for revenue alone."""
    found: dict[int, list[TierCriterion]] = {}
    rows = TierCriterion.objects.filter(rule__rule_set=rules).select_related("rule")
    for one in rows.order_by("needs", "pk"):
        found.setdefault(one.rule.tier_id, []).append(one)
    return found
