"""The share method seen by one customer: how much revenue would be inside a line, exactly.

A line of p per cent is met with revenue v where all revenue of others above v is less than p per
cent of everybody's. More revenue of one's own raises the total and leaves others behind, so the
line that an evaluation drew is not the answer to "how much more?". Both sides of the condition
move one way only: there is one lowest v, and it is never above the line drawn. So what is read
are the customers above that line, as one sum, and those below it as far as the answer lies.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db import connection

from firm.money import MINOR_UNITS
from tiering.explanations import Distance, Explanation
from tiering.models import Evaluation, RuleSet, TierRule

# Between two neighboring revenues of others the sum above is the same. Of each line the first
# such stretch, from the drawn line downwards, that is not inside as a whole; `low` is its lower
# end. Ordered inside, so that an index delivers the revenues as far as the answer lies.
_FIRST_OUTSIDE = """
SELECT stretch.low, stretch.high, stretch.above,
       (SELECT min(trailing_revenue) FROM customers_customersnapshot
         WHERE trailing_revenue > 0 AND trailing_revenue <= line.drawn
           AND customer_id <> %(customer)s)
  FROM unnest(%(percents)s::numeric[], %(drawn)s::numeric[]) WITH ORDINALITY
         AS line (percent, drawn, place)
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(trailing_revenue), 0) AS revenue FROM customers_customersnapshot
        WHERE trailing_revenue > line.drawn AND customer_id <> %(customer)s) AS beyond
  LEFT JOIN LATERAL (
       SELECT low, high, beyond.revenue + higher AS above
         FROM (SELECT revenue AS low, lag(revenue) OVER downwards AS high,
                      sum(together) OVER downwards - together AS higher
                 FROM (SELECT trailing_revenue AS revenue, sum(trailing_revenue) AS together
                         FROM customers_customersnapshot
                        WHERE trailing_revenue > 0 AND trailing_revenue <= line.drawn
                          AND customer_id <> %(customer)s
                        GROUP BY trailing_revenue ORDER BY trailing_revenue DESC) AS revenues
               WINDOW downwards AS (ORDER BY revenue DESC)) AS stretches
        WHERE low < line.drawn
          AND 100 * (beyond.revenue + higher) >= line.percent * (%(others)s + low)
        ORDER BY low DESC LIMIT 1) AS stretch ON true
 ORDER BY line.place
"""


@dataclass(frozen=True)
class Line:
    """A tier's line in per cent, and where it was drawn with everybody's revenue as it is."""

    percent: Decimal
    drawn: Decimal


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
    explanation: Explanation,
    customer_id: int,
    *,
    current: Evaluation | None,
    tiers: Iterable[TierRule] | None = None,
) -> Explanation:
    """The explanation with the distances worked out for this customer's own revenue.

    For the current evaluation only, whose revenues the snapshot holds; `tiers` are those of its
    version, if they are at hand. What an earlier one read, what a group of customers is judged by
    together, and what other criteria have a say in, stays the distance to the line drawn.
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
    total = Decimal(explanation.evaluation.counts["total"])
    book = Book(customer_id, explanation.trailing_revenue, total)
    percents = {rule.tier_id: rule for rule in tiers or rules.tiers.all()}
    lines = {"up": _up(explanation, percents), "down": _down(explanation, percents)}
    asked = [line for line in lines.values() if line is not None]
    found = iter(lowest_inside(book, asked))
    moved = {name: next(found) - book.revenue for name, line in lines.items() if line is not None}
    return replace(
        explanation,
        up=_exact(explanation.up, moved.get("up")),
        down=_exact(explanation.down, -moved["down"] if "down" in moved else None),
    )


def _exact(distance: Distance | None, amount: Decimal | None) -> Distance | None:
    if distance is None or amount is None:
        return distance
    return replace(distance, amount=amount, at_line=False)


def _up(explanation: Explanation, rules: dict[int, TierRule]) -> Line | None:
    up = explanation.up
    if up is None or up.amount <= 0:
        return None
    enter = rules[up.tier.pk].enter
    assert enter is not None  # there is a line above, or there would be no distance
    return Line(enter, explanation.trailing_revenue + up.amount)


def _down(explanation: Explanation, rules: dict[int, TierRule]) -> Line | None:
    down = explanation.down
    if down is None:
        return None
    own = rules[explanation.earned_tier.pk]
    keep = own.enter if own.keep is None else own.keep
    assert keep is not None
    return Line(keep, explanation.trailing_revenue - down.amount)


def lowest_inside(book: Book, lines: Sequence[Line]) -> list[Decimal]:
    """Of each line, the lowest revenue, a whole number of the smallest unit away from the
    customer's own, with which this customer would be inside.
    """
    if not lines:
        return []
    values: dict[str, Any] = {
        "customer": book.customer,
        "percents": [line.percent for line in lines],
        "drawn": [line.drawn for line in lines],
        "others": book.others,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_OUTSIDE, values)
        return [
            _lowest_of(book, line, *stretch)
            for line, stretch in zip(lines, cursor.fetchall(), strict=True)
        ]


def _lowest_of(
    book: Book,
    line: Line,
    low: Decimal | None,
    high: Decimal | None,
    above: Decimal,
    lowest: Decimal | None,
) -> Decimal:
    """Without a stretch, below all others: what is left where every stretch above is inside."""
    if low is None:
        low, high, above = Decimal(0), lowest, book.others
    high = line.drawn if high is None else high
    return _lowest_between(book, low, high, percent=line.percent, above=above)


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
