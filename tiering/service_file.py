"""The parts of a rule file about services: the firm's own benefits, and each tier's levels.

    "benefits": [{"code": "paper-report", "name": "月次紙レポート", "unit": "部"}],
    "tiers": [{"code": "S", …, "services": {
        "first_response": 30, "backup": "named", "paper-report": {"count": 12, "per": "year"}}}]

Amounts are in the units of the catalogue; what is absent is not offered.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from firm.refusals import Refused
from tiering import rule_fields as fields
from tiering.catalogue import CHOICES, LARGEST, STANDARD, Level, Measure, Offer, level_of, offer_of
from tiering.models import Benefit, Per, RuleSet
from tiering.version_rows import services_of

BENEFIT_KEYS = {"code", "name", "name_en", "unit", "unit_en"}
MOST_BENEFITS = 50


def read_benefits(data: Mapping[str, Any]) -> tuple[Benefit, ...]:
    """The firm's own benefits that the file tells of, not saved."""
    rows = data.get("benefits") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(_("“%(key)s” is a list of objects.") % {"key": "benefits"})
    if len(rows) > MOST_BENEFITS:
        raise Refused(_("There are at most %(most)s benefits.") % {"most": MOST_BENEFITS})
    benefits = tuple(_benefit(row) for row in rows)
    codes = [benefit.code for benefit in benefits]
    for code in codes:
        if codes.count(code) > 1 or code in STANDARD:
            raise Refused(_("The service code “%(code)s” appears twice.") % {"code": code})
    return benefits


def _benefit(row: Mapping[str, Any]) -> Benefit:
    fields.refuse_unknown(row, BENEFIT_KEYS)
    code = fields.text(row, "code", most=40, required=True)
    if not re.fullmatch(r"[A-Za-z0-9_-]+", code):
        raise Refused(
            _("The code of a benefit is made of Latin letters, digits, - and _: “%(code)s”.")
            % {"code": code}
        )
    return Benefit(
        code=code,
        name=fields.text(row, "name", most=40, required=True),
        name_en=fields.text(row, "name_en", most=40),
        unit=fields.text(row, "unit", most=10),
        unit_en=fields.text(row, "unit_en", most=20),
    )


def read_services(row: Mapping[str, Any], benefits: tuple[Benefit, ...]) -> dict[str, Level]:
    """The levels of one tier by the service's code."""
    known = STANDARD | {benefit.code: offer_of(benefit) for benefit in benefits}
    services = fields.section(row, "services", set(known))
    return {
        code: _level(services, known[code]) for code, value in services.items() if value is not None
    }


def _level(services: Mapping[str, Any], offer: Offer) -> Level:
    most = LARGEST.get(offer.measure, 0)
    if offer.measure is Measure.CHOICE:
        return Level(choice=fields.choice(services, offer.code, CHOICES[offer.code].values))
    if offer.measure is Measure.COUNT:
        counted = fields.section(services, offer.code, {"count", "per"})
        return Level(
            amount=fields.integer(counted, "count", least=1, most=most),
            per=fields.choice(counted, "per", Per.values, Per.YEAR),
        )
    return Level(amount=fields.integer(services, offer.code, least=1, most=most))


def services_data(rule_set: RuleSet) -> tuple[list[dict[str, Any]], dict[int, dict[str, Any]]]:
    """As the file writes them: the benefits that this version offers, and each tier's levels by
    the tier's id.
    """
    benefits: dict[int, Benefit] = {}
    levels: dict[int, dict[str, Any]] = {}
    for row in services_of(rule_set):
        levels.setdefault(row.tier_id, {})[row.code] = _value(level_of(row))
        if row.benefit:
            benefits[row.benefit.pk] = row.benefit
    return [_benefit_data(benefit) for benefit in benefits.values()], levels


def _benefit_data(benefit: Benefit) -> dict[str, str]:
    return {key: value for key in sorted(BENEFIT_KEYS) if (value := getattr(benefit, key))}


def _value(level: Level) -> Any:
    if level.per:
        return {"count": level.amount, "per": level.per}
    return level.choice or level.amount
