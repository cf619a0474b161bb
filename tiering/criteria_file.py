"""The criteria of a tier in the rule file, beside its revenue bound.

`"all": [{"fact": "margin", "enter": 10, "keep": 8}]` is asked for besides, and of `"any"` each
counts instead of the revenue bound. `keep` absent is `enter`; a contract type has
`"is": "retainer"` in place of both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Contract
from firm.money import LARGEST
from firm.refusals import Refused
from tiering import rule_fields as fields
from tiering.models import TierCriterion, TierRule

Fact, Needs = TierCriterion.Fact, TierCriterion.Needs

KEYS = {"fact", "enter", "keep", "is"}
MOST = 6  # of a tier, besides and instead together
# From and to, in the unit of the fact. Full margins are out of reach: work always costs something.
RANGES: dict[str, tuple[int, Decimal | int]] = {
    Fact.REVENUE: (1, LARGEST),
    Fact.MARGIN: (-100, 99),
    Fact.STRATEGIC_FIT: (0, 5),
    Fact.TENURE: (1, 600),
    Fact.CONTRACT_VALUE: (1, LARGEST),
}


@dataclass(frozen=True)
class CriterionLine:
    """`enter` and `keep` are None for a contract type, which is `choice`."""

    needs: str
    fact: str
    choice: str
    enter: Decimal | None
    keep: Decimal | None


def read_criteria(
    row: Mapping[str, Any], *, code: str, is_lowest: bool, is_share: bool
) -> tuple[CriterionLine, ...]:
    """Of one tier, those that are asked for besides first. Raises Refused."""
    lines = tuple(
        read_one(one, needs=needs, code=code, is_share=is_share)
        for needs in Needs.values
        for one in _rows(row, needs, code=code)
    )
    if lines and is_lowest:
        raise Refused(_("The last tier takes everybody else: it has no “all” and no “any”."))
    if len(lines) > MOST:
        raise Refused(
            _("Tier “%(code)s” has more than %(most)s criteria beside its threshold.")
            % {"code": code, "most": MOST}
        )
    keys = [(line.needs, line.fact, line.choice) for line in lines]
    for line, key in zip(lines, keys, strict=True):
        if keys.count(key) > 1:
            raise Refused(
                _("“%(fact)s” appears twice in “%(needs)s” of tier “%(code)s”.")
                % {"fact": line.fact, "needs": line.needs, "code": code}
            )
    return lines


def read_one(row: Mapping[str, Any], *, needs: str, code: str, is_share: bool) -> CriterionLine:
    fields.refuse_unknown(row, KEYS)
    fact = fields.choice(row, "fact", Fact.values)
    if fact == Fact.REVENUE and not is_share:
        raise Refused(_("By thresholds, the revenue of a tier is its “enter”, no criterion."))
    if fact == Fact.CONTRACT_TYPE:
        if row.get("enter") is not None or row.get("keep") is not None:
            raise Refused(_("A contract type has no “enter” and no “keep”: it has an “is”."))
        choice = fields.choice(row, "is", Contract.Template.values)
        return CriterionLine(needs, fact, choice, None, None)
    if row.get("is") is not None:
        raise Refused(_("Only a contract type has an “is”."))
    enter, keep = (_bound(row, key, fact=fact, code=code) for key in ("enter", "keep"))
    if enter is None:
        raise Refused(
            _("“%(fact)s” of tier “%(code)s” needs an “enter”.") % {"fact": fact, "code": code}
        )
    if keep is not None and keep > enter:
        raise Refused(
            _(
                "“%(fact)s” of tier “%(code)s” is harder to keep (%(keep)s)"
                " than to enter (%(enter)s)."
            )
            % {"fact": fact, "code": code, "keep": keep, "enter": enter}
        )
    return CriterionLine(needs, fact, "", enter, enter if keep is None else keep)


def _rows(row: Mapping[str, Any], key: str, *, code: str) -> list[Mapping[str, Any]]:
    rows = row.get(key)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise Refused(
            _("“%(key)s” of tier “%(code)s” is a list of objects.") % {"key": key, "code": code}
        )
    return rows


def _bound(row: Mapping[str, Any], key: str, *, fact: str, code: str) -> Decimal | None:
    if row.get(key) is None:
        return None
    least, most = RANGES[fact]
    name = _("“%(key)s” of “%(fact)s” of tier “%(code)s”") % {
        "key": key,
        "fact": fact,
        "code": code,
    }
    found = fields.number(row[key], name=name, least=least, most=most)
    if fact == Fact.TENURE and found != int(found):
        raise Refused(_("%(name)s is a whole number of months.") % {"name": name})
    return found


def criteria_data(rule: TierRule) -> dict[str, Any]:
    """In the format of the file; without keys where there are none."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in rule.criteria.all():
        found.setdefault(one.needs, []).append(_data(one))
    return found


def _data(one: TierCriterion) -> dict[str, Any]:
    if one.enter is None or one.keep is None:
        return {"fact": one.fact, "is": one.choice}
    return {"fact": one.fact, "enter": fields.plain(one.enter), "keep": fields.plain(one.keep)}
