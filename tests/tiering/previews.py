"""Previews made for real, for tests of what comes of them."""

import datetime
from typing import Any

from firm import jobs
from firm.models import JobRun, User
from tests.tiering.evaluations import at_night, day
from tiering import actions, rule_file
from tiering.models import Preview, RuleSet, Standing

NOW = at_night(day("2026-07-15"))


def a_draft(data: dict[str, Any], *, by: User, now: datetime.datetime = NOW) -> RuleSet:
    return actions.create_draft(rules=rule_file.parse(data), by=by, now=now)


def a_preview(draft: RuleSet, *, by: User, now: datetime.datetime = NOW) -> Preview:
    """Asked for, and worked out by a worker with its back-test."""
    preview = actions.request_preview(draft=draft, by=by, now=now)
    assert preview.job is not None
    done = jobs.run(preview.job.pk, now=now)
    assert done is not None
    assert done.state == JobRun.State.DONE, done.error
    return Preview.objects.get(pk=preview.pk)


def foretold(preview: Preview) -> dict[int, tuple[Any, ...]]:
    """What the preview says of every customer: the standing, with the moves laid over it."""
    found = standings()
    for move in preview.moves.all():
        found[move.customer_id] = (
            move.raw_after_id,
            move.earned_after_id,
            move.reason,
            move.below_since,
        )
    return found


def standings() -> dict[int, tuple[Any, ...]]:
    columns = ("customer_id", "raw_tier_id", "earned_tier_id", "reason", "below_since")
    return {row[0]: row[1:] for row in Standing.objects.values_list(*columns)}


def publish(
    draft: RuleSet,
    preview: Preview | None,
    *,
    by: User,
    since: str = "2026-07-15",
    now: datetime.datetime = NOW,
) -> RuleSet:
    return actions.publish_rules(
        draft=draft,
        preview=preview,
        effective_from=day(since),
        by=by,
        approved_by=None,
        note="試験",
        now=now,
    )
