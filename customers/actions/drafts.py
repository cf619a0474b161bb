"""Drafts of entries: proposed from a person's file, taken or left out by that person alone."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actions.activities import EntryData, record_activity
from customers.models import ActivityDraft, Customer
from customers.service_log.drafts import Proposal
from customers.service_log.entries import DRAFT
from firm import audit, formats
from firm.models import User
from firm.refusals import Refused


@dataclass(frozen=True)
class Choice:
    """What a draft is recorded as."""

    draft: int
    customer: Customer
    cause: str
    minutes: int


@transaction.atomic
def propose_drafts(*, proposals: Collection[Proposal], by: User, now: datetime.datetime) -> int:
    """What this person's file proposes and was not proposed before. Returns how many drafts that
    are.
    """
    User.objects.select_for_update().get(pk=by.pk)
    named = {(proposal.source, proposal.source_id): proposal for proposal in proposals}
    drafts = ActivityDraft.objects.filter(person=by, source_id__in={name[1] for name in named})
    known = set(drafts.values_list("source", "source_id"))
    fresh = {name: proposal for name, proposal in named.items() if name not in known}
    ActivityDraft.objects.bulk_create(
        ActivityDraft(
            person=by,
            source=proposal.source,
            source_id=proposal.source_id,
            customer_id=proposal.customer,
            day=proposal.day,
            started_at=proposal.started_at,
            minutes=proposal.minutes,
            title=proposal.title,
            made_at=now,
        )
        for proposal in fresh.values()
    )
    if fresh:
        audit.record("drafts_proposed", by=by, now=now, count=len(fresh))
    return len(fresh)


@transaction.atomic
def settle_drafts(
    *,
    taken: Collection[Choice],
    left_out: Collection[int],
    by: User,
    now: datetime.datetime,
) -> int:
    """Record what is taken, and never propose again what is left out; all of it or nothing.
    Drafts that are settled already, or another person's, are passed over. Returns how many
    entries were recorded.
    """
    wanted = {choice.draft: choice for choice in taken}
    waiting = ActivityDraft.objects.select_for_update(of=("self",)).filter(
        person=by, state=ActivityDraft.State.WAITING
    )
    drafts = list(waiting.filter(pk__in=wanted))
    for draft in drafts:
        _take(draft, wanted[draft.pk], by=by, now=now)
    left = waiting.filter(pk__in=set(left_out) - wanted.keys()).update(
        state=ActivityDraft.State.LEFT_OUT
    )
    if left:
        audit.record("drafts_left_out", by=by, now=now, count=left)
    return len(drafts)


def _take(draft: ActivityDraft, choice: Choice, *, by: User, now: datetime.datetime) -> None:
    data = EntryData(
        day=draft.day,
        minutes=choice.minutes,
        cause=choice.cause,
        started_at=draft.started_at,
        note=draft.title,
    )
    try:
        draft.activity = record_activity(
            customer=choice.customer,
            data=data,
            by=by,
            now=now,
            source=DRAFT,
            source_id=str(draft.pk),
        )
    except Refused as refused:
        words = _("%(title)s, %(day)s: %(sentence)s") % {
            "title": draft.title or _("Without a title"),
            "day": formats.day(draft.day),
            "sentence": refused.sentence,
        }
        raise type(refused)(words) from None
    draft.customer, draft.minutes = choice.customer, choice.minutes
    draft.state = ActivityDraft.State.TAKEN
    draft.save(update_fields=["customer", "minutes", "activity", "state"])
