"""What the demo's nights have found, and what its people have done about it."""

from collections import Counter

import pytest
from django.utils import timezone

from customers.models import Customer
from escalation.demo.stories import HIKARI, KONAN, TOTO, YAMATO
from firm.dates import firm_date
from firm.models import Firm, JobRun, Notification, User
from firm.scope import scope_of
from tests.demo.test_log import closed_months
from tiering.models import Finding, FindingKind, Observation

pytestmark = [pytest.mark.usefixtures("loaded"), pytest.mark.django_db]

OVER = {
    "hours", "counts", "after_hours", "holiday", "frequency", "channel", "goodwill",
    "norm_forming", "exclusion", "revisions",
}  # fmt: skip


def flags_of(name: str) -> set[str]:
    live = Finding.objects.live().filter(customer__name=name)
    return set(live.values_list("kind", flat=True))


def test_the_hours_rule_finds_45_to_55_customers():
    assert 45 <= Finding.objects.live().filter(kind=FindingKind.HOURS).count() <= 55


def test_a_rule_by_the_month_would_find_far_more():
    """Why the rule is as it is: a tenth and an hour beyond in any month is no news."""
    found = {
        row.customer_id
        for row in closed_months(months=5)
        if row.used >= 1.1 * row.own and row.used - row.own >= 60
    }
    live = Finding.objects.live().filter(kind=FindingKind.HOURS)
    assert len(found) > 1.25 * live.count()


def test_story_2_gets_too_much_in_every_way():
    assert flags_of(HIKARI) >= {"hours", "after_hours", "channel", "goodwill", "norm_forming"}


def test_story_12_does_not_although_somebody_worked_a_sunday():
    assert not flags_of(YAMATO) & OVER


def test_the_largest_customer_gets_less_than_it_pays_for():
    assert flags_of(TOTO) >= {"unused_hours", "no_proposal"}
    assert "hours" not in flags_of(TOTO) | flags_of(KONAN)


def test_the_board_shows_life():
    """Flags in every state, some settled by people, some that came back."""
    states = Counter(Finding.objects.values_list("state", flat=True))
    assert set(states) == set(Finding.State)
    assert states["open"] > sum(states[state] for state in ("acknowledged", "in_progress"))
    resolved = set(Finding.objects.values_list("resolution", flat=True))
    assert resolved >= {"subsided", "billed"}
    assert Finding.objects.filter(reopened_on__isnull=False).exists()
    today = firm_date(timezone.now())
    assert not Finding.objects.filter(decided_at__gt=timezone.now()).exists()
    assert all(one.accepted_until >= today for one in Finding.objects.filter(state="accepted"))


def test_nights_a_month_apart_saw_it_grow():
    assert JobRun.objects.filter(kind="detection", state="done").count() == 4
    finding = Finding.objects.get(customer__name=HIKARI, kind=FindingKind.HOURS)
    seen = Observation.objects.filter(finding=finding).order_by("pk")
    assert seen.count() >= 3
    assert seen.first().quantity < seen.last().quantity == finding.quantity


def test_everybody_with_a_file_sees_its_flags_and_none_is_of_the_past():
    on = firm_date(timezone.now())
    assert Firm.objects.get().flags_since < on
    assert not Finding.objects.filter(is_past=True).exists()
    for key in ("ito", "watanabe", "mori", "tamura", "ishii"):
        scope = scope_of(User.objects.get(email=f"{key}@example.jp"), on=on)
        seen = Finding.objects.visible_to(scope, on=on)
        assert seen.filter(customer=Customer.objects.get(name=HIKARI)).exists()


def test_people_were_told_of_the_last_night_alone():
    dates = Notification.objects.filter(code="flags_of_night").values_list("data__date", flat=True)
    assert set(dates) <= {firm_date(timezone.now()).isoformat()}
