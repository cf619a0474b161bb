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
from tiering.engine.ledgers import Reading, Source, live, live_halves
from tiering.engine.measure import Measure

# Equal revenues fall into one bucket, a greater one never into a lower: so a bucket's sum is exact
# and only the bucket a cut falls into has to be sorted. It need not be fine: whole units do, and
# take a fraction of the time. NULL is what stands outside of the total: no revenue, the dormant,
# all of a group but its head. Above the highest are sums that no money column holds.
BUCKETS = 4096
_BUCKET = f"""
       CASE {{outside}} WHEN {{revenue}} > {LARGEST} THEN {BUCKETS + 1}::smallint
            WHEN {{revenue}} > 0
            THEN width_bucket(ln(greatest({{revenue}}::bigint, 1)::float8),
                              0, {math.log(LARGEST + 1)}, {BUCKETS})::smallint END"""

# Customers from which on two processes read them faster than one.
WORTH_HALVING = 5_000

# The state before `as_of` is the row's own, unless the row was set at this very `as_of`. What was
# provisional is no state: the first full evaluation is the first one.
_STATE = """
       CASE WHEN stood.changed_as_of = %(as_of)s THEN stood.earned_before_id
            WHEN stood.reason <> 'provisional' THEN stood.earned_tier_id END AS before_id,
       CASE WHEN stood.changed_as_of = %(as_of)s THEN stood.below_since_before
            WHEN stood.reason <> 'provisional' THEN stood.below_since END AS below_before,
       CASE WHEN stood.changed_as_of = %(as_of)s THEN stood.earned_since_before
            WHEN stood.reason <> 'provisional' THEN stood.earned_since END AS since_before,
       stood.raw_tier_id AS stored_raw_id,
       stood.earned_tier_id AS stored_earned_id,
       stood.reason AS stored_reason,
       stood.below_since AS stored_below,
       stood.earned_since AS stored_since
"""

# `fold` is tiering_standing or a temporary table of the same shape. `are_stored`: they are what
# is stored beside the state, so that they need not be carried along twice.
_FACTS = f"""
SELECT read.*, {{bucket}} AS bucket, {{are_stored}} AS are_stored, {_STATE}
  FROM ({{read}}) read
  LEFT JOIN {{fold}} stood ON stood.customer_id = read.customer_id {{among}}
"""

_FROM_STANDINGS = f"""
CREATE TEMPORARY TABLE facts ON COMMIT DROP AS
SELECT {{read}}, {{bucket}} AS bucket, true AS are_stored, {_STATE}
  FROM {{fold}} stood {{customers}}
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


# Plans that read in the order of the customers and need next to no memory. The two halves are
# worth a process each, but none of their scans is: no aggregate is to be put together twice.
_PLANS = {
    "enable_hashagg": "off",
    "enable_hashjoin": "off",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
    "min_parallel_table_scan_size": "1TB",
    "min_parallel_index_scan_size": "1TB",
}


@contextmanager
def merge_plans(cursor: CursorWrapper) -> Iterator[None]:
    cursor.execute("; ".join(f"SET LOCAL {name} = '{value}'" for name, value in _PLANS.items()))
    yield
    cursor.execute("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in _PLANS))


def collect(cursor: CursorWrapper, *, fold: str, measure: Measure, as_of: datetime.date) -> None:
    """Fill `facts` from the ledgers as they are."""
    _begin(cursor)
    readings = [Reading(measure, as_of, source) for source in _sources(cursor, measure)]
    halves = " UNION ALL ".join(
        _FACTS.format(
            read=reading.facts(),
            bucket=_bucket("read.revenue", measure),
            are_stored=_are_stored(measure),
            fold=fold,
            among=reading.source.among("stood.customer_id"),
        )
        for reading in readings
    )
    with merge_plans(cursor):
        cursor.execute(
            f"CREATE TEMPORARY TABLE facts ON COMMIT DROP AS {halves}", readings[0].params
        )


def _sources(cursor: CursorWrapper, measure: Measure) -> tuple[Source, ...]:
    """Two halves, which PostgreSQL reads side by side, where that is worth its processes; but a
    group of customers may lie in both.
    """
    if measure.rolls_up:
        return (live(),)
    cursor.execute("SELECT min(id), max(id) FROM customers_customer")
    first, last = cursor.fetchone()
    if first is None or last - first < WORTH_HALVING:
        return (live(),)
    return live_halves((first + last) // 2)


def collect_stored(
    cursor: CursorWrapper, *, fold: str, measure: Measure, as_of: datetime.date
) -> None:
    """Fill `facts` with what is stored beside the state (judge.facts_are_stored). Who has no
    standing yet is not in it, and nobody's entries are counted.
    """
    _begin(cursor)
    alone, beside = Reading(measure, as_of, live()).beside()
    columns = {
        "customer_id": "stood.customer_id",
        "revenue": "stood.trailing_revenue",
        "cost": "stood.cost_to_serve",
        "entries": "0",
    }
    if measure.weighs:
        columns["booked"] = "stood.booked_revenue"
    if measure.has_first_months:
        columns["provisional"] = "stood.reason = 'provisional'"
        columns["months"] = Reading(measure, as_of, live()).months
    if measure.tells_dormant:
        columns["dormant"] = "stood.is_dormant"
    if measure.reads_expenses:
        columns["expenses"] = "stood.expenses"
        columns["guard_revenue"] = "coalesce(stood.booked_revenue, stood.trailing_revenue)"
        columns["guard_profit"] = (
            f"{columns['guard_revenue']} - coalesce(stood.expenses, 0) - stood.cost_to_serve"
        )
    columns |= beside
    reads_more = measure.has_first_months or measure.beside
    cursor.execute(
        _FROM_STANDINGS.format(
            read=", ".join(f"{sql} AS {name}" for name, sql in columns.items()),
            bucket=_bucket("stood.trailing_revenue", measure, dormant="stood.is_dormant"),
            fold=fold,
            customers=f"JOIN {alone} ON alone.customer_id = stood.customer_id"
            if reads_more
            else "",
        ),
        {"as_of": as_of},
    )


def to_store(measure: Measure, row: str) -> dict[str, str]:
    """SQL of a standing's columns of facts, out of a row of what the measure reads."""
    group = f"CASE WHEN {row}.in_group THEN {row}.revenue END"
    return {
        "trailing_revenue": f"{row}.own_revenue" if measure.rolls_up else f"{row}.revenue",
        "cost_to_serve": f"{row}.cost",
        "booked_revenue": f"{row}.booked" if measure.weighs else "NULL::numeric",
        "expenses": f"{row}.expenses" if measure.reads_expenses else "NULL::numeric",
        "group_revenue": group if measure.rolls_up else "NULL::numeric",
        "is_dormant": f"{row}.dormant" if measure.tells_dormant else "false",
    }


def _are_stored(measure: Measure) -> str:
    """Whether nothing of it would change; not so without a standing."""
    columns = to_store(measure, "read")
    return " AND ".join(f"{sql} IS NOT DISTINCT FROM stood.{name}" for name, sql in columns.items())


def _begin(cursor: CursorWrapper) -> None:
    cursor.execute("DROP TABLE IF EXISTS facts, buckets, changed")


def _bucket(revenue: str, measure: Measure, *, dormant: str = "read.dormant") -> str:
    outside = f"WHEN {dormant} THEN NULL" if measure.tells_dormant else ""
    if measure.rolls_up:
        outside += " WHEN NOT read.is_head THEN NULL"
    return _BUCKET.format(outside=outside, revenue=revenue)


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
