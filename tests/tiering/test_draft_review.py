"""A draft's second person: not its author, and needed once the kind asks for two."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from firm import four_eyes, jobs
from firm.actions import set_four_eyes
from firm.dates import firm_date, start_of_day
from firm.models import AuditEvent, Firm, FourEyes, JobRun, Notification
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, PASSWORD, a_level, a_person
from tests.tiering.drafts import a_submitted_draft, a_written_draft, in_force, rules_with
from tiering import actions, midnight
from tiering.models import RuleSet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people(department_head, executive):
    """Others who may review."""


def publish(draft, by, approved_by=None):
    return actions.publish_rules(
        draft=draft,
        preview=actions.preview_now(draft=draft, by=by, now=NOW),
        effective_from=NOW.date(),
        by=by,
        approved_by=approved_by,
        note="見直し",
        now=NOW,
    )


def test_reviewers_are_told_and_the_author_is_not(administrator, department_head, executive):
    a_submitted_draft(administrator)
    told = {notice.recipient for notice in Notification.objects.filter(code="draft_submitted")}
    assert told == {department_head, executive}


def test_without_anybody_else_there_is_nobody_to_ask(administrator, department_head, executive):
    for person in (department_head, executive):
        person.is_active = False
        person.save()
    with pytest.raises(Refused):
        a_submitted_draft(administrator)


def test_an_approval_makes_the_second_person(administrator, executive):
    draft = actions.approve_draft(draft=a_submitted_draft(administrator), by=executive, now=NOW)
    set_four_eyes(kind=FourEyes.TIERS, is_on=True, by=executive, now=NOW)
    version = publish(draft, administrator)
    assert (version.approved_by, version.published_by) == (executive, administrator)
    assert AuditEvent.objects.filter(code="rules_published").exists()
    assert Notification.objects.filter(code="draft_approved", recipient=administrator).exists()


def test_without_it_nobody_publishes_where_two_are_asked_for(administrator, executive):
    set_four_eyes(kind=FourEyes.TIERS, is_on=True, by=executive, now=NOW)
    with pytest.raises(Refused):
        publish(a_written_draft(administrator), administrator)
    # The control: while it is off, one person does.
    set_four_eyes(kind=FourEyes.TIERS, is_on=False, by=executive, now=NOW)
    publish(a_written_draft(administrator), administrator)
    assert AuditEvent.objects.filter(code="sole_publisher").exists()


def test_nobody_approves_what_they_wrote(administrator):
    second = a_person("小川 望", role="administrator", department="経営")
    draft = a_written_draft(administrator)
    draft = actions.save_draft(
        draft=draft, rules=rules_with(), by=second, now=NOW, expected_version=draft.revision
    )
    draft = actions.submit_draft(draft=draft, by=administrator, now=NOW)
    for author in (administrator, second):
        with pytest.raises(Refused):
            actions.approve_draft(draft=draft, by=author, now=NOW)


def test_nobody_named_by_command_wrote_in_it(administrator):
    second = a_person("小川 望", role="administrator", department="経営")
    draft = a_written_draft(second)
    with pytest.raises(Refused):
        publish(draft, administrator, approved_by=second)


def test_nobody_named_by_command_sent_it_to_review(administrator, executive):
    second = a_person("小川 望", role="administrator", department="経営")
    draft = actions.submit_draft(draft=a_written_draft(administrator), by=second, now=NOW)
    with pytest.raises(Refused, match="確認に出した"):
        publish(draft, administrator, approved_by=second)
    publish(draft, administrator, approved_by=executive)


def test_who_approved_does_not_publish(administrator):
    second = a_person("小川 望", role="administrator", department="経営")
    draft = actions.approve_draft(draft=a_submitted_draft(administrator), by=second, now=NOW)
    with pytest.raises(Refused):
        publish(draft, second)


def test_a_returned_draft_can_be_edited_again_and_says_why(administrator, executive):
    draft = a_submitted_draft(administrator)
    with pytest.raises(Refused):
        actions.return_draft(draft=draft, note=" ", by=executive, now=NOW)
    draft = actions.return_draft(draft=draft, note="Aを上げて", by=executive, now=NOW)
    assert (draft.state, draft.return_note, draft.returned_by) == ("draft", "Aを上げて", executive)
    assert Notification.objects.filter(code="draft_returned", recipient=administrator).exists()


def test_taking_it_back_loses_the_approval(administrator, executive):
    draft = actions.approve_draft(draft=a_submitted_draft(administrator), by=executive, now=NOW)
    draft = actions.take_back_draft(draft=draft, by=administrator, now=NOW)
    assert (draft.state, draft.approved_by) == ("draft", None)


def test_who_may_not_review_is_told_so(administrator, section_manager):
    with pytest.raises(Forbidden):
        actions.approve_draft(draft=a_submitted_draft(administrator), by=section_manager, now=NOW)


def test_a_draft_that_is_no_longer_reviewed_is_not_approved(administrator, executive):
    with pytest.raises(Refused):
        actions.approve_draft(draft=a_written_draft(administrator), by=executive, now=NOW)


def test_a_tier_below_the_promise_to_every_customer_goes_nowhere(administrator):
    draft = a_written_draft(administrator)
    a_level(draft, "C", "first_response", 100 * 60)
    with pytest.raises(Refused):
        actions.submit_draft(draft=draft, by=administrator, now=NOW)
    with pytest.raises(Refused):
        publish(draft, administrator)


def test_rules_are_looked_at_again_after_half_a_year(administrator):
    version = in_force(administrator)
    assert version.owner == administrator
    assert version.review_on == datetime.date(2027, 1, 15)
    next_on = datetime.date(2027, 7, 1)
    version = actions.confirm_review(version=version, next_on=next_on, by=administrator, now=NOW)
    assert version.review_on == next_on
    with pytest.raises(Refused):
        actions.confirm_review(version=version, next_on=NOW.date(), by=administrator, now=NOW)


def reminded(date: datetime.date) -> list[Notification]:
    """Of this day's job, a minute after midnight."""
    now = start_of_day(date) + datetime.timedelta(minutes=1)
    midnight.ensure_runs(now=now)
    for job in JobRun.objects.filter(kind=midnight.KIND, key=date.isoformat()):
        jobs.run(job.pk, now=now)
    return list(Notification.objects.filter(code="review_overdue").order_by("pk"))


