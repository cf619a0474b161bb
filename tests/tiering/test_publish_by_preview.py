"""Publishing by a preview: only while it holds, and of two at once one."""

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from firm.models import JobRun, User
from firm.refusals import Forbidden, Refused
from tests.factories import a_customer, an_entry, an_import
from tests.races import at_once
from tests.tiering.evaluations import a_night, a_replay, day, published, some_rules
from tests.tiering.previews import NOW, a_draft, a_preview, publish
from tiering import actions
from tiering.actions import publishing
from tiering.models import Preview, RuleSet
from tiering.previews import binding

STRICT = [{"code": "T1", "enter": 800}, {"code": "T2", "enter": 400}, {"code": "T3"}]


@pytest.fixture
def draft(administrator: User) -> RuleSet:
    """A draft over a book that a night has evaluated by other rules."""
    published(some_rules(), by=administrator, since="2026-01-01", now=NOW)
    an_entry(a_customer(), day("2026-05-10"), 550)
    a_night("2026-07-15")
    return a_draft(some_rules(tiers=STRICT), by=administrator)


@pytest.mark.django_db
class TestAPreviewIsCompulsory:
    def test_without_one_nothing_is_published(self, draft, administrator):
        with pytest.raises(Refused, match="試算"):
            publish(draft, None, by=administrator)

    def test_by_a_fresh_one_it_is(self, draft, administrator):
        preview = a_preview(draft, by=administrator)
        version = publish(draft, preview, by=administrator)
        preview.refresh_from_db()
        assert preview.bound_at == NOW
        assert version.previews.get(bound_at__isnull=False) == preview

    def test_by_that_of_another_draft_it_is_not(self, draft, administrator):
        other = a_preview(a_draft(some_rules(), by=administrator), by=administrator)
        with pytest.raises(Refused, match="別の下書き"):
            publish(draft, other, by=administrator)

    def test_an_unfinished_one_does_not_do(self, draft, administrator):
        preview = actions.request_preview(draft=draft, by=administrator, now=NOW)
        with pytest.raises(Refused, match="計算"):
            publish(draft, preview, by=administrator)

    def test_one_that_failed_does_not_do(self, draft, administrator):
        preview = actions.request_preview(draft=draft, by=administrator, now=NOW)
        JobRun.objects.filter(pk=preview.job.pk).update(state=JobRun.State.FAILED)
        with pytest.raises(Refused, match="完了しません"):
            publish(draft, preview, by=administrator)

    def test_one_that_was_discarded_does_not_do(self, draft, administrator):
        preview = a_preview(draft, by=administrator)
        actions.leave_preview(preview=preview, by=administrator, now=NOW)
        with pytest.raises(Refused, match="見送られ"):
            publish(draft, preview, by=administrator)


@pytest.mark.django_db
class TestAPreviewGoesStale:
    @pytest.fixture
    def preview(self, draft, administrator):
        return a_preview(draft, by=administrator)

    def test_after_the_next_night(self, draft, preview, administrator):
        a_night("2026-07-15", now=NOW + datetime.timedelta(hours=1))
        with pytest.raises(Refused, match="夜間計算"):
            publish(draft, preview, by=administrator)

    def test_after_a_replay(self, draft, preview, administrator):
        a_replay("2026-07-15", "2026-07-15", now=NOW + datetime.timedelta(hours=1))
        with pytest.raises(Refused, match="夜間計算"):
            publish(draft, preview, by=administrator)

    def test_not_by_a_night_that_failed(self, draft, preview, administrator):
        job = actions.request_night(date=day("2026-07-16"), by=None, now=NOW)
        JobRun.objects.filter(pk=job.pk).update(state=JobRun.State.FAILED, finished_at=NOW)
        publish(draft, preview, by=administrator)

    def test_once_another_version_is_published(self, draft, preview, administrator):
        published(some_rules(name="次"), by=administrator, since="2026-08-01", now=NOW)
        with pytest.raises(Refused, match="第2版"):
            publish(draft, preview, by=administrator)

    @pytest.mark.parametrize(
        "change",
        [
            lambda draft: RuleSet.objects.filter(pk=draft.pk).update(grace_evaluations=5),
            lambda draft: draft.tiers.filter(rank=1).update(enter=900),
            lambda draft: draft.guards.create(fact="payment_stop", cap=draft.tiers.last().tier),
        ],
        ids=["rules", "tiers", "guards"],
    )
    def test_when_the_draft_says_something_else(
        self, draft, preview, administrator, change: Callable[[RuleSet], Any]
    ):
        change(draft)
        with pytest.raises(Refused, match="下書き"):
            publish(draft, preview, by=administrator)

    def test_not_when_only_the_draft_s_name_changes(self, draft, preview, administrator):
        RuleSet.objects.filter(pk=draft.pk).update(name="別名")
        publish(draft, preview, by=administrator)

    def test_after_24_hours(self, draft, preview, administrator):
        late = preview.computed_at + datetime.timedelta(hours=24)
        publish_just_before = late - datetime.timedelta(seconds=1)
        with pytest.raises(Refused, match="24"):
            publish(draft, preview, by=administrator, since="2026-07-17", now=late)
        publish(draft, preview, by=administrator, since="2026-07-17", now=publish_just_before)

    def test_with_a_new_engine(self, draft, preview, administrator, monkeypatch):
        monkeypatch.setattr(binding, "VERSION", "next")
        with pytest.raises(Refused, match="計算のしくみ"):
            publish(draft, preview, by=administrator)

    def test_an_import_makes_it_stale_before_the_first_night_only(
        self, draft, preview, administrator
    ):
        an_import()
        publish(draft, preview, by=administrator)


