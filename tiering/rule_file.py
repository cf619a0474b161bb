"""The JSON rule file: read, checked line by line of its contract, every error a sentence.

What is absent is off. What this version of the product cannot do yet is refused unless its value
says "off": a rule that is silently ignored would be the worst answer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from firm.money import LARGEST
from firm.refusals import Refused
from tiering.models import RuleSet

KNOWN = {
    "name",
    "method",
    "window_months",
    "window_end",
    "tiers",
    "grace_evaluations",
    "drop",
    "nonpositive",
    "month_close",
}
# Comes with "The tier engine, complete"; each value here means "off".
NOT_YET: dict[str, tuple[Any, ...]] = {
    "guards": (None, []),
    "one_off_weight": (None, 1),
    "cold_start": (None, {}, {"months": 0}),
    "dormant_after_months": (None, 0),
    "minimum_tenure_days": (None, 0),
    "breaker": (None, {}),
}
TIER_KEYS = {"code", "name", "name_en", "enter", "keep", "instruction"}
LONGEST_WINDOW = 60
LONGEST_GRACE = 60
MOST_TIERS = 20


@dataclass(frozen=True)
class TierLine:
    """`enter` and `keep` are amounts in the base currency or per cent; None in the last tier."""

    code: str
    name: str
    name_en: str
    enter: Decimal | None
    keep: Decimal | None
    instruction: str


@dataclass(frozen=True)
class Rules:
    """A rule file understood; the codes are those of RuleSet."""

    name: str
    method: str
    window_months: int
    window_end: str
    grace_evaluations: int
    drop: str
    nonpositive: str
    month_close: str
    tiers: tuple[TierLine, ...]


def read(content: bytes) -> Rules:
    """The rules in a file's content. Raises Refused with the first thing that is wrong."""
    try:
        data = json.loads(
            content.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_repetition,
        )
    except UnicodeDecodeError as error:
        raise Refused(
            _("The rule file is not UTF-8: byte %(byte)s cannot be read.") % {"byte": error.start}
        ) from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise Refused(_("The rule file is not JSON: %(error)s") % {"error": error}) from error
    return parse(data)


def parse(data: Any) -> Rules:
    """The rules in decoded JSON. Raises Refused with the first thing that is wrong."""
    if not isinstance(data, dict):
        raise Refused(_("A rule file is one JSON object."))
    _refuse_unknown(data, KNOWN | NOT_YET.keys())
    for key, off in NOT_YET.items():
        if key in data and data[key] not in off:
            raise Refused(
                _("“%(key)s” is not supported yet. Leave it out of the rule file.") % {"key": key}
            )
    method = _choice(data, "method", RuleSet.Method.values)
    return Rules(
        name=_text(data, "name", most=80, required=True),
        method=method,
        window_months=_integer(data, "window_months", least=1, most=LONGEST_WINDOW, absent=12),
        window_end=_choice(
            data, "window_end", RuleSet.WindowEnd.values, RuleSet.WindowEnd.CLOSED_MONTHS
        ),
        grace_evaluations=_integer(data, "grace_evaluations", least=0, most=LONGEST_GRACE),
        drop=_choice(data, "drop", RuleSet.Drop.values, RuleSet.Drop.TO_RAW),
        nonpositive=_choice(
            data, "nonpositive", RuleSet.Nonpositive.values, RuleSet.Nonpositive.AT_ONCE
        ),
        month_close=_choice(
            data, "month_close", RuleSet.MonthClose.values, RuleSet.MonthClose.CALENDAR
        ),
        tiers=_tiers(data, is_share=method == RuleSet.Method.SHARE),
    )


def _tiers(data: Mapping[str, Any], *, is_share: bool) -> tuple[TierLine, ...]:
    rows = data.get("tiers")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(_("“tiers” is a list of objects, from the top tier down."))
    if not 2 <= len(rows) <= MOST_TIERS:
        raise Refused(_("There are at least 2 and at most %(most)s tiers.") % {"most": MOST_TIERS})
    lines = tuple(_tier(row, is_share=is_share) for row in rows)
    codes = [line.code for line in lines]
    for code in codes:
        if codes.count(code) > 1:
            raise Refused(_("The tier code “%(code)s” appears twice.") % {"code": code})
    if lines[-1].enter is not None:
        raise Refused(_("The last tier takes everybody else: it has no “enter” and no “keep”."))
    for above, below in pairwise(lines):
        _check_order(above, below, is_share=is_share)
    return lines


