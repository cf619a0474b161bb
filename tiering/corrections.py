"""Who moved by a further evaluation of the same date.

Such an evaluation starts again from the month before, so its own steps tell what it came to, not
what it changed: here it is compared with what was recorded for the date before it.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models.expressions import RawSQL

# As with a held run, a first or a provisional tier is no move.
_MOVED = """
SELECT change.id, change.evaluation_id, former.earned_tier_id AS before_id,
       now_rule.rank > former_rule.rank AS is_down
  FROM tiering_tierchange change
  JOIN tiering_evaluation own ON own.id = change.evaluation_id
  CROSS JOIN LATERAL (
       SELECT earlier.earned_tier_id
         FROM tiering_tierchange earlier
         JOIN tiering_evaluation evaluation ON evaluation.id = earlier.evaluation_id
        WHERE earlier.customer_id = change.customer_id AND NOT evaluation.is_ahead
          AND earlier.as_of <= change.as_of AND earlier.evaluation_id < change.evaluation_id
        ORDER BY earlier.as_of DESC, earlier.evaluation_id DESC
        LIMIT 1) former
  JOIN tiering_tierrule former_rule
    ON former_rule.rule_set_id = own.rule_set_id AND former_rule.tier_id = former.earned_tier_id
  JOIN tiering_tierrule now_rule
    ON now_rule.rule_set_id = own.rule_set_id AND now_rule.tier_id = change.earned_tier_id
 WHERE change.evaluation_id = ANY(%s) AND change.earned_tier_id <> former.earned_tier_id
   AND change.reason NOT IN ('initial', 'provisional')
"""
_WAYS = {"": "", "up": "WHERE NOT is_down", "down": "WHERE is_down"}


def counted(evaluations: Sequence[int]) -> dict[int, dict[str, int]]:
    """By evaluation how many it moved, by the names that `counts` has for them."""
    found = {pk: {"upgraded": 0, "downgraded": 0} for pk in evaluations}
    if found:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT evaluation_id, is_down, count(*) FROM ({_MOVED}) moved GROUP BY 1, 2",
                [list(found)],
            )
            for pk, is_down, count in cursor.fetchall():
                found[pk]["downgraded" if is_down else "upgraded"] = count
    return found


def moved(evaluations: Sequence[int], way: str) -> RawSQL:
    """The ids of the changes that are moves up, down or both ("")."""
    return RawSQL(f"SELECT id FROM ({_MOVED}) moved {_WAYS[way]}", [list(evaluations)])


def tiers_before(evaluations: Sequence[int]) -> dict[int, str]:
    """By change the code of the tier that was recorded before."""
    if not evaluations:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT moved.id, tier.code
                  FROM ({_MOVED}) moved JOIN tiering_tier tier ON tier.id = moved.before_id""",
            [list(evaluations)],
        )
        return dict(cursor.fetchall())
