"""What a version of the rules says about reading the ledgers, apart from what it decides by it."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from firm.dates import add_months
from tiering.models import GuardRule, RuleSet


@dataclass(frozen=True)
class Measure:
    """How the facts of a customer are taken; two versions of one measure read the same facts.

    Expenses are read for a margin guard only, one-off entries apart only where they count
    differently.
    """

    window_months: int
    one_off_weight: Decimal
    cold_start_months: int
    dormant_after_months: int
    rolls_up: bool
    reads_expenses: bool
    reads_one_offs: bool

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
        """A customer without an entry from here on is dormant."""
        return add_months(as_of, -self.dormant_after_months)


def measure_of(rules: RuleSet) -> Measure:
    return Measure(
        window_months=rules.window_months,
        one_off_weight=rules.one_off_weight,
        cold_start_months=rules.cold_start_months,
        dormant_after_months=rules.dormant_after_months,
        rolls_up=rules.rolls_up,
        reads_expenses=rules.guards.filter(fact=GuardRule.Fact.MARGIN).exists(),
        reads_one_offs=rules.one_off_weight != 1 or rules.cold_start_months > 0,
    )
