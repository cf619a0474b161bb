"""The margin guard, of one customer: what it says of the facts and how far it lets the tier rise.

The same as engine/bounds.py says in SQL. A payment stop is no part of this: it stands outside the
evaluation (tiering/in_force.py).
"""

from dataclasses import dataclass
from decimal import Decimal

from tiering.criteria import missing_to_margin
from tiering.models import GuardRule, RuleSet, Tier


@dataclass(frozen=True)
class MarginGuard:
    """Bounds in per cent of the booked revenue; `spent` are expenses and cost of time together.

    `cap` is the best tier still allowed to who does not reach them. Where nothing was booked
    there is no margin and no bound is reached.
    """

    enter: Decimal
    keep: Decimal
    cap: Tier
    cap_rank: int
    booked: Decimal
    spent: Decimal

    @property
    def value(self) -> Decimal | None:
        if self.booked <= 0:
            return None
        return 100 * (self.booked - self.spent) / self.booked

    @property
    def enters(self) -> bool:
        return self._reaches(self.enter)

    @property
    def keeps(self) -> bool:
        return self._reaches(self.keep)

    def capped(self, rank: int) -> int:
        """The rank that the guard leaves of one that the criteria give."""
        return rank if self.enters else max(rank, self.cap_rank)

    def missing_to(self, rank: int) -> Decimal:
        """What has to be booked more, at the same cost, to enter a tier of this rank; negative
        where so much is to spare.
        """
        return self._missing(self.enter) if rank < self.cap_rank else -self.booked

    def room_in(self, rank: int) -> Decimal | None:
        """What can be booked less, at the same cost, until a tier of this rank is not kept any
        more; None where the guard does not concern the tier.
        """
        return -self._missing(self.keep) if rank < self.cap_rank else None

    def _reaches(self, bound: Decimal) -> bool:
        return self.booked > 0 and 100 * (self.booked - self.spent) >= bound * self.booked

    def _missing(self, bound: Decimal) -> Decimal:
        return missing_to_margin(bound, booked=self.booked, spent=self.spent)


def guard_rule_of(rules: RuleSet) -> GuardRule | None:
    return rules.guards.filter(fact=GuardRule.Fact.MARGIN).select_related("cap").first()


def guard_of(
    rule: GuardRule | None, ranks: dict[int, int], *, booked: Decimal, spent: Decimal
) -> MarginGuard | None:
    """`ranks` are those of the version's tiers, by id."""
    if rule is None:
        return None
    assert rule.enter is not None  # the table's constraint
    assert rule.keep is not None
    return MarginGuard(rule.enter, rule.keep, rule.cap, ranks[rule.cap_id], booked, spent)
