"""The facts of one pass: every customer's revenue and cost in the window, beside its state.

Both ledgers have an index that delivers a customer's rows already in order, so one statement of
merge joins reads everything without a hash table or a sort (docs/scaling.md has the figures).
"""

import datetime
import math
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db.backends.utils import CursorWrapper

from firm.money import LARGEST

# Equal revenues fall into one bucket, a greater one never into a lower: so a bucket's sum is exact
# and only the bucket a cut falls into has to be sorted. It need not be fine: whole units do, and
# take a fraction of the time. NULL is no revenue, above the highest are sums that no money column
# holds.
BUCKETS = 4096
_BUCKET = f"""
       CASE WHEN ledger.revenue > {LARGEST} THEN {BUCKETS + 1}::smallint
            WHEN ledger.revenue > 0
            THEN width_bucket(ln(greatest(ledger.revenue::bigint, 1)::float8),
                              0, {math.log(LARGEST + 1)}, {BUCKETS})::smallint END"""

# `fold` is tiering_standing or a temporary table of the same shape. The state before `as_of` is
# the row's own, unless the row was set at this very `as_of`.
FACTS = f"""
CREATE TEMPORARY TABLE facts ON COMMIT DROP AS
SELECT customer.id AS customer_id,
       coalesce(ledger.revenue, 0) AS revenue,
       coalesce(work.cost, 0) AS cost,
       coalesce(ledger.entries, 0) AS entries,
       {_BUCKET} AS bucket,
       CASE WHEN stood.changed_as_of = %(as_of)s
            THEN stood.earned_before_id ELSE stood.earned_tier_id END AS before_id,
       CASE WHEN stood.changed_as_of = %(as_of)s
            THEN stood.below_since_before ELSE stood.below_since END AS below_before,
       CASE WHEN stood.changed_as_of = %(as_of)s
            THEN stood.earned_since_before ELSE stood.earned_since END AS since_before,
       stood.raw_tier_id AS stored_raw_id,
       stood.earned_tier_id AS stored_earned_id,
       stood.reason AS stored_reason,
       stood.below_since AS stored_below,
       stood.earned_since AS stored_since,
       stood.trailing_revenue AS stored_revenue,
       stood.cost_to_serve AS stored_cost
  FROM customers_customer customer
  LEFT JOIN (SELECT customer_id, sum(amount) AS revenue, count(*) AS entries
               FROM customers_revenueentry
              WHERE superseded_by_import_id IS NULL
                AND date >= %(start)s AND date < %(as_of)s
              GROUP BY customer_id) ledger ON ledger.customer_id = customer.id
  LEFT JOIN (SELECT customer_id, sum(cost) AS cost
               FROM customers_activityslice
              WHERE day >= %(start)s AND day < %(as_of)s
              GROUP BY customer_id) work ON work.customer_id = customer.id
  LEFT JOIN {{fold}} stood ON stood.customer_id = customer.id
"""

_BUCKETS = """
CREATE TEMPORARY TABLE IF NOT EXISTS buckets ON COMMIT DROP AS
SELECT bucket, count(*) AS customers, sum(revenue) AS revenue, sum(entries) AS entries,
       sum(cost) AS cost
  FROM facts GROUP BY bucket
"""

# A cut is the lowest revenue v for which all revenue above v is less than the percentage.
_CUTS = f"""
WITH stacked AS (
    SELECT bucket,
           sum(revenue) OVER (ORDER BY bucket DESC) - revenue AS above,
           sum(revenue) OVER () AS total
      FROM buckets WHERE bucket <= {BUCKETS}
), line AS MATERIALIZED (
    SELECT percent, min(bucket) AS bucket
      FROM stacked, unnest(%(percentages)s::numeric[]) AS percent
     WHERE above * 100 < percent * total
     GROUP BY percent
), sorted AS (
    SELECT bucket, revenue,
           sum(sum(revenue)) OVER (PARTITION BY bucket ORDER BY revenue DESC)
             - sum(revenue) AS above
      FROM facts
     WHERE bucket IN (SELECT bucket FROM line)
     GROUP BY bucket, revenue
)
SELECT line.percent, min(sorted.revenue)
  FROM line
  JOIN stacked USING (bucket)
  JOIN sorted USING (bucket)
 WHERE (stacked.above + sorted.above) * 100 < line.percent * stacked.total
 GROUP BY line.percent
"""


@contextmanager
def merge_plans(cursor: CursorWrapper) -> Iterator[None]:
    """Plans that read in the order of the customers and need next to no memory."""
    _switch(cursor, "off")
    yield
    _switch(cursor, "on")


def _switch(cursor: CursorWrapper, state: str) -> None:
    methods = ("hashagg", "hashjoin", "seqscan", "bitmapscan")
    settings = ", ".join(f"set_config('enable_{method}', '{state}', true)" for method in methods)
    cursor.execute(f"SELECT {settings}")


def collect(
    cursor: CursorWrapper, *, fold: str, start: datetime.date, as_of: datetime.date
) -> None:
    """Fill `facts` for the window `[start, as_of)`."""
    cursor.execute("DROP TABLE IF EXISTS facts, buckets, changed")
    with merge_plans(cursor):
        cursor.execute(FACTS.format(fold=fold), {"start": start, "as_of": as_of})


def sum_up(cursor: CursorWrapper) -> None:
    """Fill `buckets`: customers of like revenue together. Doing it twice does it once."""
    cursor.execute(_BUCKETS)


def cuts(cursor: CursorWrapper, *, percentages: list[Decimal]) -> dict[Decimal, Decimal | None]:
    """The lowest revenue inside each percentage of the total; None where nobody is inside.

    The customer who crosses the line is inside, one who starts exactly on it is outside.
    """
    sum_up(cursor)
    cursor.execute(_CUTS, {"percentages": percentages})
    found = dict(cursor.fetchall())
    return {percent: found.get(percent) for percent in percentages}
