"""One step of the fold for every customer at once: decide, and write what differs.

The rules of the step are those of the design's semantics, word by word; tests/tiering/oracle.py
says the same in plain Python.
"""

import datetime
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from firm.dates import add_months
from firm.money import LARGEST
from tiering.engine import facts
from tiering.engine.bounds import Ladder
from tiering.engine.measure import Measure
from tiering.models import RuleSet

Params = dict[str, int | datetime.date]

# Every level reads the columns of the one below; OFFSET 0 keeps the planner from flattening
# them, which would work out a tier's rank again for each use of it. The outermost expressions
# stand in the condition as well, so that they are kept for the few rows that differ only. Most
# customers have what they had and aim for the tier they are in: they are left out early on.
CHANGED = """
CREATE TEMPORARY TABLE changed ON COMMIT DROP AS
SELECT customer_id, revenue, cost, before_id, below_before, since_before, reason,
       {raw_id} AS raw_id, earned_id, {since} AS since, {below} AS below,
       stored_raw_id, stored_earned_id, stored_reason, stored_below, stored_since,
       {trailing_revenue} AS own_revenue, {booked_revenue} AS booked, {expenses} AS expenses,
       {group_revenue} AS group_revenue, {is_dormant} AS dormant {explained}
  FROM (SELECT judged.*, {earned_id} AS earned_id
          FROM (SELECT aimed.*, {reason} AS reason
                  FROM (SELECT ranked.* {target_of}
                          FROM (SELECT facts.*, {raw_rank} AS raw, {before_rank} AS before
                                  FROM facts OFFSET 0) ranked
                        {barrier}) aimed
                 WHERE ({rests}) IS NOT TRUE
                OFFSET 0) judged
        OFFSET 0) stepped
 WHERE NOT are_stored
    OR earned_id <> stored_earned_id OR {raw_id} <> stored_raw_id OR reason <> stored_reason
    OR {since} <> stored_since OR {below} IS DISTINCT FROM stored_below
"""

# The step's arm `unchanged` over a state that this arm has left: nothing to write.
RESTS = """
{target} = before AND are_stored AND stored_reason = 'unchanged'
AND {raw_id} = stored_raw_id AND before_id = stored_earned_id AND since_before = stored_since
AND below_before IS NULL AND stored_below IS NULL
"""

# Only a customer whose sums differ from what is stored can have sums that cannot be stored.
OUT_OF_RANGE = """
DELETE FROM changed
 WHERE greatest(revenue, cost, own_revenue, booked, expenses) > %(most)s
    OR least(revenue, cost, own_revenue, booked, expenses) < %(least)s
RETURNING customer_id
"""

# What belongs into the history: not every change of an amount.
MOVED = """
(stored_earned_id IS NULL OR earned_id <> stored_earned_id OR raw_id <> stored_raw_id
 OR reason <> stored_reason OR below IS DISTINCT FROM stored_below
 OR since <> stored_since AND reason <> 'provisional')
"""

HISTORY = """
INSERT INTO tiering_tierchange
       (customer_id, evaluation_id, as_of, raw_tier_id, earned_tier_id, reason,
        trailing_revenue, below_since, earned_since, explanation)
SELECT customer_id, %(evaluation)s, %(as_of)s, raw_id, earned_id, reason,
       revenue, below, since, {explanation}
  FROM changed WHERE {moved}
"""

HISTORY_AHEAD = """
INSERT INTO tiering_tierchange
       (customer_id, evaluation_id, as_of, raw_tier_id, earned_tier_id, reason,
        trailing_revenue, below_since, earned_since, explanation)
SELECT ahead.customer_id, %(evaluation)s, %(as_of)s, ahead.raw_tier_id, ahead.earned_tier_id,
       ahead.reason, facts.revenue, ahead.below_since, ahead.earned_since, {explanation}
  FROM fold ahead
  JOIN facts ON facts.customer_id = ahead.customer_id
  LEFT JOIN tiering_standing stood ON stood.customer_id = ahead.customer_id
 WHERE (ahead.raw_tier_id, ahead.earned_tier_id, ahead.reason, ahead.below_since)
       IS DISTINCT FROM
       (stood.raw_tier_id, stood.earned_tier_id, stood.reason, stood.below_since)
"""