def _tier(row: Mapping[str, Any], *, is_share: bool) -> TierLine:
    _refuse_unknown(row, TIER_KEYS)
    code = _text(row, "code", most=20, required=True)
    enter = _amount(row, "enter", code=code, is_share=is_share)
    keep = _amount(row, "keep", code=code, is_share=is_share)
    if enter is None and keep is not None:
        raise Refused(_("Tier “%(code)s” has a “keep” but no “enter”.") % {"code": code})
    if enter is not None and keep is not None and (keep < enter if is_share else keep > enter):
        raise Refused(
            _("Tier “%(code)s” is harder to keep (%(keep)s) than to enter (%(enter)s).")
            % {"code": code, "keep": keep, "enter": enter}
        )
    return TierLine(
        code=code,
        name=_text(row, "name", most=40) or code,
        name_en=_text(row, "name_en", most=40),
        enter=enter,
        keep=enter if keep is None else keep,
        instruction=_text(row, "instruction", most=200),
    )


def _check_order(above: TierLine, below: TierLine, *, is_share: bool) -> None:
    if above.enter is None:
        raise Refused(_("Tier “%(code)s” needs an “enter”.") % {"code": above.code})
    if below.enter is None:
        return
    if above.enter >= below.enter if is_share else above.enter <= below.enter:
        raise Refused(
            _("Tier “%(above)s” must be harder to enter than “%(below)s” below it.")
            % {"above": above.code, "below": below.code}
        )


def _amount(row: Mapping[str, Any], key: str, *, code: str, is_share: bool) -> Decimal | None:
    """An amount or per cent with at most four decimals, or None where it is absent."""
    value = row.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Refused(
            _("“%(key)s” of tier “%(code)s” must be a number.") % {"key": key, "code": code}
        )
    amount = Decimal(str(value))
    most = Decimal(100) if is_share else LARGEST
    if not amount.is_finite() or not 0 <= amount <= most:
        raise Refused(
            _("“%(key)s” of tier “%(code)s” must lie between 0 and %(most)s.")
            % {"key": key, "code": code, "most": most}
        )
    if amount != round(amount, 4):
        raise Refused(
            _("“%(key)s” of tier “%(code)s” has more than four decimals.")
            % {"key": key, "code": code}
        )
    return amount


def _integer(data: Mapping[str, Any], key: str, *, least: int, most: int, absent: int = 0) -> int:
    value = data.get(key, absent)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Refused(
            _("“%(key)s” must be a whole number from %(least)s to %(most)s.")
            % {"key": key, "least": least, "most": most}
        )
    return value


def _choice(
    data: Mapping[str, Any], key: str, choices: list[str], absent: str | None = None
) -> str:
    value = data.get(key, absent)
    if value not in choices:
        raise Refused(
            _("“%(key)s” must be one of: %(choices)s.")
            % {"key": key, "choices": ", ".join(choices)}
        )
    return str(value)


def _text(data: Mapping[str, Any], key: str, *, most: int, required: bool = False) -> str:
    value = data.get(key, "")
    if not isinstance(value, str) or len(value) > most or (required and not value.strip()):
        raise Refused(
            _("“%(key)s” must be a text of at most %(most)s characters.")
            % {"key": key, "most": most}
            if not required
            else _("“%(key)s” must be a text of 1 to %(most)s characters.")
            % {"key": key, "most": most}
        )
    return value.strip()


def _refuse_unknown(data: Mapping[str, Any], known: set[str]) -> None:
    unknown = [key for key in data if key not in known]
    if unknown:
        raise Refused(
            _("“%(key)s” is not known in a rule file. Is it a typo?") % {"key": unknown[0]}
        )


def _refuse_constant(name: str) -> Any:
    raise Refused(_("The rule file holds %(name)s, which is not a number.") % {"name": name})


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Refused(_("“%(key)s” appears twice in one object.") % {"key": twice})
    return found
