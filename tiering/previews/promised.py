"""What the tiers promise a year in all, by the rules in force and by the draft."""

from collections import Counter
from dataclasses import dataclass

from tiering.catalogue import Offer
from tiering.models import Per, RuleSet
from tiering.previews.shown import Shown
from tiering.services import levels_of, offers_of

A_YEAR = {Per.QUARTER: 4, Per.HALF: 2, Per.YEAR: 1}


@dataclass(frozen=True)
class Promised:
    """`before` and `after` in words: times or hours a year."""

    label: str
    before: str
    after: str

    @property
    def is_same(self) -> bool:
        return self.before == self.after


def promised(shown: Shown) -> list[Promised]:
    """Each service that is used up, for all customers of all tiers together; those that neither
    version gives are left out.
    """
    versions = [rules for rules in (shown.present, shown.row.draft) if rules]
    offers = offers_of(*versions)
    before = _in_all(shown.present, _customers(shown, 0), offers)
    after = _in_all(shown.row.draft, _customers(shown, 1), offers)
    return [
        Promised(offer.label, offer.quantity(before[code]), offer.quantity(after[code]))
        for code, offer in offers.items()
        if before[code] or after[code]
    ]


def _customers(shown: Shown, side: int) -> Counter[int]:
    """Customers per tier before (0) or after (1)."""
    found: Counter[int] = Counter()
    for cell in shown.result["earned"]:
        found[cell[side]] += cell[2]
    return found


def _in_all(
    rules: RuleSet | None, customers: Counter[int], offers: dict[str, Offer]
) -> Counter[str]:
    """Minutes or times a year by the service's code."""
    usable = {code for code, offer in offers.items() if offer.is_usable}
    found: Counter[str] = Counter()
    for tier, levels in (levels_of(rules) if rules else {}).items():
        for code, level in levels.items():
            if code in usable and level.amount is not None:
                found[code] += customers[tier] * level.amount * A_YEAR[Per(level.resets)]
    return found
