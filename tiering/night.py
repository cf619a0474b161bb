"""What the next night will stand on, for people who read the rules."""

import datetime
from dataclasses import dataclass

from firm.dates import add_months, first_of_month
from tiering.calendar import as_of_on, closings
from tiering.models import RuleSet


@dataclass(frozen=True)
class NightAhead:
    """Nothing is known while no month has been closed; `open_month` is over but not closed."""

    as_of: datetime.date | None
    window_from: datetime.date | None
    window_last: datetime.date | None
    open_month: datetime.date | None


def night_ahead(rules: RuleSet, *, on: datetime.date) -> NightAhead:
    """The evaluation date that a night of this day has, and the months it counts."""
    as_of = as_of_on(on, rules=rules, closings=closings())
    if as_of is None:
        return NightAhead(None, None, None, None)
    return NightAhead(
        as_of=as_of,
        window_from=add_months(as_of, -rules.window_months),
        window_last=as_of - datetime.timedelta(days=1),
        open_month=as_of if as_of < first_of_month(on) else None,
    )
