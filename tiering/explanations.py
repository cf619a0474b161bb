"""Why a customer has its tier: codes and numbers, worked out for any customer and day.

The bounds are stored with the evaluation, the revenue is read again from the ledger as that
evaluation saw it; the words are the pages'.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from customers.models import RevenueEntry
from firm.dates import add_months
from tiering import criteria
from tiering.calendar import last_day_counted_next
from tiering.criteria import Condition, Demand, Known, Way, criteria_of, known_of
from tiering.engine.customer_facts import CustomerFacts, of_customer
from tiering.grace import falls_on, months_below
from tiering.guards import MarginGuard, guard_of, guard_rule_of
from tiering.models import Evaluation, GuardRule, RuleSet, Tier, TierChange, TierCriterion
from tiering.standings import (
    evaluation_as_known_today,
    evaluation_on,
    standing_as_known_today,
    standing_on,
)


@dataclass(frozen=True)
class Criterion:
    """One tier of the evaluation. `enter` and `keep` are amounts in the base currency, under the
    share method the cuts of that evaluation; None: nobody meets it, or it is the lowest tier.
    `reached` is the revenue's own bound, `passed` that with the tier's other criteria.
    """

    tier: Tier
    rank: int
    enter: Decimal | None
    keep: Decimal | None
    reached: bool
    passed: bool
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Distance:
    """`amount` of revenue to `tier`, dated `by` at the latest to count at the next evaluation.

    Under the share method the customer's own revenue moves the line, too: where `at_line` is true
    that is left out and the distance is the one to the line as it was drawn.
    """

    tier: Tier
    amount: Decimal
    by: datetime.date
    at_line: bool = False


@dataclass(frozen=True)
class Leaving:
    """The month that the next evaluation no longer counts, by its first day."""

    month: datetime.date
    amount: Decimal


@dataclass(frozen=True)
class Explanation:
    """What held for a customer on a day, and why.

    The window is `[start, end)`. `up` is what is missing to the tier above. `down` is what is left
    above the tier's own keep bound, with the tier that would follow; negative in the grace period,
    where it is missing. `grace` is (month ends below so far, month ends at which the tier ends).
    `facts` are None where the rules ask for no more than the revenue.

    Where tiers have criteria beside it, `up` and `down` are what money alone does, None where it
    does not decide; `ways_up` and `ways_down` what else does, each alone. The latter lead up
    again where the tier is not kept.
    """

    rule_set: RuleSet
    evaluation: Evaluation
    change: TierChange
    start: datetime.date
    end: datetime.date
    trailing_revenue: Decimal
    criteria: list[Criterion]
    up: Distance | None
    down: Distance | None
    grace: tuple[int, int] | None
    facts: CustomerFacts | None = None
    guard: MarginGuard | None = None
    ways_up: tuple[Way, ...] = ()
    ways_down: tuple[Way, ...] = ()

    @property
    def has_criteria(self) -> bool:
        return any(one.conditions for one in self.criteria)

    @property
    def above(self) -> Tier | None:
        one = _neighbour(self.criteria, self.earned_tier, -1)
        return one.tier if one else None

    @property
    def has_below(self) -> bool:
        return _neighbour(self.criteria, self.earned_tier, 1) is not None

    @property
    def lacks_several(self) -> bool:
        """Whether nothing alone leads to the tier above."""
        return self.has_criteria and bool(self.above) and not (self.up or self.ways_up)

    @property
    def is_projected(self) -> bool:
        """Whether the revenue is worked out from a customer's first months."""
        return self.facts is not None and self.facts.basis != "full"

    @property
    def is_capped(self) -> bool:
        """Whether the guard allows less than the criteria give."""
        raw = next((one.rank for one in self.criteria if one.tier == self.raw_tier), None)
        return self.guard is not None and raw is not None and self.guard.capped(raw) != raw

    @property
    def raw_tier(self) -> Tier:
        return self.change.raw_tier

    @property
    def earned_tier(self) -> Tier:
        return self.change.earned_tier

    @property
    def reason(self) -> str:
        return self.change.reason

    @property
    def below_since(self) -> datetime.date | None:
        return self.change.below_since

    @property
    def earned_since(self) -> datetime.date:
        return self.change.earned_since

    @property
    def shortfall(self) -> Decimal | None:
        """What is missing to keep the tier; None where nothing is."""
        if self.down is None or self.down.amount >= 0:
            return None
        return -self.down.amount

    @property
    def falls_on(self) -> datetime.date | None:
        """The evaluation at which the tier ends if nothing changes; None outside of grace."""
        since, rules = self.below_since, self.rule_set
        if since is None:
            return None
        return falls_on(since, self.earned_since, reason=self.reason, rules=rules)


