"""The tier in force of every customer on the night, and what it brings."""

import datetime

from tiering.in_force import instead_sql, rules_on

_NOBODY = """
CREATE TEMPORARY TABLE servicing_tiers (customer_id bigint, tier_id bigint, since date)
ON COMMIT DROP
"""

# `since`: the day from which the customer has had it, by the evaluations or by an override.
_TIERS = """
CREATE TEMPORARY TABLE servicing_tiers ON COMMIT DROP AS
WITH earned AS (
    SELECT DISTINCT ON (change.customer_id) change.customer_id,
           change.earned_tier_id AS tier_id, change.earned_since AS since, rule.rank
    FROM tiering_tierchange change
    JOIN tiering_evaluation evaluation ON evaluation.id = change.evaluation_id
    LEFT JOIN tiering_tierrule rule
      ON rule.rule_set_id = {rules} AND rule.tier_id = change.earned_tier_id
    WHERE NOT evaluation.is_ahead AND evaluation.known_from <= DATE '{on}'
    ORDER BY change.customer_id, change.as_of DESC, change.evaluation_id DESC
), held AS (
    SELECT customer_id, earned.tier_id, instead.source, greatest(earned.since, (
               SELECT max(o.starts_on) FROM tiering_override o
               WHERE instead.source = 'override' AND o.customer_id = instead.customer_id
                 AND o.state IN ('approved', 'ended') AND o.starts_on <= DATE '{on}'
           )) AS since,
           CASE instead.source WHEN 'override' THEN instead.rank
                WHEN 'payment_stop' THEN earned.rank + greatest(instead.rank - earned.rank, 0)
           END AS rank
    FROM earned FULL JOIN ({instead}) AS instead USING (customer_id)
)
SELECT held.customer_id, coalesce(rule.tier_id, held.tier_id) AS tier_id, held.since
FROM held
LEFT JOIN tiering_tierrule rule ON rule.rule_set_id = {rules} AND rule.rank = held.rank
WHERE coalesce(rule.tier_id, held.tier_id) IS NOT NULL
"""

# What the tiers bring by the rules in force on the night; `since`, whether or not it was published
# anew since then, the first version that brought as much.
OFFERED = """offered AS (
    SELECT l.tier_id, l.service, l.benefit_id, l.amount, l.per, min(former.effective_from) AS since
    FROM tiering_servicelevel l
    JOIN (SELECT tier_id, service, benefit_id, amount, per, r.effective_from
          FROM tiering_servicelevel JOIN tiering_ruleset r ON r.id = rule_set_id
          WHERE r.state = 'published') AS former
      ON (former.tier_id, former.service, former.benefit_id, former.amount, former.per)
         IS NOT DISTINCT FROM (l.tier_id, l.service, l.benefit_id, l.amount, l.per)
    WHERE l.rule_set_id = %(version)s
    GROUP BY l.id)"""


def prepared(on: datetime.date) -> str:
    """Make `servicing_tiers (customer_id, tier_id, since)` for this day."""
    rules = rules_on(on)
    if rules is None:
        return _NOBODY
    instead = instead_sql(on=on, rules=rules.pk)
    return _TIERS.format(rules=rules.pk, on=on.isoformat(), instead=instead)
