"""What a tier asks for besides its revenue bound, or takes instead of it, as SQL over the facts."""

from dataclasses import dataclass
from decimal import Decimal

from tiering.models import TierCriterion

Fact, Needs = TierCriterion.Fact, TierCriterion.Needs

# The column of `facts` in which a fact stands; the margin is told by two.
COLUMNS: dict[str, tuple[str, ...]] = {
    Fact.REVENUE: (),
    Fact.MARGIN: ("guard_revenue", "guard_profit"),
    Fact.STRATEGIC_FIT: ("fit",),
    Fact.TENURE: ("tenure",),
    Fact.CONTRACT_VALUE: ("contract_value",),
    Fact.CONTRACT_TYPE: ("contract_types",),
}


def margin_reaches(bound: Decimal) -> str:
    """Where nothing was booked there is no margin and no bound is met."""
    return f"(guard_revenue > 0 AND guard_profit * 100 >= {bound:f} * guard_revenue)"


MARGIN = """CASE WHEN guard_revenue > 0
                 THEN round(guard_profit * 100 / guard_revenue, 4)::text END"""


@dataclass(frozen=True)
class Criterion:
    """`enter` and `keep` are None for a contract type, which is `choice`. What nobody knows of a
    customer reaches no bound.
    """

    needs: str
    fact: str
    choice: str
    enter: Decimal | None
    keep: Decimal | None

    @property
    def enters(self) -> str:
        return self._reaches(self.enter)

    @property
    def keeps(self) -> str:
        return self._reaches(self.keep)

    def explained(self, code: str) -> str:
        """SQL of its entry in a stored explanation (engine/step.py), for the tier of this code."""
        bounds = (
            "" if self.enter is None else f"'enter', '{self.enter:f}', 'keep', '{self.keep:f}',"
        )
        choice = f"'choice', '{self.choice}'," if self.choice else ""
        return f"""jsonb_build_object(
            'tier', {code}, 'needs', '{self.needs}', 'fact', '{self.fact}', {choice} {bounds}
            'value', {self._value}, 'enters', {self.enters}, 'keeps', {self.keeps})"""

    def _reaches(self, bound: Decimal | None) -> str:
        if bound is None:
            types = "string_to_array(contract_types, ',')"
            return f"coalesce('{self.choice}' = ANY({types}), false)"
        if self.fact == Fact.MARGIN:
            return margin_reaches(bound)
        return f"coalesce({self._column} >= {bound:f}, false)"

    @property
    def _value(self) -> str:
        return MARGIN if self.fact == Fact.MARGIN else f"({self._column})::text"

    @property
    def _column(self) -> str:
        return next(iter(COLUMNS[self.fact]), "revenue")


def met(base: str, criteria: tuple[Criterion, ...], *, to_keep: bool = False) -> str:
    """(the revenue's own bound OR any of those that count instead) AND all of the others."""
    found: dict[str, list[str]] = {Needs.ANY: [base], Needs.ALL: []}
    for one in criteria:
        found[one.needs].append(one.keeps if to_keep else one.enters)
    return " AND ".join([f"({' OR '.join(found[Needs.ANY])})", *found[Needs.ALL]])
