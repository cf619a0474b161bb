"""The preview of narrower tiers over the demo firm, and the night after it."""

import datetime

import pytest
from django.utils import timezone

from firm.models import User
from tests.tiering.evaluations import a_night
from tests.tiering.previews import a_preview, foretold, publish, standings
from tiering import actions
from tiering.models import RuleSet

pytestmark = pytest.mark.django_db


def test_the_night_does_to_the_demo_s_customers_what_the_preview_says(
    loaded: datetime.datetime,
):
    now = timezone.now()
    by = User.objects.filter(holdings__post__role="administrator").get()
    draft = actions.clone_draft(of=RuleSet.objects.get(number=1), by=by, now=now)
    draft.tiers.filter(rank=2).update(enter=3_200_000, keep=3_100_000)
    draft.tiers.filter(rank=3).update(enter=1_200_000, keep=1_100_000)
    preview = a_preview(draft, by=by, now=now)
    assert preview.moves.exists()
    assert preview.result["back_test"]["draft"]["months"]
    expected = foretold(preview)
    today = timezone.localdate(now)
    publish(draft, preview, by=by, since=str(today), now=now)
    a_night(today, now=now)
    assert standings() == expected
