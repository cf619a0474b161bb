"""The JSON rule file: read, checked line by line of its contract, every error a sentence.

What is absent is off. `as_data` writes the same format from a stored version.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from firm.money import LARGEST
from firm.refusals import Refused
from tiering import rule_fields as fields
from tiering.catalogue import Level
from tiering.criteria_file import CriterionLine, criteria_data, read_criteria
from tiering.models import Benefit, GuardRule, RuleSet, TierRule
from tiering.service_file import read_benefits, read_services, services_data
from tiering.version_rows import guards_of, tiers_of

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
    "one_off_weight",
    "cold_start",
    "dormant_after_months",
    "minimum_tenure_days",
    "rolls_up",
    "guards",
    "breaker",
    "benefits",
}
TIER_KEYS = {"code", "name", "name_en", "enter", "keep", "all", "any", "instruction", "services"}
GUARD_KEYS = {"fact", "enter", "keep", "cap", "blocking"}
BREAKER_KEYS = {"down_share", "down_count", "drop_share"}
LONGEST_WINDOW = 60
LONGEST_GRACE = 60
LONGEST_SILENCE = 120
LONGEST_TENURE = 3660
MOST_TIERS = 20
MOST_MOVERS = 1_000_000_000


@dataclass(frozen=True)
class TierLine:
    """`enter` and `keep` are amounts in the base currency or per cent; None in the last tier."""

    code: str
    name: str
    name_en: str
    enter: Decimal | None
    keep: Decimal | None
    instruction: str
    services: Mapping[str, Level] = field(default_factory=dict)
    criteria: tuple[CriterionLine, ...] = ()


@dataclass(frozen=True)
class GuardLine:
    """`enter` and `keep` are per cent of the revenue, None for the payment stop, which blocks;
    `cap` is the code of the best tier still allowed.
    """

    fact: str
    enter: Decimal | None
    keep: Decimal | None
    cap: str
    blocking: bool


@dataclass(frozen=True)
class Breaker:
    """Beyond what a run is held for confirmation, in per cent and in customers; None: off."""

    down_share: Decimal | None
    down_count: int | None
    drop_share: Decimal | None


@dataclass(frozen=True)
class Rules:
    """A rule file understood; the codes and names are those of RuleSet, 0 is off."""

    name: str
    method: str
    window_months: int
    window_end: str
    grace_evaluations: int
    drop: str
    nonpositive: str
    month_close: str
    one_off_weight: Decimal
    cold_start_months: int
    dormant_after_months: int
    minimum_tenure_days: int
    rolls_up: bool
    breaker: Breaker
    tiers: tuple[TierLine, ...]
    guards: tuple[GuardLine, ...]
    benefits: tuple[Benefit, ...] = ()


_PARTS = ("breaker", "tiers", "guards", "benefits")
# What a file and RuleSet say in fields of the same names.
COLUMNS = tuple(name for name in Rules.__dataclass_fields__ if name not in _PARTS)


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
    fields.refuse_unknown(data, KNOWN)
    method = fields.choice(data, "method", RuleSet.Method.values)
    window_months = fields.integer(data, "window_months", least=1, most=LONGEST_WINDOW, absent=12)
    weight = _number(data, "one_off_weight", most=1)
    benefits = read_benefits(data)
    tiers = _tiers(data, benefits, is_share=method == RuleSet.Method.SHARE)
    return Rules(
        name=fields.text(data, "name", most=80, required=True),
        method=method,
        window_months=window_months,
        window_end=fields.choice(
            data, "window_end", RuleSet.WindowEnd.values, RuleSet.WindowEnd.CLOSED_MONTHS
        ),
        grace_evaluations=fields.integer(data, "grace_evaluations", least=0, most=LONGEST_GRACE),
        drop=fields.choice(data, "drop", RuleSet.Drop.values, RuleSet.Drop.TO_RAW),
        nonpositive=fields.choice(
            data, "nonpositive", RuleSet.Nonpositive.values, RuleSet.Nonpositive.AT_ONCE
        ),
        month_close=fields.choice(
            data, "month_close", RuleSet.MonthClose.values, RuleSet.MonthClose.CALENDAR
        ),
        one_off_weight=Decimal(1) if weight is None else weight,
        cold_start_months=fields.optional_integer(
            fields.section(data, "cold_start", {"months"}), "months", most=window_months
        ),
        dormant_after_months=fields.optional_integer(
            data, "dormant_after_months", most=LONGEST_SILENCE
        ),
        minimum_tenure_days=fields.optional_integer(
            data, "minimum_tenure_days", most=LONGEST_TENURE
        ),
        rolls_up=fields.truth(data, "rolls_up", absent=False),
        breaker=_breaker(fields.section(data, "breaker", BREAKER_KEYS)),
        tiers=tiers,
        guards=_guards(data, tiers),
        benefits=benefits,
    )


def _tiers(
    data: Mapping[str, Any], benefits: tuple[Benefit, ...], *, is_share: bool
) -> tuple[TierLine, ...]:
    rows = _objects(data, "tiers")
    if not 2 <= len(rows) <= MOST_TIERS:
        raise Refused(_("There are at least 2 and at most %(most)s tiers.") % {"most": MOST_TIERS})
    lines = tuple(_tier(row, benefits, is_share=is_share) for row in rows)
    _refuse_twice([line.code for line in lines], _("The tier code “%(code)s” appears twice."))
    if lines[-1].enter is not None:
        raise Refused(_("The last tier takes everybody else: it has no “enter” and no “keep”."))
    for above, below in pairwise(lines):
        _check_order(above, below, is_share=is_share)
    return lines


def _tier(row: Mapping[str, Any], benefits: tuple[Benefit, ...], *, is_share: bool) -> TierLine:
    fields.refuse_unknown(row, TIER_KEYS)
    code = fields.text(row, "code", most=20, required=True)
    enter, keep = (_bound(row, key, code=code, is_share=is_share) for key in ("enter", "keep"))
    if enter is None and keep is not None:
        raise Refused(_("Tier “%(code)s” has a “keep” but no “enter”.") % {"code": code})
    if enter is not None and keep is not None and (keep < enter if is_share else keep > enter):
        raise Refused(
            _("Tier “%(code)s” is harder to keep (%(keep)s) than to enter (%(enter)s).")
            % {"code": code, "keep": fields.written(keep), "enter": fields.written(enter)}
        )
    return TierLine(
        code=code,
        name=fields.text(row, "name", most=40) or code,
        name_en=fields.text(row, "name_en", most=40),
        enter=enter,
        keep=enter if keep is None else keep,
        instruction=fields.text(row, "instruction", most=200),
        services=read_services(row, benefits),
        criteria=read_criteria(row, code=code, is_lowest=enter is None, is_share=is_share),
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


def _bound(row: Mapping[str, Any], key: str, *, code: str, is_share: bool) -> Decimal | None:
    if row.get(key) is None:
        return None
    name = {
        "enter": _("The entry threshold (“enter”) of tier “%(code)s”"),
        "keep": _("The keep threshold (“keep”) of tier “%(code)s”"),
    }[key] % {"code": code}
    return fields.number(row[key], name=name, least=0, most=100 if is_share else LARGEST)


def _guards(data: Mapping[str, Any], tiers: tuple[TierLine, ...]) -> tuple[GuardLine, ...]:
    if data.get("guards") is None:
        return ()
    lines = tuple(_guard(row, [line.code for line in tiers]) for row in _objects(data, "guards"))
    _refuse_twice([line.fact for line in lines], _("There are two guards for “%(code)s”."))
    return tuple(sorted(lines, key=lambda line: line.fact))


def _guard(row: Mapping[str, Any], codes: list[str]) -> GuardLine:
    """A margin caps at the second lowest tier, a payment stop blocks down to the lowest."""
    fields.refuse_unknown(row, GUARD_KEYS)
    fact = fields.choice(row, "fact", GuardRule.Fact.values)
    is_margin = fact == GuardRule.Fact.MARGIN
    enter, keep = _guard_bounds(row) if is_margin else _no_bounds(row)
    if fields.truth(row, "blocking", absent=not is_margin) == is_margin:
        raise Refused(
            _("The margin limits a tier, it does not block. A payment stop blocks.")
            if is_margin
            else _("A payment stop blocks: it holds at once, both ways.")
        )
    cap = row.get("cap") or codes[-2 if is_margin else -1]
    if cap not in codes[1:]:
        raise Refused(
            _("The guard “%(fact)s” would limit nobody: its “cap” must be a tier below the top.")
            % {"fact": fact}
        )
    return GuardLine(fact=fact, enter=enter, keep=keep, cap=cap, blocking=not is_margin)


def _guard_bounds(row: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Per cent of the revenue; a margin may be asked to be not too far below zero."""
    enter, keep = (
        None
        if row.get(key) is None
        else fields.number(
            row[key], name=_("“%(key)s” of the margin guard") % {"key": key}, least=-100, most=99
        )
        for key in ("enter", "keep")
    )
    if enter is None:
        raise Refused(_("The margin guard needs an “enter”."))
    if keep is not None and keep > enter:
        raise Refused(
            _("The margin guard is harder to keep (%(keep)s) than to enter (%(enter)s).")
            % {"keep": keep, "enter": enter}
        )
    return enter, enter if keep is None else keep


