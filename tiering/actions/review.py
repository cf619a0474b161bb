"""A draft's way to its second person, and the half-yearly review of what is in force."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from firm import audit, four_eyes, outbox
from firm.dates import firm_date
from firm.models import Notification, User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of
from tiering import checks
from tiering.actions.rules import check_can_draft, check_can_edit_draft
from tiering.models import RuleSet
from tiering.versions import is_overdue


def check_can_submit(*, draft: RuleSet, by: User, now: datetime.datetime) -> None:
    check_can_edit_draft(draft=draft, by=by, now=now)
    for sentence in checks.problems(draft):
        raise Refused(sentence)
    if not reviewers(draft=draft, by=by, now=now):
        raise Refused(_("Nobody else may review tier rules. Give somebody a post that may first."))


def reviewers(*, draft: RuleSet, by: User, now: datetime.datetime) -> list[User]:
    """Who could be the second person: with the right, no author and not who submits."""
    return [
        person
        for person in four_eyes.holders(Right.REVIEW_RULES, on=firm_date(now))
        if person.pk not in (*draft.authors, by.pk)
    ]


@transaction.atomic
def submit_draft(*, draft: RuleSet, by: User, now: datetime.datetime) -> RuleSet:
    """Ask for the second person. From here on nothing of it is edited until it comes back."""
    draft = _locked(draft)
    check_can_submit(draft=draft, by=by, now=now)
    draft.state = RuleSet.State.IN_REVIEW
    draft.submitted_by, draft.submitted_at = by, now
    draft.return_note, draft.returned_by = "", None
    draft.save()
    audit.record("draft_submitted", by=by, now=now, subject=draft)
    for person in reviewers(draft=draft, by=by, now=now):
        outbox.queue("draft_submitted", recipient=person, now=now)
    return draft


def check_can_take_back(*, draft: RuleSet, by: User, now: datetime.datetime) -> None:
    check_can_draft(by=by, now=now)
    if draft.state != RuleSet.State.IN_REVIEW:
        raise Refused(_("This version is not being reviewed."))


@transaction.atomic
def take_back_draft(*, draft: RuleSet, by: User, now: datetime.datetime) -> RuleSet:
    """Make it a draft again; an approval that it has is lost."""
    draft = _locked(draft)
    check_can_take_back(draft=draft, by=by, now=now)
    _reopen(draft)
    audit.record("draft_taken_back", by=by, now=now, subject=draft)
    return draft


def check_can_review(*, draft: RuleSet, by: User, now: datetime.datetime) -> None:
    """Nobody confirms what they wrote or submitted themselves."""
    if not scope_of(by, on=firm_date(now)).may(Right.REVIEW_RULES):
        raise Forbidden(_("%(name)s may not review tier rules.") % {"name": by.name})
    if draft.state != RuleSet.State.IN_REVIEW:
        raise Refused(_("This version is not being reviewed."))
    if by.pk in (*draft.authors, draft.submitted_by_id):
        raise Refused(_("You wrote in this draft yourself. Somebody else must review it."))


@transaction.atomic
def return_draft(*, draft: RuleSet, note: str, by: User, now: datetime.datetime) -> RuleSet:
    """Send it back to its authors, with the reason."""
    draft = _locked(draft)
    check_can_review(draft=draft, by=by, now=now)
    if not note.strip():
        raise Refused(_("Say in a note what has to change."))
    _reopen(draft, note=note.strip(), by=by)
    audit.record("draft_returned", by=by, now=now, subject=draft)
    _tell_authors("draft_returned", draft, now=now)
    return draft


@transaction.atomic
def approve_draft(*, draft: RuleSet, by: User, now: datetime.datetime) -> RuleSet:
    """Be the second person: who publishes it next needs nobody else."""
    draft = _locked(draft)
    check_can_review(draft=draft, by=by, now=now)
    if draft.approved_by_id is not None:
        raise Refused(_("This draft has been approved already."))
    draft.approved_by, draft.approved_at = by, now
    draft.save(update_fields=["approved_by", "approved_at"])
    audit.record("draft_approved", by=by, now=now, subject=draft)
    _tell_authors("draft_approved", draft, now=now)
    return draft


def check_can_confirm_review(
    *, version: RuleSet, next_on: datetime.date, by: User, now: datetime.datetime
) -> None:
    check_can_draft(by=by, now=now)
    if version.state != RuleSet.State.PUBLISHED:
        raise Refused(_("Only published rules are reviewed by date."))
    if next_on <= firm_date(now):
        raise Refused(_("The next review lies in the future."))


@transaction.atomic
def confirm_review(
    *, version: RuleSet, next_on: datetime.date, by: User, now: datetime.datetime
) -> RuleSet:
    """Note that somebody looked at the rules anew and left them as they are; and the next day."""
    version = _locked(version)
    check_can_confirm_review(version=version, next_on=next_on, by=by, now=now)
    version.owner, version.review_on = by, next_on
    version.save(update_fields=["owner", "review_on"])
    audit.record(
        "rules_reviewed",
        by=by,
        now=now,
        subject=version,
        version=version.number,
        date=next_on.isoformat(),
    )
    return version


@transaction.atomic
def remind_of_review(*, now: datetime.datetime) -> int:
    """Tell the administrators that the rules in force were to be reviewed by now, once for each
    day of review. Returns how many people are told.
    """
    today = firm_date(now)
    version = RuleSet.objects.in_force(today)
    if version is None or not is_overdue(version, on=today):
        return 0
    assert version.review_on is not None
    facts = {"version": version.number, "date": version.review_on.isoformat()}
    if Notification.objects.filter(code="review_overdue", data=facts).exists():
        return 0
    people = four_eyes.holders(Right.EDIT_RULES, on=today)
    for person in people:
        morning = outbox.in_the_morning(now)
        outbox.queue("review_overdue", recipient=person, now=now, due_at=morning, **facts)
    return len(people)


def _locked(draft: RuleSet) -> RuleSet:
    return RuleSet.objects.select_for_update().get(pk=draft.pk)


def _reopen(draft: RuleSet, *, note: str = "", by: User | None = None) -> None:
    draft.state = RuleSet.State.DRAFT
    draft.approved_by = draft.approved_at = None
    draft.return_note, draft.returned_by = note, by
    draft.save()


def _tell_authors(code: str, draft: RuleSet, *, now: datetime.datetime) -> None:
    people = {pk for pk in (*draft.authors, draft.submitted_by_id) if pk is not None}
    for person in User.objects.active().filter(pk__in=people):
        outbox.queue(code, recipient=person, now=now)
