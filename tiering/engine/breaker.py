"""Whether a run looks like a mistake: too many fall, or the ledger has lost what it should hold.

Looked at when a run has written everything and before it is seen: tiering/nightly.py undoes what
is held. Only what holds today is compared, so a run of many dates is judged as a whole.
"""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from firm.dates import add_months, first_of_month
from tiering.models import Evaluation, HeldMove, RuleSet, Standing

KEPT = 2_000  # movers listed for people; the digest is of all
MONTHS_BEFORE = 6
# What decides how many entries count, and how much of them.
SAME_FACTS = (
    "window_months",
    "window_end",
    "one_off_weight",
    "cold_start_months",
    "dormant_after_months",
    "rolls_up",
)

# From the tier that held before the run to the one that holds after it. A customer without a
# former row, or whose tier the version does not have, is evaluated for the first time: no move. Nor
# is a provisional tier one.
_MOVES = """
DROP TABLE IF EXISTS moves;
CREATE TEMPORARY TABLE moves ON COMMIT DROP AS
SELECT stood.customer_id, former.earned_tier_id AS before_id, stood.earned_tier_id AS after_id,
       now_rule.rank > former_rule.rank AS is_down, stood.reason, stood.trailing_revenue,
       EXISTS (SELECT FROM tiering_previewmove move
                 JOIN tiering_preview preview ON preview.id = move.preview_id
                WHERE preview.draft_id = %(rules)s AND preview.bound_at IS NOT NULL
                  AND move.customer_id = stood.customer_id AND move.way IN ('down', 'grace')
                  AND stood.earned_tier_id IN (move.earned_after_id, move.raw_after_id)
              ) AS is_foreseen
  FROM (SELECT DISTINCT customer_id FROM tiering_tierchange
         WHERE evaluation_id = ANY(%(made)s)) touched
  JOIN tiering_standing stood USING (customer_id)
  CROSS JOIN LATERAL (
       SELECT change.earned_tier_id
         FROM tiering_tierchange change
         JOIN tiering_evaluation evaluation ON evaluation.id = change.evaluation_id
        WHERE change.customer_id = stood.customer_id AND NOT evaluation.is_ahead
          AND change.evaluation_id <> ALL(%(made)s)
        ORDER BY change.as_of DESC, change.evaluation_id DESC
        LIMIT 1) former
  JOIN tiering_tierrule former_rule
    ON former_rule.rule_set_id = %(rules)s AND former_rule.tier_id = former.earned_tier_id
  JOIN tiering_tierrule now_rule
    ON now_rule.rule_set_id = %(rules)s AND now_rule.tier_id = stood.earned_tier_id
 WHERE stood.earned_tier_id <> former.earned_tier_id
   AND stood.reason NOT IN ('initial', 'provisional')
"""

_SUMS = """
SELECT count(*) FILTER (WHERE is_down), count(*) FILTER (WHERE NOT is_down),
       count(*) FILTER (WHERE is_down AND is_foreseen),
       encode(sha256(convert_to(coalesce(string_agg(
           concat_ws('>', customer_id, before_id, after_id), ';' ORDER BY customer_id), ''),
           'UTF8')), 'hex')
  FROM moves
"""

_LISTED = """
SELECT customer_id, before_id, after_id, is_down, is_foreseen, reason, trailing_revenue
  FROM moves ORDER BY is_down DESC, trailing_revenue DESC, customer_id LIMIT %(kept)s
"""

_ENTRIES = """
SELECT count(*) FILTER (WHERE date >= %(month)s), count(*) FILTER (WHERE date < %(month)s)
  FROM customers_revenueentry
 WHERE superseded_by_import_id IS NULL AND date >= %(start)s AND date < %(until)s
"""


@dataclass(frozen=True)
class Before:
    """What there was before a run, for the comparison after it."""

    latest: Evaluation | None
    standings: int


@dataclass(frozen=True)
class Movers:
    """Who holds another tier after the run; `listed` are the first KEPT of them, not stored."""

    down: int = 0
    up: int = 0
    foreseen: int = 0
    digest: str = ""
    listed: list[HeldMove] = field(default_factory=list)


