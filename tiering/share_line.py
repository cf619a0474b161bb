"""The share method seen by one customer: how much revenue would be inside a line, exactly.

A line of p per cent is met with revenue v where all revenue of others above v is less than p per
cent of everybody's. More revenue of one's own raises the total and leaves others behind, so the
line that an evaluation drew is not the answer to "how much more?". Both sides of the condition
move one way only: there is one lowest v, and it is never above the line drawn. So what is read
are the customers above that line, as one sum, and those below it as far as the answer lies.
"""

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from firm.money import MINOR_UNITS
from tiering.explanations import Distance, Explanation
from tiering.models import Evaluation, RuleSet, TierRule

_ABOVE = """
SELECT coalesce(sum(trailing_revenue), 0) FROM customers_customersnapshot
 WHERE trailing_revenue > %(drawn)s AND customer_id <> %(customer)s
"""

# Between two neighboring revenues of others the sum above is the same. The first such stretch,
# from the drawn line downwards, that is not inside as a whole; `low` is its lower end.
_FIRST_OUTSIDE = """
SELECT low, high, above
  FROM (SELECT revenue AS low, lag(revenue) OVER downwards AS high,
               %(above)s + sum(together) OVER downwards - together AS above
          FROM (SELECT trailing_revenue AS revenue, sum(trailing_revenue) AS together
                  FROM customers_customersnapshot
                 WHERE trailing_revenue > 0 AND trailing_revenue <= %(drawn)s
                   AND customer_id <> %(customer)s
                 GROUP BY trailing_revenue) revenues
        WINDOW downwards AS (ORDER BY revenue DESC)) stretches
 WHERE low < %(drawn)s AND 100 * above >= %(percent)s * (%(others)s + low)
 ORDER BY low DESC LIMIT 1
"""

_LOWEST_OF_OTHERS = """
SELECT min(trailing_revenue) FROM customers_customersnapshot
 WHERE trailing_revenue > 0 AND trailing_revenue <= %(drawn)s AND customer_id <> %(customer)s
"""


@dataclass(frozen=True)
class Book:
    """One customer among all: its revenue, and the sum of everybody's positive revenue."""

    customer: int
    revenue: Decimal
    total: Decimal

    @property
    def others(self) -> Decimal:
        return self.total - max(self.revenue, Decimal(0))


def exactly(
    explanation: Explanation, customer_id: int, *, current: Evaluation | None
) -> Explanation:
    """The explanation with the distances worked out for this customer's own revenue.

    For the current evaluation only, whose revenues the snapshot holds. What an earlier one read,
    what a group of customers is judged by together, and what other criteria have a say in, stays
    the distance to the line drawn.
    """
    rules = explanation.rule_set
    if rules.method != RuleSet.Method.SHARE or rules.rolls_up or explanation.guard:
        return explanation
    if explanation.has_criteria:
        return explanation
    if 0 < rules.dormant_after_months < rules.window_months:  # revenue outside of the total
        return explanation
    if current is None or current.pk != explanation.evaluation.pk:
        return explanation
    book = Book(
        customer_id, explanation.trailing_revenue, Decimal(explanation.evaluation.counts["total"])
    )
    percents = {rule.tier_id: rule for rule in rules.tiers.all()}
    return replace(
        explanation,
        up=_up(explanation, book, percents),
        down=_down(explanation, book, percents),
    )


def _up(explanation: Explanation, book: Book, rules: dict[int, TierRule]) -> Distance | None:
    up = explanation.up
    if up is None or up.amount <= 0:
        return up
    enter, drawn = rules[up.tier.pk].enter, book.revenue + up.amount
    assert enter is not None  # there is a line above, or there would be no distance
    amount = lowest_inside(book, percent=enter, drawn=drawn) - book.revenue
    return replace(up, amount=amount, at_line=False)


def _down(explanation: Explanation, book: Book, rules: dict[int, TierRule]) -> Distance | None:
    down = explanation.down
    if down is None:
        return None
    own, drawn = rules[explanation.earned_tier.pk], book.revenue - down.amount
    keep = own.enter if own.keep is None else own.keep
    assert keep is not None
    amount = book.revenue - lowest_inside(book, percent=keep, drawn=drawn)
    return replace(down, amount=amount, at_line=False)


def lowest_inside(book: Book, *, percent: Decimal, drawn: Decimal) -> Decimal:
    """The lowest revenue, a whole number of the smallest unit away from the customer's own, with
    which this customer would be inside; `drawn` is the line with everybody's revenue as it is.
    """
    values: dict[str, Any] = {
        "customer": book.customer,
        "percent": percent,
        "drawn": drawn,
        "others": book.others,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, values)
        (values["above"],) = cursor.fetchone()
        cursor.execute(_FIRST_OUTSIDE, values)
        found = cursor.fetchone()
        low, high, above = found or _last_stretch(cursor, values, book)
    high = drawn if high is None else high
    return _lowest_between(book, low, high, percent=percent, above=above)


def _last_stretch(
    cursor: CursorWrapper, values: dict[str, Any], book: Book
) -> tuple[Decimal, Decimal | None, Decimal]:
    """Below all others: what is left where every stretch above it is inside."""
    cursor.execute(_LOWEST_OF_OTHERS, values)
    return Decimal(0), cursor.fetchone()[0], book.others


def _lowest_between(
    book: Book, low: Decimal, high: Decimal, *, percent: Decimal, above: Decimal
) -> Decimal:
    """In a stretch that is inside from some revenue on, or not at all; from `high` on it is."""
    unit = Fraction(1, 10 ** MINOR_UNITS.get(settings.BASE_CURRENCY, 2))
    own = Fraction(book.revenue)
    outside = Fraction(100 * above) / Fraction(percent) - Fraction(book.others)
    steps = max(math.floor((outside - own) / unit) + 1, math.ceil((Fraction(low) - own) / unit))
    if own + steps * unit >= high:
        steps = math.ceil((Fraction(high) - own) / unit)
    moved = steps * unit
    return book.revenue + Decimal(moved.numerator) / moved.denominator
