"""Publishing tier rules: who, from when, and what becomes of the versions before."""

import datetime

import pytest

from firm.models import AuditEvent, Firm, Notification, User
from firm.refusals import Forbidden, Refused
from tests.factories import a_customer, a_person
from tests.tiering.evaluations import a_night, at_night, day, some_rules
from tiering import actions, rule_file
from tiering.models import RuleSet

pytestmark = pytest.mark.django_db

NOW = at_night(day("2026-07-15"))


@pytest.fixture
def second(db: None) -> User:
    return a_person("小川 望", role="administrator", department="経営")


def publish(
    by: User, since: str = "2026-07-15", approved_by: User | None = None, note: str = "為替"
) -> RuleSet:
    draft = actions.create_draft(rules=rule_file.parse(some_rules()), by=by, now=NOW)
    return actions.publish_rules(
        draft=draft,
        preview=actions.preview_now(draft=draft, by=by, now=NOW),
        effective_from=day(since),
        by=by,
        approved_by=approved_by,
        note=note,
        now=NOW,
    )


def periods() -> list[tuple[int | None, str, str]]:
    versions = RuleSet.objects.order_by("number")
    return [(one.number, str(one.effective_from), str(one.effective_until)) for one in versions]


def go_live() -> None:
    Firm.objects.update(went_live_at=NOW - datetime.timedelta(days=1))


def test_one_person_may_publish_alone_while_the_firm_is_in_trial(administrator: User):
    publish(administrator)
    event = AuditEvent.objects.get(code="sole_publisher")
    assert (event.actor, event.data) == (administrator, {"version": 1, "date": "2026-07-15"})
    assert [notice.recipient for notice in Notification.objects.all()] == [administrator]


def test_after_going_live_a_second_person_is_needed(administrator: User, second: User):
    go_live()
    with pytest.raises(Refused):
        publish(administrator)
    version = publish(administrator, approved_by=second)
    assert version.approved_by == second
    assert AuditEvent.objects.filter(code="rules_published").count() == 1
    assert {notice.recipient for notice in Notification.objects.all()} == {administrator, second}


def test_the_second_person_is_somebody_else(administrator: User):
    go_live()
    with pytest.raises(Refused):
        publish(administrator, approved_by=administrator)


def test_both_need_the_right(administrator: User, account_manager: User):
    with pytest.raises(Forbidden):
        publish(account_manager)
    with pytest.raises(Forbidden):
        publish(administrator, approved_by=account_manager)


def test_who_is_disabled_publishes_nothing(administrator: User, second: User):
    second.is_active = False
    second.save()
    with pytest.raises(Forbidden):
        publish(administrator, approved_by=second)


def test_a_note_says_why(administrator: User):
    with pytest.raises(Refused):
        publish(administrator, note="  ")


def test_the_former_version_ends_where_the_new_one_begins(administrator: User):
    publish(administrator, "2026-07-15")
    publish(administrator, "2026-09-01")
    assert periods() == [(1, "2026-07-15", "2026-09-01"), (2, "2026-09-01", "None")]


def test_a_version_published_later_replaces_one_scheduled_after_it(administrator: User):
    publish(administrator, "2026-07-15")
    publish(administrator, "2026-09-01")
    publish(administrator, "2026-08-01")
    assert periods() == [
        (1, "2026-07-15", "2026-08-01"),
        (2, "2026-09-01", "2026-09-01"),
        (3, "2026-08-01", "None"),
    ]
    in_force = RuleSet.objects.in_force(day("2026-09-15"))
    assert in_force is not None
    assert in_force.number == 3


def test_the_past_is_open_only_where_nothing_has_been_evaluated_since(administrator: User):
    publish(administrator, "2026-01-01")
    a_customer()
    a_night("2026-07-10")
    with pytest.raises(Refused):
        publish(administrator, "2026-07-10")
    publish(administrator, "2026-07-11")
    publish(administrator, "2026-07-15")


def test_today_is_open_after_todays_night(administrator: User):
    publish(administrator, "2026-01-01")
    a_customer()
    a_night("2026-07-15")
    publish(administrator, "2026-07-15")
    assert periods()[-1] == (2, "2026-07-15", "None")


def test_a_published_version_is_not_published_again(administrator: User):
    version = publish(administrator)
    with pytest.raises(Refused):
        actions.publish_rules(
            draft=version,
            preview=version.previews.get(),
            effective_from=day("2026-08-01"),
            by=administrator,
            approved_by=None,
            note="again",
            now=NOW,
        )


def test_who_may_not_start_a_calculation_is_told_so(account_manager: User):
    with pytest.raises(Forbidden):
        actions.recalculate(by=account_manager, now=NOW)