@dataclass(frozen=True)
class Verdict:
    """Why a run is held, as codes and numbers: no `stops` where it is not. `as_of` is the last
    date it came to.
    """

    stops: list[dict[str, Any]] = field(default_factory=list)
    movers: Movers = Movers()
    as_of: datetime.date | None = None
    rules: RuleSet | None = None


def is_on(rules: RuleSet) -> bool:
    bounds = (rules.breaker_down_share, rules.breaker_down_count, rules.breaker_drop_share)
    return any(bound is not None for bound in bounds)


def before(latest: Evaluation | None) -> Before:
    return Before(latest=latest, standings=Standing.objects.count())


def judge(made: list[Evaluation], *, rules: RuleSet, former: Before) -> Verdict:
    """Compare what these evaluations, just written, led to with what there was before.

    `rules` are those of the last of them. Where nothing had been evaluated before there is
    nothing to compare with, and what was worked out ahead is nobody's standing.
    """
    if former.latest is None or all(one.is_ahead for one in made):
        return Verdict()
    now = Evaluation.objects.real().order_by("as_of", "pk").last()
    assert now is not None
    with connection.cursor() as cursor:
        movers = _movers(cursor, made, rules)
        stops = [
            *_too_many(movers, rules=rules, customers=former.standings),
            *_month(cursor, now.as_of),
            *_drops(former.latest, now, rules=rules),
        ]
    return Verdict(stops, movers, now.as_of, rules)


def _movers(cursor: CursorWrapper, made: list[Evaluation], rules: RuleSet) -> Movers:
    cursor.execute(_MOVES, {"made": [one.pk for one in made], "rules": rules.pk})
    cursor.execute(_SUMS)
    down, up, foreseen, digest = cursor.fetchone()
    cursor.execute(_LISTED, {"kept": KEPT})
    columns = [column.name for column in cursor.description]
    listed = [HeldMove(**dict(zip(columns, row, strict=True))) for row in cursor.fetchall()]
    return Movers(down, up, foreseen, digest, listed)


def _too_many(movers: Movers, *, rules: RuleSet, customers: int) -> list[dict[str, Any]]:
    """More fall than both the share and the number allow, those foreseen left out."""
    if rules.breaker_down_share is None and rules.breaker_down_count is None:
        return []
    by_share = (rules.breaker_down_share or 0) * customers / 100
    allowed = max(by_share, rules.breaker_down_count or 0)
    down = movers.down - movers.foreseen
    if down <= allowed:
        return []
    return [
        {
            "code": "many_down",
            "down": down,
            "allowed": int(allowed),
            "customers": customers,
            "foreseen": movers.foreseen,
        }
    ]


def _month(cursor: CursorWrapper, as_of: datetime.date) -> list[dict[str, Any]]:
    """The last month evaluated is empty, or half empty beside the six before it."""
    until = first_of_month(as_of)
    month = add_months(until, -1)
    start = add_months(month, -MONTHS_BEFORE)
    cursor.execute(_ENTRIES, {"start": start, "month": month, "until": until})
    entries, earlier = cursor.fetchone()
    stop = {"month": month.isoformat(), "entries": entries}
    if not entries:
        return [{"code": "month_empty", **stop}]
    if entries * 2 * MONTHS_BEFORE < earlier:
        return [{"code": "month_thin", **stop, "mean": round(earlier / MONTHS_BEFORE)}]
    return []


def _drops(latest: Evaluation, now: Evaluation, *, rules: RuleSet) -> list[dict[str, Any]]:
    """Entries, or the total of the positive revenues, have fallen since the last evaluation.

    Versions that count other months, or other parts of an amount, are not compared.
    """
    allowed = rules.breaker_drop_share
    if allowed is None or any(
        getattr(latest.rule_set, name) != getattr(rules, name) for name in SAME_FACTS
    ):
        return []
    stops = []
    for key, code in (("entries", "entries_fell"), ("total", "total_fell")):
        had, has = Decimal(latest.counts.get(key, 0)), Decimal(now.counts.get(key, 0))
        if (had - has) * 100 > allowed * had:
            percent = int((had - has) * 100 / had)
            stops.append({"code": code, "before": f"{had:f}", "after": f"{has:f}", "fell": percent})
    return stops
