"""What a version of the rules says about reading the ledgers, apart from what it decides by it."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from firm.dates import add_months
from tiering.models import RuleSet, TierCriterion

Fact = TierCriterion.Fact
# Facts that stand beside the ledgers, and are not kept with a standing.
BESIDE = {Fact.STRATEGIC_FIT, Fact.TENURE, Fact.CONTRACT_VALUE, Fact.CONTRACT_TYPE}


@dataclass(frozen=True)
class Measure:
    """How the facts of a customer are taken; two versions of one measure read the same facts.

    Expenses are read for a margin only that a guard or a criterion asks for, one-off entries
    apart only where they count differently, and of BESIDE what a criterion asks for; contracts
    also for first months and dormant customers.
    """

    window_months: int
    one_off_weight: Decimal
    cold_start_months: int
    dormant_after_months: int
    rolls_up: bool
    reads_expenses: bool
    reads_one_offs: bool
    beside: frozenset[str] = frozenset()

    @property
    def reads_contracts(self) -> bool:
        asked = not self.beside.isdisjoint({Fact.CONTRACT_VALUE, Fact.CONTRACT_TYPE})
        return asked or self.has_first_months or self.tells_dormant

    @property
    def reads_starts(self) -> bool:
        return self.has_first_months or Fact.TENURE in self.beside

    @property
    def weighs(self) -> bool:
        """Whether the trailing revenue can differ from what was booked."""
        return self.one_off_weight != 1 or self.has_first_months

    @property
    def has_first_months(self) -> bool:
        return self.cold_start_months > 0

    @property
    def tells_dormant(self) -> bool:
        return self.dormant_after_months > 0

    def start(self, as_of: datetime.date) -> datetime.date:
        return add_months(as_of, -self.window_months)

    def silent_since(self, as_of: datetime.date) -> datetime.date:
        """A customer without an entry from here on, and without a contract, is dormant."""
        return add_months(as_of, -self.dormant_after_months)


def measure_of(rules: RuleSet) -> Measure:
    criteria = TierCriterion.objects.filter(rule__rule_set=rules).order_by()
    asked = set(criteria.values_list("fact").union(rules.guards.order_by().values_list("fact")))
    facts = frozenset(fact for (fact,) in asked)
    return Measure(
        window_months=rules.window_months,
        one_off_weight=rules.one_off_weight,
        cold_start_months=rules.cold_start_months,
        dormant_after_months=rules.dormant_after_months,
        rolls_up=rules.rolls_up,
        reads_expenses=Fact.MARGIN in facts,
        reads_one_offs=rules.one_off_weight != 1 or rules.cold_start_months > 0,
        beside=facts & BESIDE,
    )
