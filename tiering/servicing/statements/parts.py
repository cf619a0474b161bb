"""What several statements are made of."""

from tiering.models import Observation

MOST_EVIDENCE = Observation.MOST_EVIDENCE


def settled(since: str) -> str:
    """What has been settled of the statement's kind, by customer and month from that of `since`."""
    return f"""settled AS (
    SELECT customer_id, month, sum(quantity)::int AS quantity
    FROM tiering_settledpart
    WHERE kind = %(kind)s AND month >= date_trunc('month', {since}::timestamp)
    GROUP BY customer_id, month)"""


def evidence(entry: str, *, by: str) -> str:
    """The ids of the latest entries; `by` is the column that orders them."""
    return f"(array_agg({entry} ORDER BY {by} DESC, {entry} DESC))[1:{MOST_EVIDENCE}]"
