"""What makes and leaves impact previews."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from firm import jobs
from firm.dates import firm_date
from firm.models import JobRun, User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of
from tiering.models import Preview, RuleSet
from tiering.previews.binding import note_binding
from tiering.previews.compute import compute

PREVIEW = "preview"


def check_can_preview(*, draft: RuleSet, by: User, now: datetime.datetime) -> None:
    if not scope_of(by, on=firm_date(now)).may(Right.EDIT_RULES):
        raise Forbidden(_("You may not preview tier rules."))
    if draft.state == RuleSet.State.PUBLISHED:
        raise Refused(_("This version is published already."))
    if draft.tiers.count() < 2:
        raise Refused(_("The draft has no tiers yet. There are two at least."))


@transaction.atomic
def request_preview(*, draft: RuleSet, by: User, now: datetime.datetime) -> Preview:
    """A preview to be worked out by a worker; the draft's unfinished ones are left for it."""
    check_can_preview(draft=draft, by=by, now=now)
    unfinished = (JobRun.State.QUEUED, JobRun.State.RUNNING)
    draft.previews.filter(left_at__isnull=True, job__state__in=unfinished).update(left_at=now)
    preview = _begun(draft, by, now)
    preview.job = jobs.request_job(
        kind=PREVIEW, by=by, now=now, params={"preview_id": preview.pk, "draft_id": draft.pk}
    )
    preview.save(update_fields=["job"])
    return preview


@transaction.atomic
def preview_now(*, draft: RuleSet, by: User | None, now: datetime.datetime) -> Preview:
    """The same at once and without the back-test: for commands, which can wait."""
    preview = _begun(draft, by, now)
    compute(preview, now=now)
    return preview


@transaction.atomic
def leave_preview(*, preview: Preview, by: User, now: datetime.datetime) -> None:
    """Nobody publishes by this preview; what is still being worked out stops."""
    if not scope_of(by, on=firm_date(now)).may(Right.EDIT_RULES):
        raise Forbidden(_("You may not preview tier rules."))
    left = Preview.objects.filter(pk=preview.pk, left_at__isnull=True, bound_at__isnull=True)
    if not left.update(left_at=now):
        raise Refused(_("This preview is left or published already."))


def _begun(draft: RuleSet, by: User | None, now: datetime.datetime) -> Preview:
    preview = Preview(draft=draft, created_at=now, created_by=by)
    note_binding(preview)
    preview.save()
    return preview
