"""The tiers of one version from the top, with what they hold today, overrides included."""

from dataclasses import dataclass
from decimal import Decimal

from tiering import wording
from tiering.chips import Chip, chip_of
from tiering.criteria_words import entry_with, keep_with
from tiering.current import Current
from tiering.models import RuleSet
from tiering.overview import held_by_rank
from tiering.version_rows import tiers_of


@dataclass(frozen=True)
class Rung:
    """`share` is this tier's part of the firm's revenue in per cent. It is None where it isn't
    known or isn't the reader's to see, `customers` where the version is not in force.
    """

    chip: Chip
    entry: str
    keep: str
    cut: str
    customers: int | None
    share: Decimal | None


def ladder(
    rule_set: RuleSet, *, current: Current | None, unit: str, with_shares: bool
) -> list[Rung]:
    """`current` goes with the version in force; without it there are no figures."""
    counts = current.evaluation.counts if current else {}
    in_force = held_by_rank(current) if current else {}
    total = Decimal(counts.get("total", 0))
    rungs = []
    for rule in tiers_of(rule_set):
        customers, revenue = in_force.get(rule.rank, (0, Decimal(0)))
        cut, criteria = counts.get("cuts", {}).get(rule.tier.code), rule.criteria.all()
        rungs.append(
            Rung(
                chip=chip_of(rule),
                entry=entry_with(
                    wording.entry_text(rule, rule_set, unit=unit), criteria, unit=unit
                ),
                keep=keep_with(wording.keep_text(rule, rule_set, unit=unit), criteria, unit=unit),
                cut=wording.cut_text(Decimal(cut), unit=unit) if cut is not None else "",
                customers=customers if current else None,
                share=100 * revenue / total if with_shares and total else None,
            )
        )
    return rungs
