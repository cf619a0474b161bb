"""What changes the tier rules."""

import datetime

from django.db import transaction

from firm import audit
from firm.models import User
from tiering.models import GuardRule, RuleSet, Tier, TierRule
from tiering.rule_file import Rules


@transaction.atomic
def create_draft(*, rules: Rules, by: User | None, now: datetime.datetime) -> RuleSet:
    """A version to be published later.

    A tier's name belongs to the tier, not to the version: it is the file's from now on.
    """
    draft = RuleSet.objects.create(
        name=rules.name,
        method=rules.method,
        window_months=rules.window_months,
        window_end=rules.window_end,
        grace_evaluations=rules.grace_evaluations,
        drop=rules.drop,
        nonpositive=rules.nonpositive,
        month_close=rules.month_close,
        one_off_weight=rules.one_off_weight,
        cold_start_months=rules.cold_start_months,
        dormant_after_months=rules.dormant_after_months,
        minimum_tenure_days=rules.minimum_tenure_days,
        rolls_up=rules.rolls_up,
        breaker_down_share=rules.breaker.down_share,
        breaker_down_count=rules.breaker.down_count,
        breaker_drop_share=rules.breaker.drop_share,
        created_at=now,
        created_by=by,
    )
    for rank, line in enumerate(rules.tiers, start=1):
        tier, _created = Tier.objects.update_or_create(
            code=line.code, defaults={"name": line.name, "name_en": line.name_en}
        )
        TierRule.objects.create(
            rule_set=draft,
            tier=tier,
            rank=rank,
            enter=line.enter,
            keep=line.keep,
            instruction=line.instruction,
        )
    for guard in rules.guards:
        GuardRule.objects.create(
            rule_set=draft,
            fact=guard.fact,
            enter=guard.enter,
            keep=guard.keep,
            cap=draft.tiers.get(tier__code=guard.cap).tier,
            is_blocking=guard.blocking,
        )
    audit.record("rules_drafted", by=by, now=now, subject=draft)
    return draft
