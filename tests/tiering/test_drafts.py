"""Drafts of the tier rules: who writes them, what stays as it is, what nobody can change."""

import pytest
from django.db import DatabaseError, transaction

from firm.models import AuditEvent
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, a_level
from tests.tiering.drafts import (
    RULES,
    TIERS,
    a_submitted_draft,
    a_written_draft,
    in_force,
    rules_with,
)
from tiering import actions, rule_file
from tiering.models import GuardRule, RuleSet, Tier

pytestmark = pytest.mark.django_db


def save(draft, by, *, expected_version=None, **values):
    return actions.save_draft(
        draft=draft,
        rules=rules_with(**values),
        by=by,
        now=NOW,
        expected_version=draft.revision if expected_version is None else expected_version,
    )


def test_a_draft_begins_as_the_version_it_comes_from(administrator):
    guards = [{"fact": "margin", "enter": 10, "keep": 8}, {"fact": "payment_stop"}]
    version = in_force(administrator, guards=guards, grace_evaluations=3)
    a_level(version, "S", "first_response", 60)
    draft = actions.clone_draft(of=version, by=administrator, now=NOW)
    assert rule_file.as_data(draft) == rule_file.as_data(version)
    assert (draft.state, draft.number, draft.authors) == ("draft", None, [administrator.pk])


def test_a_draft_of_a_draft_is_refused(administrator):
    with pytest.raises(Refused):
        actions.clone_draft(of=a_written_draft(administrator), by=administrator, now=NOW)


def test_the_default_set_holds_runs_for_confirmation(administrator):
    draft = actions.begin_draft(by=administrator, now=NOW)
    breaker = (draft.breaker_down_share, draft.breaker_down_count, draft.breaker_drop_share)
    assert breaker == (10, 5, 30)
    assert {guard.fact: guard.cap.code for guard in draft.guards.all()} == {
        "margin": "B",
        "payment_stop": "C",
    }


def test_saving_replaces_the_rules_and_is_noted(administrator):
    draft = a_written_draft(administrator)
    saved = save(draft, administrator, tiers=[TIERS[0], TIERS[2]], grace_evaluations=2)
    assert [rule.tier.code for rule in saved.tiers.all()] == ["S", "C"]
    assert (saved.grace_evaluations, saved.revision) == (2, draft.revision + 1)
    assert AuditEvent.objects.filter(code="rules_edited", subject_id=draft.pk).count() == 1


def test_a_page_that_is_stale_saves_nothing(administrator):
    draft = a_written_draft(administrator)
    save(draft, administrator, window_months=6)
    with pytest.raises(actions.Overtaken):
        save(draft, administrator, expected_version=draft.revision, window_months=24)
    draft.refresh_from_db()
    assert draft.window_months == 6


def test_a_new_name_of_a_tier_waits_for_publication(administrator):
    in_force(administrator)
    renamed = [TIERS[0] | {"name": "最上位", "name_en": "Top"}, *TIERS[1:]]
    draft = a_written_draft(administrator, tiers=renamed)
    assert Tier.objects.get(code="S").name == "プレミア"
    assert rule_file.as_data(draft)["tiers"][0]["name"] == "最上位"
    actions.publish_rules(
        draft=draft,
        preview=actions.preview_now(draft=draft, by=administrator, now=NOW),
        effective_from=NOW.date(),
        by=administrator,
        approved_by=None,
        note="名称",
        now=NOW,
    )
    assert Tier.objects.get(code="S").name == "最上位"


def test_a_discarded_draft_is_gone(administrator):
    draft = a_written_draft(administrator)
    actions.preview_now(draft=draft, by=administrator, now=NOW)
    actions.discard_draft(draft=draft, by=administrator, now=NOW)
    assert not RuleSet.objects.filter(pk=draft.pk).exists()
    assert AuditEvent.objects.filter(code="draft_discarded").exists()


def test_what_is_reviewed_or_published_is_not_edited(administrator, executive):
    for fixed in (a_submitted_draft(administrator), in_force(administrator)):
        with pytest.raises(Refused):
            save(fixed, administrator)
        with pytest.raises(Refused):
            actions.discard_draft(draft=fixed, by=administrator, now=NOW)


def test_only_who_may_edit_the_rules_drafts_them(executive, administrator):
    version = in_force(administrator)
    with pytest.raises(Forbidden):
        actions.clone_draft(of=version, by=executive, now=NOW)
    with pytest.raises(Forbidden):
        save(a_written_draft(administrator), executive)


def refused_by_database(act) -> bool:
    try:
        with transaction.atomic():
            act()
    except DatabaseError:
        return True
    return False


def test_the_database_keeps_tiers_and_guards_of_a_published_version(administrator):
    guards = [{"fact": "margin", "enter": 10, "keep": 8}]
    version, draft = in_force(administrator, guards=guards), a_written_draft(administrator)
    top = version.tiers.get(rank=1)
    acts = [
        lambda: version.tiers.filter(rank=1).update(enter=1),
        lambda: version.tiers.filter(rank=1).delete(),
        lambda: version.guards.update(enter=90),
        lambda: version.guards.all().delete(),
        lambda: GuardRule.objects.create(
            rule_set=version, fact="payment_stop", cap=top.tier, is_blocking=True
        ),
        lambda: draft.tiers.filter(rank=3).update(rule_set=version, rank=9),
        lambda: RuleSet.objects.filter(pk=version.pk).update(grace_evaluations=9),
    ]
    assert [refused_by_database(act) for act in acts] == [True] * len(acts)
    # The control: a draft's rows are anybody's who may write the table.
    draft.tiers.filter(rank=1).update(enter=1)
    draft.tiers.filter(rank=3).delete()


def test_criteria_are_a_closed_list(administrator):
    for unknown in ({"nationality": "JP"}, {"tiers": [TIERS[0] | {"region": "東京"}, TIERS[2]]}):
        with pytest.raises(Refused):
            rule_file.parse(RULES | unknown)
    with pytest.raises(Refused):
        rule_file.parse(RULES | {"guards": [{"fact": "gender", "enter": 1}]})