def explain(
    customer_id: int, *, on: datetime.date, as_known_today: bool = False
) -> Explanation | None:
    """What held on a day by the nights in the books then, or as replays made since have it.

    None where the customer had not been evaluated by that day.
    """
    if as_known_today:
        evaluation = evaluation_as_known_today(on)
        change = standing_as_known_today(customer_id, on=on)
    else:
        evaluation, change = evaluation_on(on), standing_on(customer_id, on=on)
    if evaluation is None or change is None:
        return None
    return with_facts(
        evaluation,
        change,
        facts=of_customer(customer_id, evaluation),
        asked=asked_of(evaluation.rule_set),
        tiers=Tier.objects.filter(code__in=evaluation.counts["tiers"]),
    )


@dataclass(frozen=True)
class Asked:
    """What a version asks for beside the revenue; `criteria` by tier."""

    guard: GuardRule | None
    criteria: Mapping[int, list[TierCriterion]]


def asked_of(rules: RuleSet) -> Asked:
    return Asked(guard_rule_of(rules), criteria_of(rules))


def with_facts(
    evaluation: Evaluation,
    change: TierChange,
    *,
    facts: CustomerFacts,
    asked: Asked,
    tiers: Iterable[Tier],
) -> Explanation:
    """The same of facts at hand, with what the version's guard and criteria make of them."""
    found = explained(evaluation, change, revenue=facts.revenue, tiers=tiers)
    ranks = {one.tier.pk: one.rank for one in found.criteria}
    spent = facts.expenses + facts.cost
    limit = guard_of(asked.guard, ranks, booked=facts.booked, spent=spent)
    found = replace(found, facts=facts, guard=limit)
    if asked.criteria:
        return _with_criteria(found, known_of(facts), asked.criteria)
    return _guarded(found, limit) if limit else found


def explained(
    evaluation: Evaluation, change: TierChange, *, revenue: Decimal, tiers: Iterable[Tier]
) -> Explanation:
    """The same of what is at hand, where the rules ask for no more than the revenue: the
    customer's last change and that revenue, with the tiers of the evaluation. Asks the database
    nothing.
    """
    rules = evaluation.rule_set
    start = add_months(evaluation.as_of, -rules.window_months)
    criteria = _criteria(evaluation, revenue, {tier.code: tier for tier in tiers})
    by = last_day_counted_next(evaluation.as_of, rules=rules)
    return Explanation(
        rule_set=rules,
        evaluation=evaluation,
        change=change,
        start=start,
        end=evaluation.as_of,
        trailing_revenue=revenue,
        criteria=criteria,
        up=_up(criteria, change.earned_tier, revenue, by, rules),
        down=_down(criteria, change.earned_tier, revenue, by, rules),
        grace=_grace(change, evaluation),
    )


def _guarded(found: Explanation, guard: MarginGuard) -> Explanation:
    """Both bounds have to be reached to rise, and one missed is enough to fall."""
    ranks = {one.tier.pk: one.rank for one in found.criteria}
    up, down = found.up, found.down
    if up is not None:
        up = replace(up, amount=max(up.amount, guard.missing_to(ranks[up.tier.pk])))
    own = ranks.get(found.earned_tier.pk)
    if down is not None and own is not None:
        room, after = guard.room_in(own), ranks[down.tier.pk]
        if found.rule_set.drop == RuleSet.Drop.TO_RAW:
            after = guard.capped(after)
        down = replace(
            down,
            amount=down.amount if room is None else min(down.amount, room),
            tier=found.criteria[after - 1].tier,
        )
    return replace(found, up=up, down=down)


def _with_criteria(
    found: Explanation, known: Known, asked: Mapping[int, list[TierCriterion]]
) -> Explanation:
    """With what every tier asks for besides or instead, and the nearest single changes."""
    judged = [_conditioned(one, known, asked.get(one.tier.pk, [])) for one in found.criteria]
    found = replace(found, criteria=judged)
    rules, change = found.rule_set, found.change
    by, at_line = last_day_counted_next(found.end, rules=rules), _draws_lines(rules)
    up = down = None
    ways_up: tuple[Way, ...] = ()
    ways_down: tuple[Way, ...] = ()
    above, own = (_neighbour(judged, change.earned_tier, steps) for steps in (-1, 0))
    if above is not None:
        wanted = _demand(above, asked, found.guard, to_keep=False)
        amount = criteria.money(wanted, known)
        up = None if amount is None else Distance(above.tier, amount, by, at_line)
        ways_up = tuple(criteria.other_ways(wanted, known))
    if own is not None and own.rank < len(judged):
        wanted = _demand(own, asked, found.guard, to_keep=True)
        amount = criteria.money(wanted, known)
        after = _following(found, own)
        down = None if amount is None else Distance(after, -amount, by, at_line)
        ways_down = tuple(criteria.other_ways(wanted, known))
    return replace(found, up=up, down=down, ways_up=ways_up, ways_down=ways_down)


