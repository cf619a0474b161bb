"""The service levels of a version of the rules: the matrix, its floor, and what changes in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from firm.templatetags.ui import tier_label
from tiering.catalogue import STANDARD, Level, Offer, level_of, offer_of
from tiering.chips import Chip, chip_of
from tiering.models import RuleSet, Tier, TierRule
from tiering.promise import FLOORS
from tiering.version_rows import services_of, tiers_of

# By the tier's id and the service's code; what is missing is not offered.
Levels = Mapping[int, Mapping[str, Level]]


@dataclass(frozen=True)
class Cell:
    """One tier's level of a service; None and empty where it has none."""

    chip: Chip
    level: Level | None
    words: str


@dataclass(frozen=True)
class Row:
    offer: Offer
    cells: list[Cell]


def levels_of(rule_set: RuleSet) -> Levels:
    found: dict[int, dict[str, Level]] = {}
    for row in services_of(rule_set):
        found.setdefault(row.tier_id, {})[row.code] = level_of(row)
    return found


def offers_of(*rule_sets: RuleSet) -> dict[str, Offer]:
    """What these versions can offer: the standard services, then the firm's own that they do."""
    rows = [row for rule_set in rule_sets for row in services_of(rule_set)]
    own = {row.benefit.pk: row.benefit for row in rows if row.benefit}
    return STANDARD | {own[pk].code: offer_of(own[pk]) for pk in sorted(own)}


def matrix(rule_set: RuleSet) -> list[Row]:
    """The services that at least one tier of the version has, in words."""
    rules, levels = tiers_of(rule_set), levels_of(rule_set)
    offered = {code for rule in rules for code in levels.get(rule.tier_id, {})}
    return [
        Row(offer, [_cell(offer, rule, levels) for rule in rules])
        for code, offer in offers_of(rule_set).items()
        if code in offered
    ]


def _cell(offer: Offer, rule: TierRule, levels: Levels) -> Cell:
    level = levels.get(rule.tier_id, {}).get(offer.code)
    return Cell(chip_of(rule), level, offer.words(level) if level else "")


def below_promise(offer: Offer, level: Level, tier: Tier) -> str | None:
    """Why this level must not be: a sentence where it falls below the promise to everyone."""
    most = FLOORS.get(offer.code)
    if most is None or level.amount is None or level.amount <= most:
        return None
    return _(
        "%(service)s of tier %(tier)s falls below the promise to every customer: %(level)s,"
        " where one business day (%(promised)s) is promised to everybody."
    ) % {
        "service": offer.label,
        "tier": tier_label(tier),
        "level": offer.quantity(level.amount),
        "promised": offer.quantity(most),
    }


def problems(rule_set: RuleSet) -> list[str]:
    """What of its service levels forbids to publish this version, in sentences."""
    levels = levels_of(rule_set)
    return [
        sentence
        for rule in tiers_of(rule_set)
        for code, level in levels.get(rule.tier_id, {}).items()
        if code in STANDARD and (sentence := below_promise(STANDARD[code], level, rule.tier))
    ]


def differences(old: RuleSet, new: RuleSet) -> list[str]:
    """What changes in the service levels from one version to the other, a sentence a change.

    A tier that one of the two does not have is the ladder's change, not one of its services.
    """
    before, after = levels_of(old), levels_of(new)
    known = offers_of(old, new)
    common = {rule.tier_id for rule in tiers_of(old)}
    return [
        _("%(tier)s: %(service)s changes from “%(old)s” to “%(new)s”.")
        % {
            "tier": tier_label(rule.tier),
            "service": offer.label,
            "old": _words(offer, had),
            "new": _words(offer, has),
        }
        for rule in tiers_of(new)
        if rule.tier_id in common
        for code, offer in known.items()
        if (had := before.get(rule.tier_id, {}).get(code))
        != (has := after.get(rule.tier_id, {}).get(code))
    ]


def _words(offer: Offer, level: Level | None) -> str:
    return offer.words(level) if level else _("none")
