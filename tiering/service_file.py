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
from tiering.catalogue import CHOICES, LARGEST, STANDARD, Level, Measure, Offer, offer_of
from tiering.models import Benefit, Per, RuleSet
from tiering.services import levels_of

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


def benefits_data(rule_set: RuleSet) -> list[dict[str, Any]]:
    """The benefits that this version offers, as the file writes them."""
    offered = Benefit.objects.filter(pk__in=rule_set.service_levels.values("benefit"))
    return [
        {key: value for key in sorted(BENEFIT_KEYS) if (value := getattr(benefit, key))}
        for benefit in offered
    ]


def services_data(rule_set: RuleSet) -> dict[int, dict[str, Any]]:
    """Each tier's levels, as the file writes them, by the tier's id."""
    return {
        tier_id: {code: _value(level) for code, level in services.items()}
        for tier_id, services in levels_of(rule_set).items()
    }


def _value(level: Level) -> Any:
    if level.per:
        return {"count": level.amount, "per": level.per}
    return level.choice or level.amount