def _conditioned(one: Criterion, known: Known, rows: list[TierCriterion]) -> Criterion:
    conditions = tuple(criteria.condition(row, known) for row in rows)
    wanted = criteria.demand(one.enter, rows, to_keep=False)
    return replace(one, conditions=conditions, passed=known.revenue > 0 and wanted.met(known))


def _demand(
    one: Criterion,
    asked: Mapping[int, list[TierCriterion]],
    guard: MarginGuard | None,
    *,
    to_keep: bool,
) -> Demand:
    """With the margin that the guard asks for, where it concerns the tier."""
    margin = None
    if guard is not None and one.rank < guard.cap_rank:
        margin = guard.keep if to_keep else guard.enter
    bound = one.keep if to_keep else one.enter
    return criteria.demand(bound, asked.get(one.tier.pk, []), to_keep=to_keep, margin=margin)


def _following(found: Explanation, own: Criterion) -> Tier:
    """The tier below that would be entered by what the customer has now."""
    lower = found.criteria[own.rank :]
    if found.rule_set.drop == RuleSet.Drop.ONE_STEP:
        return lower[0].tier
    reached = next((one for one in lower if one.passed), lower[-1])
    rank = found.guard.capped(reached.rank) if found.guard else reached.rank
    return found.criteria[rank - 1].tier


def leaving_next(explanation: Explanation | None, customer_id: int) -> Leaving | None:
    """None where nothing leaves, where the window moves on by days, and where an entry counts
    otherwise than in full.
    """
    if explanation is None or explanation.rule_set.window_end == RuleSet.WindowEnd.TO_DATE:
        return None
    rules = explanation.rule_set
    if explanation.is_projected or rules.one_off_weight != 1 or rules.rolls_up:
        return None
    month = explanation.start
    amount = trailing_revenue(
        customer_id, explanation.evaluation, start=month, end=add_months(month, 1)
    )
    return Leaving(month, amount) if amount else None


def trailing_revenue(
    customer_id: int, evaluation: Evaluation, *, start: datetime.date, end: datetime.date
) -> Decimal:
    """A customer's revenue in `[start, end)` as the evaluation read it."""
    entries = RevenueEntry.objects.seen_by(evaluation.cutoff).filter(
        customer=customer_id, date__gte=start, date__lt=end
    )
    return entries.aggregate(sum=Sum("amount"))["sum"] or Decimal()


def _criteria(
    evaluation: Evaluation, revenue: Decimal, tiers: Mapping[str, Tier]
) -> list[Criterion]:
    stored = evaluation.counts["tiers"]
    ordered = sorted(stored.items(), key=lambda item: item[1]["rank"])
    return [_criterion(tiers[code], figures, revenue) for code, figures in ordered]


def _criterion(tier: Tier, figures: Mapping[str, Any], revenue: Decimal) -> Criterion:
    enter, keep = (
        None if figures[key] is None else Decimal(figures[key]) for key in ("enter", "keep")
    )
    reached = revenue > 0 and enter is not None and revenue >= enter
    return Criterion(tier, figures["rank"], enter, keep, reached, passed=reached)


def _up(
    criteria: list[Criterion], earned: Tier, revenue: Decimal, by: datetime.date, rules: RuleSet
) -> Distance | None:
    above = _neighbour(criteria, earned, -1)
    if above is None or above.enter is None:
        return None
    return Distance(above.tier, above.enter - revenue, by, at_line=_draws_lines(rules))


def _down(
    criteria: list[Criterion], earned: Tier, revenue: Decimal, by: datetime.date, rules: RuleSet
) -> Distance | None:
    own = _neighbour(criteria, earned, 0)
    if own is None or own.keep is None:
        return None
    lower = criteria[own.rank :]
    if rules.drop == RuleSet.Drop.ONE_STEP:
        reached = lower[0]
    else:
        reached = next((one for one in lower if one.passed), lower[-1])
    return Distance(reached.tier, revenue - own.keep, by, at_line=_draws_lines(rules))


def _draws_lines(rules: RuleSet) -> bool:
    return rules.method == RuleSet.Method.SHARE


def _neighbour(criteria: list[Criterion], tier: Tier, steps: int) -> Criterion | None:
    """The criterion so many ranks below the tier's own (above, if negative)."""
    for place, one in enumerate(criteria):
        if one.tier == tier and 0 <= place + steps < len(criteria):
            return criteria[place + steps]
    return None


def _grace(change: TierChange, evaluation: Evaluation) -> tuple[int, int] | None:
    if change.below_since is None:
        return None
    below = months_below(change.below_since, evaluation.as_of)
    return below, evaluation.rule_set.grace_evaluations
