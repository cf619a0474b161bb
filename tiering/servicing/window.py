"""The days that a night looks at: which months are closed, and what has happened since."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, QuerySet

from customers.models import ActivitySlice
from firm.business_time import ONE_DAY
from firm.dates import add_months, first_of_month
from tiering.calendar import as_of_on, closings
from tiering.models import RuleSet
from tiering.servicing.rules import Rules


@dataclass(frozen=True)
class Window:
    """Of a night: its last day is the one before the business date.

    `[since, until)` are the closed months that hours are judged over together: `rules.months` of
    them, fewer (`is_young`) while the firm has not logged for as long. The months from `until` on
    are still running, and so is every month nobody has closed.
    """

    business_date: datetime.date
    since: datetime.date
    until: datetime.date
    is_young: bool
    months: int
    days: int

    @property
    def last_day(self) -> datetime.date:
        return self.business_date - ONE_DAY

    @property
    def single_since(self) -> datetime.date:
        """From the last closed month on, months are looked at one by one, too."""
        return add_months(self.until, -1)

    @property
    def months_since(self) -> datetime.date:
        """The first of the closed months, though the firm may have logged for less."""
        return add_months(self.until, -self.months)

    @property
    def days_since(self) -> datetime.date:
        """The first of the days in which what lies on single days counts."""
        return self.business_date - self.days * ONE_DAY

    @property
    def parameters(self) -> dict[str, Any]:
        """By the names that the statements use; `on` is the last day of customers.consumption."""
        return {
            "business_date": self.business_date,
            "on": self.last_day,
            "closed_since": self.since,
            "closed_until": self.until,
            "single_since": self.single_since,
            "since": min(self.since, self.single_since),
            "months_since": self.months_since,
            "days_since": self.days_since,
            "is_young": self.is_young,
        }


def window_on(business_date: datetime.date, *, rules: Rules) -> Window:
    closed_until = _closed_until(business_date)
    # Where no month is closed yet there is none to judge, and the last day's is running.
    until = closed_until or first_of_month(business_date - ONE_DAY)
    since = add_months(until, -rules.months) if closed_until else until
    is_young = not _logged().filter(day__lt=add_months(since, 1)).exists()
    if is_young:
        first = _logged().aggregate(first=Min("day"))["first"] or until
        since = max(since, min(first_of_month(first), until))
    return Window(business_date, since, until, is_young, rules.months, rules.window_days)


def _closed_until(business_date: datetime.date) -> datetime.date | None:
    """The day after the latest closed month as the tiers' rules of that day see it, None where no
    month is closed yet; without rules the calendar closes them.
    """
    this_month = first_of_month(business_date)
    active = RuleSet.objects.in_force(business_date)
    if active is None:
        return this_month
    as_of = as_of_on(business_date, rules=active, closings=closings())
    return first_of_month(as_of) if as_of else None


def _logged() -> QuerySet[ActivitySlice]:
    return ActivitySlice.objects.order_by()
