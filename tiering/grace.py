"""When a tier that is not kept any more ends."""

import datetime

from firm.dates import add_months
from tiering.models import RuleSet
from tiering.models.standing import Reason


def falls_on(
    below_since: datetime.date, earned_since: datetime.date, *, reason: str, rules: RuleSet
) -> datetime.date:
    """The month end that is one too many below the keep threshold, the first one counted, and not
    before the minimum tenure is over, where that alone is waited for.
    """
    over = add_months(below_since, max(rules.grace_evaluations, 1) - 1)
    if not rules.minimum_tenure_days:
        return over
    free = tenure_ends_on(earned_since, rules=rules)
    return free if reason == Reason.MINIMUM_TENURE else max(over, free)


def tenure_ends_on(earned_since: datetime.date, *, rules: RuleSet) -> datetime.date:
    """The first month end at which a tier held since then may be lowered."""
    day = earned_since + datetime.timedelta(days=rules.minimum_tenure_days)
    return day if day.day == 1 else add_months(day.replace(day=1), 1)


def months_below(since: datetime.date, as_of: datetime.date) -> int:
    """Month ends below the keep threshold, both ends included."""
    return (as_of.year - since.year) * 12 + as_of.month - since.month + 1