def test_an_overdue_review_reminds_the_administrators_once_for_its_day(
    administrator, department_head
):
    due = in_force(administrator).review_on
    assert reminded(due - datetime.timedelta(days=1)) == []
    (notice,) = reminded(due)
    assert notice.recipient == administrator
    assert notice.data == {"version": 1, "date": due.isoformat()}
    assert reminded(due + datetime.timedelta(days=1)) == [notice]


def test_a_review_that_was_confirmed_reminds_again_on_its_next_day(administrator):
    version = in_force(administrator)
    reminded(version.review_on)
    now = start_of_day(version.review_on)
    next_on = datetime.date(2027, 7, 1)
    actions.confirm_review(version=version, next_on=next_on, by=administrator, now=now)
    assert len(reminded(next_on - datetime.timedelta(days=1))) == 1
    assert [notice.data["date"] for notice in reminded(next_on)] == ["2027-01-15", "2027-07-01"]


def test_an_override_asks_for_the_second_person_of_its_own_kind(administrator, executive):
    set_four_eyes(kind=FourEyes.TIERS, is_on=True, by=executive, now=NOW)
    assert four_eyes.is_required(FourEyes.TIERS, now=NOW)
    assert not four_eyes.is_required(FourEyes.OVERRIDES, now=NOW)


def published_through(client_of, administrator, draft):
    """The status of publishing by API and then by page, as an administrator who gave the
    password.
    """
    preview = actions.preview_now(draft=draft, by=administrator, now=timezone.now())
    client = client_of(administrator)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    asked = {
        "preview": preview.token,
        "effective_from": firm_date(timezone.now()).isoformat(),
        "note": "見直し",
    }
    by_api = client.post(
        reverse("api-publish-rules", args=[draft.pk]), asked, content_type="application/json"
    )
    by_page = client.post(reverse("tiering:publish", args=[draft.pk]), asked)
    return by_api.status_code, by_page.status_code


def test_in_a_live_firm_nobody_publishes_alone_by_page_or_api(client_of, administrator, executive):
    Firm.objects.update(went_live_at=NOW)
    draft = a_written_draft(administrator)
    assert published_through(client_of, administrator, draft) == (409, 422)
    assert not RuleSet.objects.filter(state="published").exists()
    # The control: with the second person it is published by the first of the two.
    actions.submit_draft(draft=draft, by=administrator, now=NOW)
    actions.approve_draft(draft=draft, by=executive, now=NOW)
    assert published_through(client_of, administrator, draft) == (200, 404)
    assert RuleSet.objects.get(state="published").approved_by == executive
