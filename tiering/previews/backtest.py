"""The rules played through past month ends: how often tiers would have changed, and back again.

Every month is judged by the engine on the ledger as it is today, from an empty beginning. Nothing
but temporary tables is written.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Min

from customers.models import RevenueEntry
from firm.dates import add_months, first_of_month
from tiering.engine import fold, step
from tiering.engine.judge import judge
from tiering.models import RuleSet

MOST_MONTHS = 24
# Back in the tier it came from within so many months: a customer who went there and back.
THERE_AND_BACK = 6

Advance = Callable[[], bool]

_BEGIN = """
SELECT set_config('statement_timeout', '0', true), set_config('jit', 'off', true);
DROP TABLE IF EXISTS past_moves;
CREATE TEMPORARY TABLE past_moves (customer_id bigint, as_of date, before_id bigint,
                                   after_id bigint) ON COMMIT DROP
"""
_MOVED = """
INSERT INTO past_moves
SELECT customer_id, %s, before_id, earned_id FROM changed WHERE earned_id <> before_id
"""
_PER_TIER = f"SELECT earned_tier_id, count(*) FROM {fold.TEMPORARY} GROUP BY earned_tier_id"
_THERE_AND_BACK = """
SELECT count(DISTINCT customer_id)
  FROM past_moves there JOIN past_moves back USING (customer_id)
 WHERE back.as_of > there.as_of AND back.as_of <= there.as_of + make_interval(months => %s)
   AND back.after_id = there.before_id
"""


class Left(Exception):
    """Nobody wants the preview any more."""


@dataclass(frozen=True)
class Months:
    """The evaluation dates to play, from `first` to `last`, both firsts of a month."""

    first: datetime.date
    last: datetime.date

    def __iter__(self) -> Any:
        month = self.first
        while month <= self.last:
            yield month
            month = add_months(month, 1)

    def __len__(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1


def months_of(rule_sets: list[RuleSet], *, last: datetime.date) -> Months | None:
    """Up to 24 month ends, as many as have a full window behind them by every version; None where
    there is none.
    """
    began = RevenueEntry.objects.live().aggregate(first=Min("date"))["first"]
    if began is None:
        return None
    last = first_of_month(last)
    window = max(rules.window_months for rules in rule_sets)
    first = max(add_months(first_of_month(began), window), add_months(last, 1 - MOST_MONTHS))
    return Months(first, last) if first <= last else None


def back_test(rules: RuleSet, *, months: Months, advance: Advance) -> dict[str, Any]:
    """Changes and customers per tier at each month end, and how many went there and back.

    `advance` is told of each month done; where it says no, nobody wants the rest (Left).
    """
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN)
        fold.begin_empty(cursor)
        rows = []
        for as_of in months:
            rows.append([str(as_of), *_play(cursor, rules, as_of)])
            if not advance():
                raise Left
        cursor.execute(_THERE_AND_BACK, [THERE_AND_BACK])
        (returned,) = cursor.fetchone()
    return {"months": rows, "there_and_back": returned}


def _play(
    cursor: CursorWrapper, rules: RuleSet, as_of: datetime.date
) -> tuple[int, dict[str, int]]:
    """One month end: how many changed their tier, and how many each tier then has."""
    judged = judge(cursor, rules=rules, as_of=as_of, state=fold.TEMPORARY)
    cursor.execute(_MOVED, [as_of])
    moved: int = cursor.rowcount
    step.write_state(cursor, judged.changed, fold=fold.TEMPORARY, evaluation=0, as_of=as_of)
    cursor.execute(_PER_TIER)
    return moved, {str(tier): count for tier, count in cursor.fetchall()}