@pytest.mark.django_db
def test_before_the_first_night_an_import_makes_it_stale(administrator):
    draft = a_draft(some_rules(), by=administrator)
    preview = a_preview(draft, by=administrator)
    an_entry(a_customer(), day("2026-05-10"), 550)
    with pytest.raises(Refused, match="取り込み"):
        publish(draft, preview, by=administrator)


@pytest.mark.django_db
def test_every_column_of_the_rules_is_in_the_fingerprint_or_knowingly_left_out():
    aside = {
        *("id", "number", "name", "state", "note", "effective_from", "effective_until"),
        *("created_at", "created_by", "published_at", "published_by", "approved_by"),
        *("approved_at", "authors", "revision", "changed_at", "submitted_by", "submitted_at"),
        *("return_note", "returned_by", "owner", "review_on"),
    }
    columns = {field.name for field in RuleSet._meta.concrete_fields}
    assert columns == aside | set(binding.RULES)


@pytest.mark.django_db
def test_a_bound_preview_is_final(draft, administrator):
    preview = a_preview(draft, by=administrator)
    publish(draft, preview, by=administrator)
    with pytest.raises(Refused):
        actions.leave_preview(preview=preview, by=administrator, now=NOW)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Preview.objects.filter(pk=preview.pk).update(result={})


@pytest.mark.django_db
def test_previews_are_for_who_may_edit_rules(draft, executive):
    with pytest.raises(Forbidden):
        actions.request_preview(draft=draft, by=executive, now=NOW)


@pytest.mark.django_db
def test_a_draft_without_tiers_has_no_preview(administrator, now):
    empty = RuleSet.objects.create(name="案", method="threshold", created_at=now)
    with pytest.raises(Refused, match="ランク"):
        actions.request_preview(draft=empty, by=administrator, now=NOW)


@pytest.mark.django_db
def test_a_new_preview_takes_the_unfinished_one_s_place(draft, administrator):
    first = actions.request_preview(draft=draft, by=administrator, now=NOW)
    second = actions.request_preview(draft=draft, by=administrator, now=NOW)
    first.refresh_from_db()
    assert first.left_at == NOW
    assert second.left_at is None


def two_publications(administrator: User) -> list[Any]:
    drafts = [a_draft(some_rules(name=name), by=administrator) for name in "甲乙"]
    previews = [a_preview(draft, by=administrator) for draft in drafts]
    pairs = list(zip(drafts, previews, strict=True))
    return at_once(
        *(lambda pair=pair: publish(*pair, by=administrator) for pair in pairs),
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_publications_at_once_one_wins_and_the_other_is_told(administrator: User):
    results = two_publications(administrator)
    won = [one for one in results if isinstance(one, RuleSet)]
    told = [one for one in results if isinstance(one, Refused)]
    assert (len(won), len(told)) == (1, 1)
    assert "第1版" in told[0].sentence
    assert RuleSet.objects.filter(state=RuleSet.State.PUBLISHED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_other_would_run_into_the_constraints(
    administrator: User, monkeypatch: pytest.MonkeyPatch
):
    """The control: both believe their preview, and only the database stops one."""
    gate = threading.Barrier(2)
    checked = publishing.check_can_publish

    def unlocked(**facts: Any) -> None:
        checked(**facts)
        gate.wait(timeout=20)

    monkeypatch.setattr(publishing, "_lock_publishing", lambda **_facts: None)
    monkeypatch.setattr(publishing, "check_can_publish", unlocked)
    results = two_publications(administrator)
    assert [type(one) for one in results if not isinstance(one, RuleSet)] == [IntegrityError]