def _no_bounds(row: Mapping[str, Any]) -> tuple[None, None]:
    if row.get("enter") is not None or row.get("keep") is not None:
        raise Refused(_("A payment stop has no “enter” and no “keep”: it is set or it is not."))
    return None, None


def _breaker(row: Mapping[str, Any]) -> Breaker:
    count = row.get("down_count")
    return Breaker(
        down_share=_number(row, "down_share"),
        down_count=None
        if count is None
        else fields.integer(row, "down_count", least=0, most=MOST_MOVERS),
        drop_share=_number(row, "drop_share"),
    )


def _number(data: Mapping[str, Any], key: str, *, most: int = 100) -> Decimal | None:
    if data.get(key) is None:
        return None
    return fields.number(data[key], name=f"“{key}”", least=0, most=most)


def _objects(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = data.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(
            _("“tiers” is a list of objects, from the top tier down.")
            if key == "tiers"
            else _("“%(key)s” is a list of objects.") % {"key": key}
        )
    return rows


def _refuse_twice(codes: list[str], sentence: str) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise Refused(sentence % {"code": code})


def _refuse_constant(name: str) -> Any:
    raise Refused(_("The rule file holds %(name)s, which is not a number.") % {"name": name})


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Refused(_("“%(key)s” appears twice in one object.") % {"key": twice})
    return found


def as_data(rule_set: RuleSet, *, with_services: bool = True) -> dict[str, Any]:
    """A stored version in the format of the file, every key present: `parse` reads it back as the
    same rules. Whole numbers are int and others Decimal, so that nothing is rounded; JSON text
    of it needs `default=float`. Without services it is as if the version had none.
    """
    benefits, services = services_data(rule_set) if with_services else ([], {})
    breaker = {
        "down_share": _plain(rule_set.breaker_down_share),
        "down_count": rule_set.breaker_down_count,
        "drop_share": _plain(rule_set.breaker_drop_share),
    }
    return {
        "name": rule_set.name,
        "method": rule_set.method,
        "window_months": rule_set.window_months,
        "window_end": rule_set.window_end,
        "month_close": rule_set.month_close,
        "tiers": [_tier_data(row, services.get(row.tier_id, {})) for row in tiers_of(rule_set)],
        "grace_evaluations": rule_set.grace_evaluations,
        "drop": rule_set.drop,
        "nonpositive": rule_set.nonpositive,
        "one_off_weight": _plain(rule_set.one_off_weight),
        "cold_start": {"months": rule_set.cold_start_months},
        "dormant_after_months": rule_set.dormant_after_months,
        "minimum_tenure_days": rule_set.minimum_tenure_days,
        "rolls_up": rule_set.rolls_up,
        "guards": [_guard_data(row) for row in guards_of(rule_set)],
        "breaker": _present(breaker),
        "benefits": benefits,
    }


def _tier_data(row: TierRule, services: dict[str, Any]) -> dict[str, Any]:
    """With the names of today, or those that a draft is going to give."""
    is_draft = row.name and row.rule_set.state != RuleSet.State.PUBLISHED
    named = row if is_draft else row.tier
    texts = {"name_en": named.name_en, "instruction": row.instruction}
    bounds = {"enter": _plain(row.enter), "keep": _plain(row.keep)}
    return (
        {"code": row.tier.code, "name": named.name}
        | texts
        | _present(bounds)
        | criteria_data(row)
        | {"services": services}
    )


def _guard_data(row: GuardRule) -> dict[str, Any]:
    bounds = {"enter": _plain(row.enter), "keep": _plain(row.keep)}
    return {"fact": row.fact, "cap": row.cap.code, "blocking": row.is_blocking} | _present(bounds)


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _plain(value: Decimal | None) -> int | Decimal | None:
    return None if value is None else fields.plain(value)
