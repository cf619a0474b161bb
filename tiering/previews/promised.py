"""What the tiers promise in all, by the rules in force and by the draft: times, hours, and what
these hours are worth beside those there are.

Hours are those of the goodwill budget and the allowance, and of the meetings, proposals and
regular contacts at the minutes that settings.SERVICE_MINUTES takes for each. A benefit of the
firm's own has none. Per case, a first response and choices promise no amount.
"""

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

from tiering.catalogue import Level, Measure, Offer
from tiering.models import Per, RuleSet
from tiering.previews.capacity import MONTHS, Capacity, capacity_from
from tiering.previews.shown import Shown
from tiering.services import Levels, levels_of, offers_of

A_YEAR = {Per.QUARTER: 4, Per.HALF: 2, Per.YEAR: 1}
WEEKS_A_YEAR = 52
PER_HOUR = 60


@dataclass(frozen=True)
class Line:
    """One service for all customers of all tiers: what there is of it a year in words, and its
    minutes a month; None for a service that is not measured in hours.
    """

    label: str
    before: str
    after: str
    minutes_before: int | None
    minutes_after: int | None

    @property
    def is_same(self) -> bool:
        return (self.before, self.minutes_before) == (self.after, self.minutes_after)

    @property
    def hours_before(self) -> Decimal | None:
        return hours(self.minutes_before)

    @property
    def hours_after(self) -> Decimal | None:
        return hours(self.minutes_after)


@dataclass(frozen=True)
class Promised:
    """`before` and `after` are minutes a month of the service levels; what contracts include stays
    as it is whatever the rules.
    """

    lines: list[Line]
    before: int
    after: int
    capacity: Capacity

    @property
    def hours_before(self) -> Decimal:
        return hours_of(self.before + self.capacity.contracts)

    @property
    def hours_after(self) -> Decimal:
        return hours_of(self.after + self.capacity.contracts)

    @property
    def hours_of_contracts(self) -> Decimal:
        return hours_of(self.capacity.contracts)

    @property
    def change(self) -> Decimal:
        return hours_of(self.after - self.before)

    @property
    def hours_of_people(self) -> Decimal | None:
        return hours(self.capacity.minutes)

    @property
    def hours_of_each(self) -> Decimal | None:
        return hours(self.capacity.each)

    @property
    def is_too_much(self) -> bool:
        return self.hours_of_people is not None and self.hours_after > self.hours_of_people

    @property
    def shares(self) -> tuple[float, float]:
        """Both as per cent of the longest of them and of the hours there are, for bars."""
        before, after = self.hours_before, self.hours_after
        longest = max(before, after, self.hours_of_people or Decimal(0))
        return (100 * float(before / longest), 100 * float(after / longest)) if longest else (0, 0)

    @property
    def at_price(self) -> tuple[Decimal, Decimal] | None:
        """The service levels' hours a month at the list price of an hour, before and after."""
        return self._worth(self.capacity.price)

    @property
    def at_cost(self) -> tuple[Decimal, Decimal] | None:
        return self._worth(self.capacity.cost)

    def _worth(self, an_hour: Decimal | None) -> tuple[Decimal, Decimal] | None:
        if an_hour is None:
            return None
        before, after = (part * an_hour / PER_HOUR for part in (self.before, self.after))
        return _rounded(before, 4), _rounded(after, 4)


@dataclass(frozen=True)
class _Amount:
    """Of a year: times or minutes as the offer counts them, and minutes None where unknown."""

    quantity: Decimal
    minutes: Decimal | None


def promised(shown: Shown) -> Promised:
    """Each service that promises an amount; those that neither version gives are left out."""
    versions = [rules for rules in (shown.present, shown.row.draft) if rules]
    offers = offers_of(*versions)
    before = _in_all(shown.present, _customers(shown, 0), offers)
    after = _in_all(shown.row.draft, _customers(shown, 1), offers)
    lines = [
        _line(offer, before.get(code), after.get(code))
        for code, offer in offers.items()
        if code in before or code in after
    ]
    return Promised(
        lines=lines,
        before=sum(line.minutes_before or 0 for line in lines),
        after=sum(line.minutes_after or 0 for line in lines),
        capacity=capacity_from(shown.result.get("capacity")),
    )


def hours(minutes: int | None) -> Decimal | None:
    return None if minutes is None else hours_of(minutes)


def hours_of(minutes: Decimal | int) -> Decimal:
    """To a tenth, as they are shown."""
    return _rounded(Decimal(minutes) / PER_HOUR, 1)


def _rounded(number: Decimal, places: int = 0) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def minutes_by_tier(rules: RuleSet | None) -> dict[int, Decimal]:
    """Minutes a month that the service levels promise one customer of each tier."""
    found = {}
    levels = levels_of(rules) if rules else {}
    offers = offers_of(rules) if rules else {}
    for tier, by_code in levels.items():
        amounts = (_a_year(offers[code], level) for code, level in by_code.items())
        found[tier] = sum(
            (one.minutes / MONTHS for one in amounts if one and one.minutes), Decimal(0)
        )
    return found


def _customers(shown: Shown, side: int) -> Counter[int]:
    """Customers per tier before (0) or after (1)."""
    found: Counter[int] = Counter()
    for cell in shown.result["earned"]:
        found[cell[side]] += cell[2]
    return found


def _in_all(
    rules: RuleSet | None, customers: Counter[int], offers: dict[str, Offer]
) -> dict[str, _Amount]:
    found: dict[str, _Amount] = {}
    levels: Levels = levels_of(rules) if rules else {}
    for tier, by_code in levels.items():
        for code, level in by_code.items():
            one = _a_year(offers[code], level)
            if one is None or not customers[tier]:
                continue
            count, former = customers[tier], found.get(code)
            found[code] = _Amount(
                one.quantity * count + (former.quantity if former else 0),
                None
                if one.minutes is None
                else one.minutes * count + ((former.minutes or 0) if former else 0),
            )
    return found


def _a_year(offer: Offer, level: Level) -> _Amount | None:
    """What one customer is promised in a year; None where it is no amount."""
    if level.amount is None:
        return None
    if offer.measure is Measure.WEEKS:
        quantity = Decimal(WEEKS_A_YEAR) / level.amount
    elif offer.measure in (Measure.COUNT, Measure.BUDGET):
        quantity = Decimal(level.amount * A_YEAR[Per(level.resets)])
    else:
        return None
    if offer.measure is Measure.BUDGET:
        return _Amount(quantity, quantity)
    each = settings.SERVICE_MINUTES.get(offer.code)
    return _Amount(quantity, None if each is None else quantity * each)


def _line(offer: Offer, before: _Amount | None, after: _Amount | None) -> Line:
    def words(amount: _Amount | None) -> str:
        return offer.figure(int(_rounded(amount.quantity))) if amount else "—"

    def a_month(amount: _Amount | None) -> int | None:
        if amount is None:
            return 0 if _has_minutes(before or after) else None
        return None if amount.minutes is None else int(_rounded(amount.minutes / MONTHS))

    return Line(offer.label, words(before), words(after), a_month(before), a_month(after))


def _has_minutes(amount: _Amount | None) -> bool:
    return amount is not None and amount.minutes is not None