# The state before this `as_of` is kept where the step changed the state.
UPDATE = """
UPDATE {fold} stood
   SET evaluation_id = %(evaluation)s, raw_tier_id = raw_id, earned_tier_id = earned_id,
       reason = step.reason, trailing_revenue = own_revenue, cost_to_serve = cost,
       booked_revenue = booked, expenses = step.expenses, group_revenue = step.group_revenue,
       is_dormant = dormant,
       below_since = below, earned_since = since,
       changed_as_of = CASE WHEN fresh THEN %(as_of)s ELSE changed_as_of END,
       earned_before_id = CASE WHEN fresh THEN before_id ELSE earned_before_id END,
       below_since_before = CASE WHEN fresh THEN below_before ELSE below_since_before END,
       earned_since_before = CASE WHEN fresh THEN since_before ELSE earned_since_before END
  FROM (SELECT changed.*,
               (earned_id, below, since)
                 IS DISTINCT FROM (before_id, below_before, since_before) AS fresh
          FROM changed) step
 WHERE stood.customer_id = step.customer_id
"""

INSERT = """
INSERT INTO {fold}
       (customer_id, evaluation_id, raw_tier_id, earned_tier_id, reason, trailing_revenue,
        cost_to_serve, booked_revenue, expenses, group_revenue, is_dormant, below_since,
        earned_since, changed_as_of)
SELECT customer_id, %(evaluation)s, raw_id, earned_id, reason, own_revenue, cost, booked,
       expenses, group_revenue, dormant, below, since, %(as_of)s
  FROM changed WHERE stored_earned_id IS NULL
"""


@dataclass(frozen=True)
class Changed:
    """How many rows a pass would write: all of them, those that go into the history, and those
    of customers without a standing so far.

    `failed` are customers whose sums no money column can hold. They keep their standing, so that
    one broken customer stops nobody else's evaluation.
    """

    rows: int
    moved: int
    first: int
    failed: list[int]


def is_month_end(rules: RuleSet, as_of: datetime.date) -> bool:
    """Whether this evaluation may lower a tier. Day by day only the first of a month may; the
    other nights can only raise.
    """
    return rules.window_end == RuleSet.WindowEnd.CLOSED_MONTHS or as_of.day == 1


def decide(
    cursor: CursorWrapper,
    *,
    ladder: Ladder,
    rules: RuleSet,
    measure: Measure,
    as_of: datetime.date,
) -> Changed:
    """Fill `changed` with the customers whose row differs from what is stored."""
    lowers = is_month_end(rules, as_of)
    # The rank to aim for: what the criteria give, as far as the guard allows it.
    target = "target" if ladder.guard else "raw"
    one_step = rules.drop == RuleSet.Drop.ONE_STEP
    rests = RESTS.format(target=target, raw_id=ladder.tier_of("raw"))
    cursor.execute(
        CHANGED.format(
            raw_rank=ladder.raw_rank("revenue"),
            before_rank=ladder.rank_of("before_id"),
            target_of=f", {ladder.guard.capped('raw')} AS target" if ladder.guard else "",
            barrier="OFFSET 0" if ladder.guard else "",
            rests=f"NOT provisional AND {rests}" if ladder.has_first_months else rests,
            reason=_reason(ladder, rules, target=target, lowers=lowers),
            raw_id=ladder.tier_of("raw"),
            earned_id=f"""
                CASE WHEN reason IN ('initial', 'upgraded') THEN {ladder.tier_of(target)}
                     WHEN reason = 'provisional' THEN {ladder.tier_of("raw")}
                     WHEN reason = 'nonpositive' THEN {ladder.bounds[-1].tier}
                     WHEN reason = 'downgraded'
                     THEN {ladder.tier_of("before + 1" if one_step else target)}
                     ELSE before_id END""",
            since="CASE WHEN earned_id = before_id THEN since_before ELSE %(as_of)s::date END",
            below="""CASE WHEN reason IN ('grace', 'minimum_tenure')
                          THEN coalesce(below_before, %(as_of)s) END"""
            if lowers
            else "CASE WHEN reason NOT IN ('initial', 'provisional') THEN below_before END",
            **_facts_of(measure, ladder),
        ),
        {
            "as_of": as_of,
            # A month end below counts itself: with two, the one after the first ends the grace.
            "grace_is_over": add_months(as_of, 1 - rules.grace_evaluations),
            "entered_by": as_of - datetime.timedelta(days=rules.minimum_tenure_days),
        },
    )
    cursor.execute(OUT_OF_RANGE, {"least": -LARGEST, "most": LARGEST})
    failed = [customer for (customer,) in cursor.fetchall()]
    cursor.execute(
        f"""SELECT count(*), count(*) FILTER (WHERE {MOVED}),
                   count(*) FILTER (WHERE stored_earned_id IS NULL) FROM changed"""
    )
    rows, moved, first = cursor.fetchone()
    return Changed(rows, moved, first, failed)


def _facts_of(measure: Measure, ladder: Ladder) -> dict[str, str]:
    """SQL of the facts to store; those that the rules do not ask for are not in `facts`."""
    explained = ["provisional", "months"] if measure.has_first_months else []
    explained += sorted(ladder.explained_columns)
    return {
        **facts.to_store(measure, "stepped"),
        "explained": "".join(f", {column}" for column in explained),
    }


