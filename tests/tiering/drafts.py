"""Drafts and what a browser sends for one, for tests of their editor and review."""

from typing import Any

from firm.models import User
from tests.factories import NOW
from tiering import actions, rule_file
from tiering.models import RuleSet
from tiering.rules_form import values_of

TIERS = [
    {"code": "S", "name": "プレミア", "name_en": "Premier", "enter": 7_000_000, "keep": 6_300_000},
    {"code": "A", "name": "アドバンス", "name_en": "Plus", "enter": 2_800_000, "keep": 2_520_000},
    {"code": "C", "name": "ベーシック", "name_en": "Core"},
]
RULES: dict[str, Any] = {"name": "2026年度の基準", "method": "threshold", "tiers": TIERS}


def rules_with(**values: Any) -> rule_file.Rules:
    return rule_file.parse(RULES | values)


def a_written_draft(by: User, **values: Any) -> RuleSet:
    return actions.create_draft(rules=rules_with(**values), by=by, now=NOW)


def a_submitted_draft(by: User, **values: Any) -> RuleSet:
    return actions.submit_draft(draft=a_written_draft(by, **values), by=by, now=NOW)


def in_force(by: User, **values: Any) -> RuleSet:
    """Published for long; what is evaluated by it plays no part here."""
    draft = a_written_draft(by, **values)
    return actions.publish_rules(
        draft=draft,
        preview=actions.preview_now(draft=draft, by=by, now=NOW),
        effective_from=NOW.date().replace(year=2020),
        by=by,
        approved_by=None,
        note="最初の基準",
        now=NOW,
    )


def typed(draft: RuleSet, **changed: Any) -> dict[str, Any]:
    """The editor's form as a browser sends it, some fields changed (`tier2__enter`)."""
    values = values_of(rule_file.as_data(draft)) | {"revision": draft.revision, "act": "save"}
    values |= {name.replace("__", "-"): value for name, value in changed.items()}
    return {name: value for name, value in values.items() if value not in (None, False, "")}
