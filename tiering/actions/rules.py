"""What writes drafts of the tier rules."""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from firm import audit
from firm.dates import firm_date
from firm.models import User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of
from tiering import rule_file
from tiering.actions.authors import note_author
from tiering.actions.services import write_levels
from tiering.default_rules import DEFAULT
from tiering.models import Benefit, GuardRule, RuleSet, Tier, TierCriterion, TierRule
from tiering.rule_file import COLUMNS, Rules


class Overtaken(Refused):
    """Somebody else saved the draft after this person had opened it."""


def check_can_draft(*, by: User, now: datetime.datetime) -> None:
    if not scope_of(by, on=firm_date(now)).may(Right.EDIT_RULES):
        raise Forbidden(_("%(name)s may not edit tier rules.") % {"name": by.name})


def check_can_edit_draft(*, draft: RuleSet, by: User, now: datetime.datetime) -> None:
    check_can_draft(by=by, now=now)
    if draft.state == RuleSet.State.PUBLISHED:
        raise Refused(_("A published version is not edited. Make a draft from it."))
    if draft.state != RuleSet.State.DRAFT:
        raise Refused(_("This version is being reviewed. Take it back to change it."))


@transaction.atomic
def create_draft(*, rules: Rules, by: User | None, now: datetime.datetime) -> RuleSet:
    """A version to be published later; nothing in force changes, names of tiers included."""
    draft = RuleSet(created_at=now, created_by=by, owner=by)
    _write(draft, rules, by=by, now=now)
    audit.record("rules_drafted", by=by, now=now, subject=draft)
    return draft


@transaction.atomic
def begin_draft(*, by: User, now: datetime.datetime) -> RuleSet:
    """A draft for a firm that has published no rules yet: the product's default set."""
    check_can_draft(by=by, now=now)
    return create_draft(rules=rule_file.parse(DEFAULT), by=by, now=now)


@transaction.atomic
def clone_draft(*, of: RuleSet, by: User, now: datetime.datetime) -> RuleSet:
    """A draft with the rules and service levels of a published version."""
    check_can_draft(by=by, now=now)
    if of.state != RuleSet.State.PUBLISHED:
        raise Refused(_("A new draft begins from a published version."))
    draft = RuleSet(created_at=now, created_by=by, owner=of.owner or by)
    _write(draft, rule_file.parse(rule_file.as_data(of)), by=by, now=now)
    audit.record("rules_drafted", by=by, now=now, subject=draft, version=of.number)
    return draft


@transaction.atomic
def save_draft(
    *, draft: RuleSet, rules: Rules, by: User, now: datetime.datetime, expected_version: int
) -> RuleSet:
    """Make these the draft's rules, service levels included. `expected_version` is the revision
    that the person has seen. Raises Overtaken where somebody saved meanwhile.
    """
    draft = RuleSet.objects.select_for_update().get(pk=draft.pk)
    check_can_edit_draft(draft=draft, by=by, now=now)
    if draft.revision != expected_version:
        raise Overtaken(
            _(
                "Somebody else has saved this draft since you opened it. Nothing of yours is lost:"
                " compare, then save again to put yours in its place."
            )
        )
    draft.tiers.all().delete()
    draft.guards.all().delete()
    _write(draft, rules, by=by, now=now)
    audit.record("rules_edited", by=by, now=now, subject=draft)
    return draft


@transaction.atomic
def change_draft(
    *, draft: RuleSet, changes: Mapping[str, Any], by: User, now: datetime.datetime
) -> RuleSet:
    """Put some keys of the rule file's format in place of the draft's own."""
    rules = rule_file.parse({**rule_file.as_data(draft), **changes})
    return save_draft(draft=draft, rules=rules, by=by, now=now, expected_version=draft.revision)


@transaction.atomic
def discard_draft(*, draft: RuleSet, by: User, now: datetime.datetime) -> None:
    """Delete it, with its previews. One that is being reviewed is taken back first."""
    draft = RuleSet.objects.select_for_update().get(pk=draft.pk)
    check_can_edit_draft(draft=draft, by=by, now=now)
    audit.record("draft_discarded", by=by, now=now, subject=draft)
    draft.delete()


def _write(draft: RuleSet, rules: Rules, *, by: User | None, now: datetime.datetime) -> None:
    for name in COLUMNS:
        setattr(draft, name, getattr(rules, name))
    draft.breaker_down_share = rules.breaker.down_share
    draft.breaker_down_count = rules.breaker.down_count
    draft.breaker_drop_share = rules.breaker.drop_share
    note_author(draft=draft, by=by, now=now)
    draft.save()
    tiers = {line.code: _tier(line) for line in rules.tiers}
    _write_tiers(draft, rules, tiers)
    for benefit in rules.benefits:
        words = {name: getattr(benefit, name) for name in ("name", "name_en", "unit", "unit_en")}
        Benefit.objects.get_or_create(code=benefit.code, defaults=words)
    write_levels(draft=draft, levels={tiers[line.code].pk: line.services for line in rules.tiers})


def _write_tiers(draft: RuleSet, rules: Rules, tiers: dict[str, Tier]) -> None:
    rows = TierRule.objects.bulk_create(
        TierRule(
            rule_set=draft,
            tier=tiers[line.code],
            rank=rank,
            enter=line.enter,
            keep=line.keep,
            instruction=line.instruction,
            name=line.name,
            name_en=line.name_en,
        )
        for rank, line in enumerate(rules.tiers, start=1)
    )
    TierCriterion.objects.bulk_create(
        TierCriterion(rule=row, **dataclasses.asdict(criterion))
        for row, line in zip(rows, rules.tiers, strict=True)
        for criterion in line.criteria
    )
    GuardRule.objects.bulk_create(
        GuardRule(
            rule_set=draft,
            fact=guard.fact,
            enter=guard.enter,
            keep=guard.keep,
            cap=tiers[guard.cap],
            is_blocking=guard.blocking,
        )
        for guard in rules.guards
    )


def _tier(line: rule_file.TierLine) -> Tier:
    """A tier that is new has its name at once; the others keep theirs until publication."""
    tier, _created = Tier.objects.get_or_create(
        code=line.code, defaults={"name": line.name, "name_en": line.name_en}
    )
    return tier
