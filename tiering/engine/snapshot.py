"""The tier and money columns of what lists and search read."""

import datetime

from django.db.backends.utils import CursorWrapper

from tiering import in_force
from tiering.engine.bounds import Ladder

# The tier in force is the earned one for all but a few; what these have instead stays, and is
# looked at by itself afterwards.
_RANK = "CASE WHEN snapshot.tier_source = 'earned' THEN now.rank ELSE snapshot.tier_rank END"
_SYNC = f"""
UPDATE customers_customersnapshot snapshot
   SET (tier_rank, earned_rank, in_grace, trailing_revenue, cost_to_serve)
       = ROW({_RANK}, now.rank, now.in_grace, now.revenue, now.cost)
  FROM ({{source}}) now
 WHERE now.customer_id = snapshot.customer_id
   AND (snapshot.tier_rank, snapshot.earned_rank, snapshot.in_grace, snapshot.trailing_revenue,
        snapshot.cost_to_serve)
       IS DISTINCT FROM ({_RANK}, now.rank, now.in_grace, now.revenue, now.cost)
"""

_STANDINGS = """
SELECT customer_id, {rank} AS rank, reason = 'grace' AS in_grace,
       trailing_revenue AS revenue, cost_to_serve AS cost
  FROM tiering_standing
"""

_CHANGED = """
SELECT customer_id, {rank} AS rank, reason = 'grace' AS in_grace, own_revenue AS revenue, cost
  FROM changed
"""


def sync(
    cursor: CursorWrapper, *, ladder: Ladder, only_changed: bool, rules: int, on: datetime.date
) -> int:
    """Bring the snapshot to the standings, and to what is in force on the day `on` by this
    version of the rules; returns how many rows differed.

    `only_changed` looks at the customers of the last pass, which is enough where it was the only
    one and the version of the rules is the one before.
    """
    if only_changed:
        source = _CHANGED.format(rank=ladder.rank_of("earned_id"))
    else:
        source = _STANDINGS.format(rank=ladder.rank_of("earned_tier_id"))
    in_force.lock()
    cursor.execute(_SYNC.format(source=source))
    written: int = cursor.rowcount
    return written + in_force.settle(on=on, rules=rules)
