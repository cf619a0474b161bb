"""Publishing tier rules: with a preview that still holds, and by two people once it counts."""

import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from firm import audit, formats, four_eyes, outbox
from firm.dates import add_months, firm_date
from firm.models import FourEyes, JobRun, User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of
from tiering import checks, plan
from tiering.actions.overrides import tell_of_lost_tiers
from tiering.actions.runs import RUN_LOCK
from tiering.models import Evaluation, Preview, RuleSet
from tiering.previews.binding import check_is_fresh

PUBLISH_LOCK = 7_205_003
REVIEWED_AFTER = 6  # months


def check_can_publish(
    *,
    draft: RuleSet,
    preview: Preview | None,
    effective_from: datetime.date,
    by: User,
    approved_by: User | None,
    note: str,
    now: datetime.datetime,
) -> None:
    """Four eyes once the firm has gone live; before, one person may publish alone. Nobody
    publishes without a preview that still holds.
    """
    today = firm_date(now)
    if draft.state == RuleSet.State.PUBLISHED:
        raise Refused(_("This version is published already."))
    if not note.strip():
        raise Refused(_("Say in the note why these rules are published."))
    for person, right in ((by, Right.EDIT_RULES), (approved_by, Right.REVIEW_RULES)):
        if person and not (person.is_active and scope_of(person, on=today).may(right)):
            raise Forbidden(_("%(name)s may not publish tier rules.") % {"name": person.name})
    if approved_by == by:
        raise Refused(_("The second person must be somebody else."))
    if approved_by and approved_by.pk in draft.authors:
        raise Refused(_("The second person must not have written in the draft."))
    if approved_by and approved_by.pk == draft.submitted_by_id:
        raise Refused(_("The second person must not be who sent the draft to review."))
    if approved_by is None and needs_second_person(now=now):
        raise Refused(_("A second person must approve the tier rules: nobody publishes alone."))
    for sentence in checks.problems(draft):
        raise Refused(sentence)
    if effective_from < today and _evaluated_since(effective_from, today):
        raise Refused(
            _(
                "Nights since %(date)s have been evaluated by the rules in force then."
                " Choose today or a later day."
            )
            % {"date": formats.full_day(effective_from)}
        )
    if preview is None:
        raise Refused(_("This draft has no impact preview yet. Nobody publishes unseen."))
    check_is_fresh(preview=preview, draft=draft, now=now)


@transaction.atomic
def publish_rules(
    *,
    draft: RuleSet,
    preview: Preview | None,
    effective_from: datetime.date,
    by: User,
    approved_by: User | None,
    note: str,
    now: datetime.datetime,
    **channel: str,
) -> RuleSet:
    """Put a version in force from a day on and end the former one there.

    `preview` shows what that does, and is bound to the version. Of two publications at once the
    second finds its preview stale. The second person is `approved_by`, or who approved the draft.

    `channel` is recorded with the audit event: through what, and as which user of the system.
    """
    _lock_publishing(in_the_past=effective_from < firm_date(now))
    draft = RuleSet.objects.select_for_update().get(pk=draft.pk)
    approved_by = approved_by or draft.approved_by
    preview = preview and Preview.objects.select_related("job", "run").get(pk=preview.pk)
    check_can_publish(
        draft=draft,
        preview=preview,
        effective_from=effective_from,
        by=by,
        approved_by=approved_by,
        note=note,
        now=now,
    )
    assert preview is not None
    Preview.objects.filter(pk=preview.pk).update(bound_at=now)
    _end_others(effective_from)
    draft.number = plan.latest_number() + 1
    draft.state = RuleSet.State.PUBLISHED
    draft.effective_from = effective_from
    draft.note = note.strip()
    draft.published_at, draft.published_by, draft.approved_by = now, by, approved_by
    draft.owner = draft.owner or by
    draft.review_on = draft.review_on or add_months(
        max(effective_from, firm_date(now)), REVIEWED_AFTER
    )
    draft.save()
    _name_tiers(draft)
    code = "rules_published" if approved_by else "sole_publisher"
    facts: dict[str, Any] = {"version": draft.number, "date": effective_from.isoformat()}
    audit.record(code, by=by, now=now, subject=draft, **facts | channel)
    tell_of_lost_tiers(version=draft, since=effective_from, by=by, now=now)
    for person in filter(None, (by, approved_by)):
        outbox.queue("rules_published", recipient=person, now=now, **facts)
    return draft


def needs_second_person(*, now: datetime.datetime) -> bool:
    """Whether nobody publishes alone: in a firm that has gone live, or earlier by wish."""
    return four_eyes.is_required(FourEyes.TIERS, now=now)


def _name_tiers(version: RuleSet) -> None:
    """A name belongs to the tier: from now on it is this version's everywhere."""
    for rule in version.tiers.exclude(name="").select_related("tier"):
        rule.tier.name, rule.tier.name_en = rule.name, rule.name_en
        rule.tier.save(update_fields=["name", "name_en"])


def _evaluated_since(date: datetime.date, today: datetime.date) -> bool:
    """Whether a night of this day or a later one, up to today, has been evaluated."""
    nights = JobRun.objects.filter(
        kind=plan.NIGHTLY, state=JobRun.State.DONE, business_date__range=(date, today)
    ).exclude(counts__has_key="skipped")
    evaluations = Evaluation.objects.real().filter(business_date__gte=date)
    return nights.exists() or evaluations.exists()


def _lock_publishing(*, in_the_past: bool) -> None:
    """One publication at a time, and none into the past while a run may be evaluating it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])
        if in_the_past:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [RUN_LOCK])
            if cursor.fetchone() != (True,):
                raise Refused(_("A run is in progress. Publish once it has finished."))


def _end_others(date: datetime.date) -> None:
    """Versions in force end here; one scheduled for later ends before its first day."""
    for version in RuleSet.objects.filter(
        Q(effective_until__isnull=True) | Q(effective_until__gt=date),
        state=RuleSet.State.PUBLISHED,
    ):
        assert version.effective_from is not None  # the database keeps this
        version.effective_until = max(date, version.effective_from)
        version.save(update_fields=["effective_until"])
