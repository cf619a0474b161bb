"""The state of every customer between two passes.

An ordinary night goes on from `tiering_standing` itself. A replay, and what is worked out ahead
for nights still to come, work in a temporary table of the same shape.
"""

import datetime

from django.db.backends.utils import CursorWrapper

STANDING = "tiering_standing"
TEMPORARY = "fold"

_CREATE = f"""
DROP TABLE IF EXISTS {TEMPORARY};
CREATE TEMPORARY TABLE {TEMPORARY} (LIKE tiering_standing INCLUDING DEFAULTS INCLUDING INDEXES)
ON COMMIT DROP
"""

# What held before a date is a customer's last row before it, the youngest evaluation's where
# several passes wrote one for the same date.
_FROM_HISTORY = f"""
INSERT INTO {TEMPORARY}
       (customer_id, evaluation_id, raw_tier_id, earned_tier_id, reason, trailing_revenue,
        cost_to_serve, below_since, earned_since, changed_as_of)
SELECT DISTINCT ON (customer_id)
       customer_id, evaluation_id, raw_tier_id, earned_tier_id, reason, trailing_revenue,
       0, below_since, earned_since, change.as_of
  FROM tiering_tierchange change
  JOIN tiering_evaluation evaluation ON evaluation.id = change.evaluation_id
 WHERE change.as_of < %(as_of)s AND NOT evaluation.is_ahead
 ORDER BY customer_id, change.as_of DESC, evaluation_id DESC
"""

_RECORDED = """
SELECT DISTINCT ON (customer_id) change.*
  FROM tiering_tierchange change
  JOIN tiering_evaluation evaluation ON evaluation.id = change.evaluation_id
 WHERE evaluation.as_of = %(as_of)s AND NOT evaluation.is_ahead
 ORDER BY customer_id, evaluation_id DESC
"""

_OVERLAY = f"""
UPDATE {TEMPORARY} stood
   SET (earned_before_id, below_since_before, earned_since_before)
       = (SELECT stood.earned_tier_id, stood.below_since, stood.earned_since
           WHERE stood.reason <> 'provisional'),
       changed_as_of = %(as_of)s,
       evaluation_id = recorded.evaluation_id,
       raw_tier_id = recorded.raw_tier_id,
       earned_tier_id = recorded.earned_tier_id,
       reason = recorded.reason,
       below_since = recorded.below_since,
       earned_since = recorded.earned_since
  FROM ({_RECORDED}) recorded
 WHERE recorded.customer_id = stood.customer_id
"""

_OVERLAY_FIRST = f"""
INSERT INTO {TEMPORARY}
       (customer_id, evaluation_id, raw_tier_id, earned_tier_id, reason, trailing_revenue,
        cost_to_serve, below_since, earned_since, changed_as_of)
SELECT customer_id, evaluation_id, raw_tier_id, earned_tier_id, reason, trailing_revenue, 0,
       below_since, earned_since, %(as_of)s
  FROM ({_RECORDED}) recorded
 WHERE NOT EXISTS (SELECT FROM {TEMPORARY} stood WHERE stood.customer_id = recorded.customer_id)
"""

_BEFORE = """
CASE WHEN {row}.changed_as_of = %(as_of)s THEN {row}.{column}_before{id}
     ELSE {row}.{column}{id_now} END
"""


def _before(row: str) -> str:
    """The state before the last pass, as comparable columns of one row."""
    columns = (("earned", "_id", "_tier_id"), ("below_since", "", ""), ("earned_since", "", ""))
    return ", ".join(
        _BEFORE.format(row=row, column=column, id=id, id_now=id_now)
        for column, id, id_now in columns
    )


_STATE = (
    "raw_tier_id, earned_tier_id, reason, trailing_revenue, cost_to_serve, booked_revenue,"
    " expenses, group_revenue, is_dormant, below_since, earned_since"
)
_COLUMNS = (
    f"evaluation_id, {_STATE}, changed_as_of, earned_before_id, below_since_before,"
    " earned_since_before"
)


def _of(row: str, columns: str) -> str:
    return ", ".join(f"{row}.{column.strip()}" for column in columns.split(","))


_SYNC = f"""
UPDATE tiering_standing stood
   SET ({_COLUMNS}) = ROW({_of("worked", _COLUMNS)})
  FROM {TEMPORARY} worked
 WHERE worked.customer_id = stood.customer_id
   AND ({_of("worked", _STATE)}, {_before("worked")})
       IS DISTINCT FROM ({_of("stood", _STATE)}, {_before("stood")})
"""

_SYNC_FIRST = f"""
INSERT INTO tiering_standing (customer_id, {_COLUMNS})
SELECT customer_id, {_COLUMNS} FROM {TEMPORARY} worked
 WHERE NOT EXISTS (SELECT FROM tiering_standing stood
                    WHERE stood.customer_id = worked.customer_id)
"""


def begin_empty(cursor: CursorWrapper) -> None:
    """A table in which nobody has been evaluated yet."""
    cursor.execute(_CREATE)


def rebuild(cursor: CursorWrapper, *, before: datetime.date) -> None:
    """The state before a date, out of the history."""
    cursor.execute(_CREATE)
    cursor.execute(_FROM_HISTORY, {"as_of": before})
    cursor.execute(f"ANALYZE {TEMPORARY}")


def copy_standing(cursor: CursorWrapper) -> None:
    """The state as it stands, to work on without touching it."""
    cursor.execute(_CREATE)
    cursor.execute(f"INSERT INTO {TEMPORARY} SELECT * FROM tiering_standing")
    cursor.execute(f"ANALYZE {TEMPORARY}")


def overlay(cursor: CursorWrapper, *, as_of: datetime.date) -> None:
    """Lay what is recorded for exactly this date over the state before it, as an ordinary night
    finds it in `tiering_standing`: so a replay writes history only where it differs.
    """
    cursor.execute(_OVERLAY, {"as_of": as_of})
    cursor.execute(_OVERLAY_FIRST, {"as_of": as_of})


def sync_standing(cursor: CursorWrapper, *, as_of: datetime.date) -> int:
    """Bring `tiering_standing` to where a replay has come; returns how many rows differed."""
    cursor.execute(_SYNC, {"as_of": as_of})
    written: int = cursor.rowcount
    cursor.execute(_SYNC_FIRST)
    return written + cursor.rowcount
