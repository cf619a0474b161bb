"""A downgrade that is planned: to which tier, on which day, and what would prevent it.

Of the stored standings, so that it is as quick for all customers as for one.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from tiering.grace import falls_on
from tiering.guards import MarginGuard, guard_of
from tiering.models import Evaluation, GuardRule, RuleSet, Standing


@dataclass(frozen=True)
class Fall:
    """`after` is the code of the tier that follows; `missing` is None where revenue is not what
    is missing, or is not known to be all of it.
    """

    after: str
    on: datetime.date
    missing: Decimal | None


def fall_of(row: Standing, evaluation: Evaluation, guard: GuardRule | None) -> Fall:
    """Of a standing with `below_since`, by the evaluation it is from and the version's guard."""
    rules, tiers = evaluation.rule_set, evaluation.counts["tiers"]
    assert row.below_since is not None
    ranks = {code: figures["rank"] for code, figures in tiers.items()}
    codes = sorted(ranks, key=lambda code: ranks[code])
    before, after = row.earned_tier.code, row.raw_tier.code
    limit = _guard(row, rules, guard, ranks)
    if before in ranks and after in ranks:
        if rules.drop == RuleSet.Drop.ONE_STEP:
            after = codes[min(ranks[before], len(codes) - 1)]
        elif limit is not None:
            after = codes[limit.capped(ranks[after]) - 1]
    day = falls_on(row.below_since, row.earned_since, reason=row.reason, rules=rules)
    return Fall(after, day, _missing(row, tiers.get(before), limit))


def _guard(
    row: Standing, rules: RuleSet, guard: GuardRule | None, ranks: dict[str, int]
) -> MarginGuard | None:
    """None also where a group is judged together: its sums are not in the standing."""
    if guard is None or rules.rolls_up:
        return None
    booked = row.trailing_revenue if row.booked_revenue is None else row.booked_revenue
    spent = (row.expenses or Decimal(0)) + row.cost_to_serve
    return guard_of(guard, {guard.cap_id: ranks[guard.cap.code]}, booked=booked, spent=spent)


def _missing(
    row: Standing, tier: dict[str, str] | None, limit: MarginGuard | None
) -> Decimal | None:
    if tier is None or tier["keep"] is None:
        return None
    revenue = row.trailing_revenue if row.group_revenue is None else row.group_revenue
    missing = Decimal(tier["keep"]) - revenue
    if tier.get("asks_more"):  # what else is missing is not in the standing
        return None
    room = limit.room_in(int(tier["rank"])) if limit else None
    if room is not None:
        missing = max(missing, -room)
    return missing if missing > 0 else None
