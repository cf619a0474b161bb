"""What promises are measured against: the hours that contracts include, those that the account
managers work, and what an hour is worth.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, F, OuterRef, Q, Subquery, Sum

from customers.models import ScopeTerm
from firm.dates import add_months
from firm.models import BillRate, CalendarDay, CostRate, User, WorkCalendar

MONTHS = 12
TIMES_A_YEAR = {
    ScopeTerm.Period.MONTH: 12,
    ScopeTerm.Period.QUARTER: 4,
    ScopeTerm.Period.HALF: 2,
    ScopeTerm.Period.YEAR: 1,
}


@dataclass(frozen=True)
class Capacity:
    """Minutes a month. `each` is what one person works by the firm's calendar, None where it tells
    no whole year; `price` and `cost` are of an hour, None where nobody has stated them.
    """

    contracts: int
    people: int
    each: int | None
    price: Decimal | None
    cost: Decimal | None

    @property
    def minutes(self) -> int | None:
        return self.people * self.each if self.people and self.each else None


def capacity(*, owners: list[int], on: datetime.date) -> dict[str, Any]:
    """Codes and numbers for a preview's result, as of a day."""
    people = User.objects.filter(pk__in=owners, is_active=True)
    return {
        "contracts": _contract_minutes(on),
        "people": people.count(),
        "each": _working_minutes(on),
        "price": _text(_price(on)),
        "cost": _text(_cost(people, on)),
    }


def capacity_from(found: dict[str, Any] | None) -> Capacity:
    """As `capacity` wrote it; nothing is known from before it did."""
    if found is None:
        return Capacity(0, 0, None, None, None)
    amounts = {name: Decimal(found[name]) if found[name] else None for name in ("price", "cost")}
    return Capacity(found["contracts"], found["people"], found["each"], **amounts)


def _contract_minutes(on: datetime.date) -> int:
    in_force = ScopeTerm.objects.filter(
        Q(revision__valid_to__isnull=True) | Q(revision__valid_to__gt=on),
        kind=ScopeTerm.Kind.HOURS,
        revision__valid_from__lte=on,
    )
    sums = in_force.order_by().values_list("period").annotate(Sum("amount"))
    return round(sum(TIMES_A_YEAR[period] * minutes for period, minutes in sums) / MONTHS)


def _working_minutes(on: datetime.date) -> int | None:
    until = add_months(on, MONTHS)
    told = WorkCalendar.objects.filter(is_firms=True, told_since__lte=on, told_until__gte=until)
    days = CalendarDay.objects.filter(
        calendar__in=told, is_holiday=False, day__gte=on, day__lt=until
    )
    found = days.aggregate(minutes=Sum(F("close_minute") - F("open_minute")))["minutes"]
    return None if found is None else round(found / MONTHS)


def _price(on: datetime.date) -> Decimal | None:
    rates = BillRate.objects.filter(valid_from__lte=on).order_by("-valid_from")
    return rates.values_list("amount", flat=True).first()


def _cost(people: Any, on: datetime.date) -> Decimal | None:
    """The direct cost of an hour, mean over the people whose grade has a rate."""
    rates = CostRate.objects.filter(grade=OuterRef("cost_grade"), valid_from__lte=on)
    rate = Subquery(rates.order_by("-valid_from").values("direct")[:1])
    found: Decimal | None = people.annotate(rate=rate).aggregate(mean=Avg("rate"))["mean"]
    return found


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
