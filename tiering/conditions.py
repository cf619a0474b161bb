"""What a tier asks for beside the revenue, of one customer: as a page says it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tiering.criteria import Condition, Way
from tiering.criteria_words import Fact, Needs, bound_words, value_words, words_of


@dataclass(frozen=True)
class ConditionShown:
    """`kept_from` is empty where it is kept by what enters, `has` where that is not the reader's
    to see.
    """

    label: str
    words: str
    kept_from: str
    has: str
    enters: bool
    keeps: bool


@dataclass(frozen=True)
class WayShown:
    """`words` say from where on; `has` what there is now, empty where nothing is."""

    words: str
    has: str
    is_fit: bool


def conditions_shown(
    conditions: Iterable[Condition], *, unit: str, may_margin: bool
) -> list[ConditionShown]:
    return [_shown(one, unit=unit, may_margin=may_margin) for one in conditions]


def _shown(one: Condition, *, unit: str, may_margin: bool) -> ConditionShown:
    is_known = one.value is not None and (may_margin or one.fact != Fact.MARGIN)
    return ConditionShown(
        label=str(Needs(one.needs).label),
        words=words_of(one, unit=unit),
        kept_from="" if one.keep == one.enter else value_words(one.fact, one.keep, unit=unit),
        has=value_words(one.fact, one.value, unit=unit) if is_known else "",
        enters=one.enters,
        keeps=one.keeps,
    )


def ways_shown(ways: Iterable[Way], *, unit: str) -> list[WayShown]:
    return [
        WayShown(
            words=bound_words(way.fact, way.choice, way.bound, unit=unit),
            has="" if way.value is None else value_words(way.fact, way.value, unit=unit),
            is_fit=way.fact == Fact.STRATEGIC_FIT,
        )
        for way in ways
    ]


def stored_notes(
    criteria: Iterable[Mapping[str, Any]], *, left: str, entered: str, may_margin: bool
) -> list[str]:
    """Of a stored explanation: what is missing for the tier of the code `left`, and what counts
    instead of the revenue for the tier `entered`.
    """
    found = []
    for one in criteria:
        if one["fact"] == Fact.MARGIN and not may_margin:
            continue
        if one["tier"] == left and one["needs"] == Needs.ALL and not one["keeps"]:
            found.append(_("missing: %(criterion)s") % {"criterion": _stored(one, "keep")})
        elif one["tier"] == entered and one["needs"] == Needs.ANY and one["enters"]:
            found.append(_("reached: %(criterion)s") % {"criterion": _stored(one, "enter")})
    return found


def _stored(one: Mapping[str, Any], bound: str) -> str:
    value = Decimal(one[bound]) if bound in one else None
    return bound_words(one["fact"], one.get("choice", ""), value, unit="yen")
