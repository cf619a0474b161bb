"""What a night sees against the flags as they stand: which are opened, changed, closed."""

from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper

# What the statements prepare is dropped first: several nights may run in one transaction. The flags
# as they are when the night begins to look.
TABLES = """
DROP TABLE IF EXISTS servicing_hours, servicing_counted, servicing_outside,
                     servicing_outside_before, servicing_tiers, servicing_known, servicing_seen,
                     servicing_moves;
CREATE TEMPORARY TABLE servicing_known ON COMMIT DROP AS
SELECT id, version FROM tiering_finding;
CREATE TEMPORARY TABLE servicing_seen (
    customer_id bigint, kind text, window_from date, window_until date, quantity int,
    loss numeric(18, 4), forgone_fee numeric(18, 4), severity text, is_preliminary boolean,
    settled int, vals jsonb, evidence bigint[]
) ON COMMIT DROP
"""

# An over-served customer weighs by the loss, an under-served one by the points of the kind.
SEEN = """
INSERT INTO servicing_seen
SELECT priced.customer_id, %(kind)s, window_from, window_until, quantity, loss, fee,
       CASE WHEN %(points)s > 0
            THEN (ARRAY['low', 'mid', 'high'])[least(%(points)s, 3)]
            WHEN loss < %(severity_mid)s THEN 'low'
            WHEN loss < %(severity_high)s THEN 'mid' ELSE 'high' END,
       is_preliminary, settled, vals, evidence
FROM (
    SELECT found.*, round(cost, %(digits)s) AS loss,
           round(minutes * coalesce((
               SELECT amount FROM firm_billrate WHERE valid_from < window_until
               ORDER BY valid_from DESC LIMIT 1), 0) / 60, %(digits)s) AS fee
    FROM ({statement}) AS found
    WHERE quantity > 0
) AS priced
JOIN customers_customer c ON c.id = priced.customer_id AND c.status = 'active'
"""

# What people decide meanwhile waits for the night's end; what they have just decided, the night
# waits for. Reading goes on.
LOCK = "LOCK TABLE tiering_finding IN EXCLUSIVE MODE"

# A resolved flag comes back once what is not settled has grown enough. Without anything settled,
# that is at once. What somebody has decided on since the night began to look is left to the next
# one: what is settled by it has not been seen yet.
_MOVES = """
CREATE TEMPORARY TABLE servicing_moves ON COMMIT DROP AS
SELECT coalesce(s.customer_id, f.customer_id) AS customer_id, coalesce(s.kind, f.kind) AS kind,
       s.window_from, s.window_until, s.quantity, s.loss, s.forgone_fee, s.severity,
       s.is_preliminary, s.vals, s.evidence,
       CASE WHEN f.id IS NULL THEN 'opened'
            WHEN s.customer_id IS NULL THEN 'closed'
            WHEN f.state = 'accepted' AND f.accepted_until < %(business_date)s THEN 'reopened'
            WHEN f.state = 'resolved' THEN 'reopened'
            ELSE 'changed' END AS move
FROM servicing_seen s
FULL JOIN tiering_finding f ON f.customer_id = s.customer_id AND f.kind = s.kind
LEFT JOIN servicing_known known ON known.id = f.id AND known.version = f.version
LEFT JOIN LATERAL (
    SELECT vals, o.evidence FROM (
        SELECT "values" AS vals, evidence FROM tiering_observation
        WHERE finding_id = f.id AND s.customer_id IS NOT NULL ORDER BY id DESC LIMIT 1
    ) AS o
) AS last ON true
WHERE CASE WHEN f.id IS NULL THEN true
           WHEN known.id IS NULL THEN false
           WHEN s.customer_id IS NULL THEN f.state <> 'resolved'
                AND (f.state <> 'accepted' OR f.accepted_until < %(business_date)s)
           WHEN f.state = 'resolved' THEN s.quantity >= %(reopening_share)s * s.settled
           WHEN f.state = 'accepted' AND f.accepted_until < %(business_date)s THEN true
           ELSE (s.quantity, s.loss, s.forgone_fee, s.severity, s.is_preliminary, s.vals,
                 s.evidence)
                IS DISTINCT FROM
                (f.quantity, f.loss, f.forgone_fee, f.severity, f.is_preliminary, last.vals,
                 last.evidence) END
"""

_OPEN = """
INSERT INTO tiering_finding (
    customer_id, kind, state, severity, is_preliminary, is_past, window_from, window_until,
    quantity, loss, forgone_fee, opened_on, resolution, reason, version)
SELECT customer_id, kind, 'open', severity, is_preliminary, %(is_past)s, window_from,
       window_until, quantity, loss, forgone_fee, %(business_date)s, '', '', 1
FROM servicing_moves WHERE move = 'opened'
"""

_CHANGE = """
UPDATE tiering_finding f
SET severity = m.severity, is_preliminary = m.is_preliminary, window_from = m.window_from,
    window_until = m.window_until, quantity = m.quantity, loss = m.loss,
    forgone_fee = m.forgone_fee, version = f.version + 1
FROM servicing_moves m
WHERE m.customer_id = f.customer_id AND m.kind = f.kind AND m.move IN ('changed', 'reopened')
"""

_REOPEN = """
UPDATE tiering_finding f
SET state = 'open', reopened_on = %(business_date)s, is_past = false, resolution = '',
    reason = '', accepted_until = NULL, decided_at = NULL, decided_by_id = NULL
FROM servicing_moves m
WHERE m.customer_id = f.customer_id AND m.kind = f.kind AND m.move = 'reopened'
"""

# It keeps the figures by which it was last seen.
_CLOSE = """
UPDATE tiering_finding f
SET state = 'resolved', resolution = 'subsided', reason = '', accepted_until = NULL,
    decided_at = NULL, decided_by_id = NULL, version = f.version + 1
FROM servicing_moves m
WHERE m.customer_id = f.customer_id AND m.kind = f.kind AND m.move = 'closed'
"""

_OBSERVE = """
INSERT INTO tiering_observation (
    finding_id, job_id, business_date, window_from, window_until, quantity, loss, forgone_fee,
    "values", evidence)
SELECT f.id, %(job)s, %(business_date)s, f.window_from, f.window_until, coalesce(m.quantity, 0),
       coalesce(m.loss, 0), coalesce(m.forgone_fee, 0), coalesce(m.vals, '{}'),
       coalesce(m.evidence, '{}')
FROM servicing_moves m
JOIN tiering_finding f USING (customer_id, kind)
"""

_MADE = ("opened", "reopened", "changed", "closed")
_COUNTS = "SELECT move, count(*) FROM servicing_moves GROUP BY move"


@dataclass(frozen=True)
class Outcome:
    """Flags by what became of them; `written` counts the rows of all tables but JobRun."""

    opened: int
    reopened: int
    changed: int
    closed: int
    written: int


def write(cursor: CursorWrapper, values: dict[str, Any]) -> Outcome:
    """Write what differs; `servicing_seen` holds what the night has seen."""
    cursor.execute("ANALYZE servicing_seen")
    cursor.execute(LOCK)
    cursor.execute(_MOVES, values)
    cursor.execute(_COUNTS)
    counts = dict(cursor.fetchall())
    for statement in (_OPEN, _CHANGE, _REOPEN, _CLOSE, _OBSERVE):
        cursor.execute(statement, values)
    opened, reopened, changed, closed = (counts.get(move, 0) for move in _MADE)
    return Outcome(opened, reopened, changed, closed, written=2 * sum(counts.values()))
