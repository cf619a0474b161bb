"""Tiers as the chip shows them: with the hue of their rank in one version of the rules."""

from dataclasses import dataclass

from tiering.models import RuleSet, TierRule


@dataclass(frozen=True)
class Chip:
    """What `{% tier_chip %}` reads; `hue` 0 is the top tier's."""

    code: str
    name: str
    name_en: str
    hue: int


def chip_of(rule: TierRule) -> Chip:
    tier = rule.tier
    return Chip(code=tier.code, name=tier.name, name_en=tier.name_en, hue=rule.rank - 1)


def chips(rule_set: RuleSet) -> dict[str, Chip]:
    """The chips of a version by the tier's code, from the top."""
    rules = rule_set.tiers.select_related("tier").order_by("rank")
    return {rule.tier.code: chip_of(rule) for rule in rules}


def unranked(code: str) -> Chip:
    """The chip of a tier that the version no longer has."""
    return Chip(code=code, name=code, name_en="", hue=5)
