"""Story 16: the next version of the tier rules, drafted, tried out and waiting for its reviewer."""

import datetime
import json
from pathlib import Path

from django.db import transaction

from escalation.demo import company
from firm import jobs
from firm.dates import firm_date
from firm.models import User
from tiering import actions
from tiering.models import RuleSet

RULES = Path(__file__).with_name("rules.json")
AUTHOR, REVIEWER = "takahashi", "watanabe"
NAME = "アドバンスの基準引き上げ案"
RAISED, HIGHER = "A", {"enter": 3_200_000, "keep": 3_040_000}
MARGIN = {"fact": "margin", "enter": 10, "keep": 8, "cap": "B"}


def make(*, now: datetime.datetime) -> None:
    """Left out where it is there already."""
    if RuleSet.objects.exclude(state=RuleSet.State.PUBLISHED).exists():
        return
    author = User.objects.get(email=company.person(AUTHOR).email)
    draft = _drafted(author, now)
    preview = actions.request_preview(draft=draft, by=author, now=now)
    assert preview.job is not None  # it has just been asked for
    jobs.run(preview.job.pk, now=now)
    actions.submit_draft(draft=draft, by=author, now=now)


@transaction.atomic
def _drafted(author: User, now: datetime.datetime) -> RuleSet:
    active = RuleSet.objects.in_force(firm_date(now))
    assert active is not None  # the demo has published its rules
    draft = actions.clone_draft(of=active, by=author, now=now)
    published = json.loads(RULES.read_text(encoding="utf-8"))
    tiers = [tier | HIGHER if tier["code"] == RAISED else tier for tier in published["tiers"]]
    guards = [*published.get("guards", []), MARGIN]
    return actions.change_draft(
        draft=draft,
        changes={"name": NAME, "tiers": tiers, "guards": guards},
        by=author,
        now=now,
    )
