"""Which evaluation date (`as_of`) a business date has: semantics of closed months and to-date."""

import datetime
from dataclasses import dataclass

from firm.dates import add_months, firm_date, first_of_month
from firm.models import ClosedMonth
from tiering.models import RuleSet

DAY_OF_SELF_CLOSING = 10


@dataclass(frozen=True)
class Closing:
    """The back office closed `month` (its first day) during `[closed_on, reopened_on)`."""

    month: datetime.date
    closed_on: datetime.date
    reopened_on: datetime.date | None = None

    def in_force(self, date: datetime.date) -> bool:
        return self.closed_on <= date and (self.reopened_on is None or date < self.reopened_on)


def closings() -> list[Closing]:
    return [
        Closing(
            closed.month,
            firm_date(closed.closed_at),
            firm_date(closed.reopened_at) if closed.reopened_at else None,
        )
        for closed in ClosedMonth.objects.all()
    ]


def as_of_on(
    date: datetime.date, *, rules: RuleSet, closings: list[Closing]
) -> datetime.date | None:
    """The evaluation date of a business date, or None where no month has been closed yet.

    Under closed months it is the first day after the latest closed month, at most the first of
    the business date's own month.
    """
    if rules.window_end == RuleSet.WindowEnd.TO_DATE:
        return date
    this_month = first_of_month(date)
    if rules.month_close == RuleSet.MonthClose.CALENDAR:
        return this_month
    by_hand = [
        min(add_months(closing.month, 1), this_month)
        for closing in closings
        if closing.in_force(date)
    ]
    if rules.month_close == RuleSet.MonthClose.CLOSED_OR_DAY_10:
        over = this_month if date.day >= DAY_OF_SELF_CLOSING else add_months(this_month, -1)
        by_hand.append(over)
    return max(by_hand, default=None)


def last_day_counted_next(as_of: datetime.date, *, rules: RuleSet) -> datetime.date:
    """The last day whose revenue enters the evaluation after this one: "by 30 September"."""
    if rules.window_end == RuleSet.WindowEnd.TO_DATE:
        return as_of
    return add_months(as_of, 1) - datetime.timedelta(days=1)