def _reason(ladder: Ladder, rules: RuleSet, *, target: str, lowers: bool) -> str:
    """The step's arms in their order; the first that holds is the reason."""
    may_fall = "since_before <= %(entered_by)s" if rules.minimum_tenure_days else "true"
    kept = ladder.kept("revenue", "before")
    if ladder.guard:
        kept += f" AND {ladder.guard.keeps('before')}"
    arms = [
        ("before IS NULL", "'initial'"),
        (f"{target} < before", "'upgraded'"),
        (f"{target} = before", "'unchanged'"),
        (kept, "'kept_by_keep_bound'"),
    ]
    if ladder.has_first_months:
        arms.insert(0, ("provisional", "'provisional'"))
    if lowers:
        falls = "CASE WHEN {may_fall} THEN '{reason}' ELSE 'minimum_tenure' END".format
        if rules.nonpositive == RuleSet.Nonpositive.AT_ONCE:
            at_once = ("revenue <= 0", falls(may_fall=may_fall, reason="nonpositive"))
            arms.insert(-1, at_once)
        over = "coalesce(below_before, %(as_of)s) <= %(grace_is_over)s"
        arms.append((over, falls(may_fall=may_fall, reason="downgraded")))
    whens = " ".join(f"WHEN {condition} THEN {reason}" for condition, reason in arms)
    return f"CASE {whens} ELSE 'grace' END"


def write_history(
    cursor: CursorWrapper, *, ladder: Ladder, evaluation: int, as_of: datetime.date
) -> None:
    explanation = explanation_of(ladder, earned="earned_id", before="before_id", revenue="revenue")
    cursor.execute(
        HISTORY.format(moved=MOVED, explanation=explanation),
        {"evaluation": evaluation, "as_of": as_of},
    )


def write_history_ahead(
    cursor: CursorWrapper, *, ladder: Ladder, evaluation: int, as_of: datetime.date
) -> int:
    """What differs from today's standings at a date still to come; returns the rows written."""
    explanation = explanation_of(
        ladder, earned="ahead.earned_tier_id", before="facts.before_id", revenue="facts.revenue"
    )
    values: Params = {"evaluation": evaluation, "as_of": as_of}
    cursor.execute(HISTORY_AHEAD.format(explanation=explanation), values)
    written: int = cursor.rowcount
    return written


def write_state(
    cursor: CursorWrapper, changed: Changed, *, fold: str, evaluation: int, as_of: datetime.date
) -> None:
    values: Params = {"evaluation": evaluation, "as_of": as_of}
    if changed.rows > changed.first:
        cursor.execute(UPDATE.format(fold=fold), values)
    if changed.first:
        cursor.execute(INSERT.format(fold=fold), values)


def explanation_of(ladder: Ladder, *, earned: str, before: str, revenue: str) -> str:
    """SQL of the stored explanation, a JSON object; what does not apply is absent.

    - `before`: code of the earned tier before; absent at a first evaluation
    - `up`: what is missing to the tier above, as text in the base currency
    - `down`: what is left above the tier's own keep bound, negative where it is missing
    - `basis`: "annualised" or "provisional" (engine/ledgers.py); absent is full
    - `months`: the months since the start that such a revenue rests on
    - `guards`: a list of objects: `fact` ("margin"), `value` in per cent as text (absent where
      nothing was booked), `enter` and `keep` in per cent as text, `cap`, the code of the best
      tier allowed below them, `enters` and `keeps`, whether each bound is reached
    - `criteria`: a list of objects: `tier`, its code, `needs` ("all": besides, "any": instead),
      `fact`, `choice` (the contract type asked for), `value`, `enter` and `keep` as text in the
      unit of the fact, `enters` and `keeps`; `up` and `down` are of the revenue alone
    """
    pairs = {
        "before": ladder.code_of(before),
        "up": f"(({ladder.up(earned)})::numeric - {revenue})::text",
        "down": f"({revenue} - ({ladder.down(earned)})::numeric)::text",
    }
    if ladder.has_first_months:
        pairs["basis"] = """CASE WHEN provisional THEN 'provisional'
                                 WHEN months IS NOT NULL THEN 'annualised' END"""
        pairs["months"] = "months"
    if ladder.guard:
        pairs["guards"] = f"jsonb_build_array({ladder.guard.explained})"
    if ladder.criteria:
        told = [one.explained(ladder.code_of(str(tier.tier))) for tier, one in ladder.criteria]
        pairs["criteria"] = f"to_jsonb(ARRAY[{', '.join(told)}])"
    built = ", ".join(f"'{key}', {value}" for key, value in pairs.items())
    return f"jsonb_strip_nulls(jsonb_build_object({built}))"
