"""Whether service is being averaged out: month by month, how the proactive hours of the top tier
stand to those of the lowest, and its hours to its share of the revenue.

The tier of a month is the one earned when the month began, whatever has become of the customer
since. A month counts whole or not at all.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from firm.dates import add_months, first_of_month
from tiering.models import Evaluation
from tiering.reports.allocation import TOO_LITTLE, fairness_of, for_each

MONTHS = 12
LOWEST_INDEX = 3
ALARM_MONTHS = 3  # of too small a share running

# What began with us: by the initiative noted; where none is, what went out to the customer, and
# what only we begin.
_PROACTIVE = """
(activity.initiator = 'us'
 OR activity.initiator = '' AND (activity.direction = 'out' OR activity.cause = 'investment'
                                 OR activity.kind IN ('meeting', 'proposal')))
"""

_BY_MONTH = """
WITH told AS (
    SELECT DISTINCT ON (change.customer_id, change.as_of)
           change.customer_id, change.as_of, change.earned_tier_id
      FROM tiering_tierchange change
      JOIN tiering_evaluation evaluation ON evaluation.id = change.evaluation_id
     WHERE NOT evaluation.is_ahead AND change.as_of < %(end)s
     ORDER BY change.customer_id, change.as_of, change.evaluation_id DESC
), held AS (
    SELECT customer_id, earned_tier_id AS tier, as_of AS since,
           coalesce(lead(as_of) OVER (PARTITION BY customer_id ORDER BY as_of), 'infinity') AS until
      FROM told
), months AS (
    SELECT month::date FROM generate_series(%(start)s::date, %(end)s::date - 1,
                                            interval '1 month') month
), sold AS (
    SELECT customer_id, date_trunc('month', date)::date AS month, sum(amount) AS revenue
      FROM customers_revenueentry
     WHERE superseded_by_import_id IS NULL AND date >= %(start)s AND date < %(end)s
     GROUP BY 1, 2
), worked AS (
    SELECT slice.customer_id, date_trunc('month', slice.day)::date AS month,
           sum(slice.minutes) AS minutes,
           sum(slice.minutes) FILTER (WHERE {proactive}) AS proactive
      FROM customers_activityslice slice
      JOIN customers_activity activity ON activity.id = slice.activity_id
     WHERE slice.day >= %(start)s AND slice.day < %(end)s
     GROUP BY 1, 2
)
SELECT months.month, held.tier, count(*), coalesce(sum(sold.revenue), 0),
       coalesce(sum(worked.minutes), 0), coalesce(sum(worked.proactive), 0)
  FROM months
  JOIN held ON held.since <= months.month AND held.until > months.month
  LEFT JOIN sold ON sold.customer_id = held.customer_id AND sold.month = months.month
  LEFT JOIN worked ON worked.customer_id = held.customer_id AND worked.month = months.month
 GROUP BY months.month, held.tier
"""


@dataclass(frozen=True)
class Held:
    """What the customers of one tier had in a month."""

    customers: int
    revenue: Decimal
    minutes: int
    proactive: int

    @property
    def each(self) -> Decimal | None:
        """Proactive hours for each customer."""
        return Decimal(self.proactive) / 60 / self.customers if self.customers else None

    @property
    def intensity(self) -> Decimal | None:
        """Hours for each so much of revenue (`for_each`)."""
        return Decimal(self.minutes) / 60 * for_each() / self.revenue if self.revenue > 0 else None


NOBODY = Held(0, Decimal(0), 0, 0)


@dataclass(frozen=True)
class Month:
    """One month by the id of the tier. Without any work recorded there are no figures."""

    first: datetime.date
    tiers: dict[int, Held]
    top: int
    lowest: int

    @property
    def has_hours(self) -> bool:
        return any(held.minutes for held in self.tiers.values())

    @property
    def index(self) -> Decimal | None:
        """Proactive hours for each customer, top tier ÷ lowest tier."""
        top, lowest = self.held(self.top).each, self.held(self.lowest).each
        if not self.has_hours or top is None or not lowest:
            return None
        return top / lowest

    @property
    def fairness(self) -> Decimal | None:
        """The top tier's share of the hours ÷ its share of the revenue."""
        hours = sum(held.minutes for held in self.tiers.values())
        revenue = sum((held.revenue for held in self.tiers.values()), Decimal(0))
        if not hours or revenue <= 0:
            return None
        top = self.held(self.top)
        return fairness_of(Decimal(top.minutes) / hours, top.revenue / revenue)

    @property
    def is_even(self) -> bool:
        """Whether the top tier gets too little more than the lowest."""
        return self.index is not None and self.index < LOWEST_INDEX

    @property
    def is_short(self) -> bool:
        return self.fairness is not None and self.fairness < TOO_LITTLE

    def held(self, tier: int) -> Held:
        return self.tiers.get(tier, NOBODY)


@dataclass(frozen=True)
class Averaging:
    """Whole months, the oldest first."""

    months: list[Month]

    @property
    def has_hours(self) -> bool:
        return any(month.has_hours for month in self.months)

    @property
    def is_even(self) -> bool:
        return bool(self.months) and self.months[-1].is_even

    @property
    def is_short(self) -> bool:
        last = self.months[-ALARM_MONTHS:]
        return len(last) == ALARM_MONTHS and all(month.is_short for month in last)


def averaging(evaluation: Evaluation) -> Averaging:
    """The months before the evaluation's date, of the whole firm."""
    rules = evaluation.rule_set.tiers.order_by("rank").values_list("tier_id", flat=True)
    top, *_others = order = list(rules)
    end = first_of_month(evaluation.as_of)
    start = add_months(end, -MONTHS)
    with connection.cursor() as cursor:
        cursor.execute(_BY_MONTH.format(proactive=_PROACTIVE), {"start": start, "end": end})
        rows = cursor.fetchall()
    tiers: dict[datetime.date, dict[int, Held]] = {
        add_months(start, number): {} for number in range(MONTHS)
    }
    for month, tier, customers, revenue, minutes, proactive in rows:
        tiers[month][tier] = Held(customers, revenue, int(minutes), int(proactive))
    return Averaging([Month(first, held, top, order[-1]) for first, held in tiers.items()])
