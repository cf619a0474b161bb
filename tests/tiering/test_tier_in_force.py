"""Which tier holds on a day: override, payment stop, earned; through nights and midnights."""

import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from customers.models import CustomerSnapshot
from firm import jobs
from firm.dates import firm_date
from firm.models import JobRun, Notification
from firm.refusals import Forbidden, Refused
from tests.factories import a_customer, a_rule_set, an_entry
from tests.tiering.evaluations import TOKYO, a_night, a_replay, at_night, day, exported
from tests.tiering.overrides import ONE_DAY, a_blocking_guard, a_request, an_override
from tiering import actions, in_force, midnight
from tiering.models import Standing
from tiering.standings import tier_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


NIGHT = day("2026-07-15")
MORNING = datetime.datetime(2026, 7, 15, 10, 0, tzinfo=TOKYO)


@pytest.fixture
def rules(administrator):
    rules = a_rule_set(by=administrator, effective_from=day("2026-01-01"))
    a_blocking_guard(rules)
    return rules


@pytest.fixture
def customer(rules, account_manager):
    """Earns B."""
    customer = a_customer("星野町役場", code="K-0027", owner=account_manager)
    an_entry(customer, day("2026-03-10"), 1_000_000)
    a_night(NIGHT)
    return customer


def row_of(customer) -> CustomerSnapshot:
    return CustomerSnapshot.objects.get(customer=customer)


def shown(customer) -> tuple:
    row = row_of(customer)
    return row.tier_rank, row.earned_rank, row.tier_source


def a_midnight(date: datetime.date, *, minute: int = 1) -> JobRun | None:
    """The job of a new day, a minute after local midnight."""
    now = datetime.datetime.combine(date, datetime.time(0, minute), TOKYO)
    midnight.ensure_runs(now=now)
    job = JobRun.objects.filter(kind=midnight.KIND, key=date.isoformat()).first()
    return jobs.run(job.pk, now=now) if job else None


@pytest.fixture
def override(customer, account_manager, department_head):
    return an_override(customer, by=account_manager, approved_by=department_head, now=MORNING)


def test_the_night_leaves_the_overridden_tier_and_goes_on_with_the_earned_one(customer, override):
    an_entry(customer, day("2026-06-20"), 7_000_000)
    a_night(NIGHT + ONE_DAY)
    assert shown(customer) == (2, 1, "override")
    assert Standing.objects.get(customer=customer).earned_tier.code == "S"
    assert row_of(customer).trailing_revenue == Decimal(8_000_000)


def test_a_night_without_changes_writes_nothing_over_an_override(customer, override):
    assert a_night(NIGHT + ONE_DAY).counts["written"] == 0


def test_a_replay_leaves_it_as_well(customer, override):
    an_entry(customer, day("2026-06-20"), 7_000_000)
    a_replay("2026-07-15", "2026-07-15", now=at_night(NIGHT + ONE_DAY))
    assert shown(customer) == (2, 1, "override")


def test_a_version_with_other_ranks_is_followed(customer, override, administrator, rules):
    rules.effective_until = NIGHT + ONE_DAY
    rules.save()
    newer = a_rule_set(
        by=administrator,
        effective_from=NIGHT + ONE_DAY,
        enter=(900_000, 100_000),
        tiers=[("A", "A", ""), ("B", "B", ""), ("C", "C", "")],
    )
    a_night(NIGHT + ONE_DAY)
    assert newer.tiers.get(tier__code="A").rank == 1
    assert shown(customer) == (1, 1, "override")


def test_a_tier_that_the_rules_have_no_more_holds_no_more(
    customer, account_manager, department_head, administrator, rules
):
    an_override(customer, "S", by=account_manager, approved_by=department_head, now=MORNING)
    assert shown(customer) == (1, 3, "override")
    rules.effective_until = NIGHT + ONE_DAY
    rules.save()
    a_rule_set(
        by=administrator,
        effective_from=NIGHT + ONE_DAY,
        enter=(900_000, 100_000),
        tiers=[("A", "A", ""), ("B", "B", ""), ("C", "C", "")],
    )
    a_night(NIGHT + ONE_DAY)
    assert shown(customer) == (1, 1, "earned")


def test_it_ends_at_local_midnight_in_the_query_and_in_the_list(customer, override):
    last = override.ends_on - ONE_DAY
    assert tier_on(customer.pk, on=last).tier.code == "A"
    assert tier_on(customer.pk, on=override.ends_on).tier.code == "B"
    a_midnight(last, minute=59)
    assert shown(customer) == (2, 3, "override")
    a_midnight(override.ends_on)
    assert shown(customer) == (3, 3, "earned")


def test_midnight_is_the_firms_and_not_the_servers(customer, override):
    """23:30 UTC of the last day but one is 08:30 of the last day in Tokyo; 15:00 UTC ends it."""
    before = datetime.datetime.combine(
        override.ends_on - ONE_DAY, datetime.time(14, 59, 59), datetime.UTC
    )
    assert tier_on(customer.pk, on=firm_date(before)).tier.code == "A"
    after = before + datetime.timedelta(seconds=1)
    assert tier_on(customer.pk, on=firm_date(after)).tier.code == "B"


def test_one_that_starts_later_starts_at_midnight(customer, account_manager, department_head):
    override = an_override(
        customer, by=account_manager, approved_by=department_head, now=MORNING, starts_in=3
    )
    assert shown(customer) == (3, 3, "earned")
    a_midnight(override.starts_on - ONE_DAY)
    assert shown(customer) == (3, 3, "earned")
    a_midnight(override.starts_on)
    assert shown(customer) == (2, 3, "override")


def test_missed_days_are_made_up_and_a_second_look_writes_nothing(customer, override):
    after = override.ends_on + 5 * ONE_DAY
    assert a_midnight(after).counts["settled"] == 1
    assert in_force.settle_today(on=after) == 0
    midnight.ensure_runs(now=at_night(after))
    assert JobRun.objects.filter(kind=midnight.KIND).count() == 1


def test_a_firm_without_overrides_has_no_such_jobs(customer):
    assert a_midnight(NIGHT + ONE_DAY) is None


def test_the_night_settles_as_well_where_midnights_job_never_ran(customer, override):
    a_night(override.ends_on)
    assert shown(customer) == (3, 3, "earned")


def test_the_history_keeps_what_held(customer, override, department_head):
    later = MORNING + 10 * ONE_DAY
    actions.end_override(override=override, note="方針変更", by=department_head, now=later)
    codes = [
        tier_on(customer.pk, on=firm_date(later) + days * ONE_DAY).tier.code
        for days in (-10, -1, 0)
    ]
    assert codes == ["A", "A", "B"]


def test_the_export_has_the_tier_in_force_beside_the_earned_one(
    rules, account_manager, department_head
):
    customer = a_customer(code="K-1", owner=account_manager)
    an_entry(customer, day("2026-03-10"), 1_000_000)
    a_night("2026-06-01")
    first = datetime.datetime(2026, 6, 1, 9, tzinfo=TOKYO)
    an_override(customer, by=account_manager, approved_by=department_head, now=first, days=30)
    a_night("2026-07-01")
    june, july = exported("2026-06-01")["K-1"], exported("2026-07-01")["K-1"]
    assert (june["tier"], june["earned_tier"]) == ("A", "B")
    assert (july["tier"], july["earned_tier"]) == ("B", "B")


# Payment stops


def test_a_payment_stop_caps_at_once_and_lifting_it_frees_at_once(customer, back_office):
    stop = actions.set_payment_stop(
        customer=customer, reason="未入金 60日", by=back_office, now=MORNING
    )
    assert shown(customer) == (4, 3, "payment_stop")
    a_night(NIGHT + ONE_DAY)
    assert shown(customer) == (4, 3, "payment_stop")
    actions.lift_payment_stop(
        stop=stop, reason="入金を確認", by=back_office, now=MORNING + 2 * ONE_DAY
    )
    assert shown(customer) == (3, 3, "earned")


def test_an_override_stands_above_a_payment_stop(customer, override, back_office):
    actions.set_payment_stop(customer=customer, reason="未入金", by=back_office, now=MORNING)
    assert shown(customer) == (2, 3, "override")
    a_midnight(override.ends_on)
    assert shown(customer) == (4, 3, "payment_stop")


def test_without_a_blocking_guard_a_payment_stop_moves_no_tier(customer, back_office, rules):
    a_blocking_guard(rules, is_blocking=False)
    actions.set_payment_stop(customer=customer, reason="未入金", by=back_office, now=MORNING)
    assert shown(customer) == (3, 3, "earned")


def test_a_cap_never_raises(customer, back_office, rules):
    a_blocking_guard(rules, cap="A")
    actions.set_payment_stop(customer=customer, reason="未入金", by=back_office, now=MORNING)
    assert shown(customer) == (3, 3, "payment_stop")


def test_only_the_back_office_stops_payment_and_once_at_a_time(
    customer, back_office, account_manager
):
    with pytest.raises(Forbidden):
        actions.set_payment_stop(customer=customer, reason="x", by=account_manager, now=MORNING)
    stop = actions.set_payment_stop(customer=customer, reason="x", by=back_office, now=MORNING)
    with pytest.raises(Refused, match="already"):
        actions.set_payment_stop(customer=customer, reason="x", by=back_office, now=MORNING)
    with pytest.raises(Forbidden):
        actions.lift_payment_stop(stop=stop, reason="x", by=account_manager, now=MORNING)
    actions.lift_payment_stop(stop=stop, reason="x", by=back_office, now=MORNING)
    with pytest.raises(Refused, match="lifted already"):
        actions.lift_payment_stop(stop=stop, reason="x", by=back_office, now=MORNING)


# Warnings


def warned() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(code="override_ends").order_by("pk")
    return [(row.recipient.name, row.data["last"]) for row in rows]


def test_owner_manager_and_requester_are_warned_30_and_7_days_before_each_once(
    override, section_manager, account_manager
):
    people = {account_manager.name, section_manager.name}
    a_midnight(override.ends_on - 31 * ONE_DAY)
    assert warned() == []
    a_midnight(override.ends_on - 30 * ONE_DAY)
    a_midnight(override.ends_on - 29 * ONE_DAY)
    assert {name for name, _last in warned()} == people
    assert len(warned()) == 2
    a_midnight(override.ends_on - 7 * ONE_DAY)
    a_midnight(override.ends_on - ONE_DAY)
    assert len(warned()) == 4


def test_missed_midnights_bring_one_warning_and_not_two(override, section_manager):
    a_midnight(override.ends_on - 3 * ONE_DAY)
    assert len(warned()) == 2


def test_a_sweep_that_dies_warns_neither_twice_nor_never(override, section_manager, monkeypatch):
    """The control: what it queued goes with what it marked."""
    date = override.ends_on - 30 * ONE_DAY
    monkeypatch.setattr(jobs, "finish", _dies)
    a_midnight(date)
    assert warned() == []
    override.refresh_from_db()
    assert override.warned_days is None
    monkeypatch.undo()
    JobRun.objects.filter(kind=midnight.KIND).update(claimed_until=at_night(date - ONE_DAY))
    a_midnight(date, minute=30)
    assert len(warned()) == 2


def _dies(*args, **values):
    raise OSError


def test_whoever_has_just_decided_is_not_warned_of_what_they_decided(
    customer, account_manager, department_head, section_manager
):
    override = an_override(
        customer, by=account_manager, approved_by=department_head, now=MORNING, days=14
    )
    a_midnight(firm_date(MORNING) + ONE_DAY)
    assert warned() == []
    a_midnight(override.ends_on - 7 * ONE_DAY)
    assert len(warned()) == 2


def test_requests_are_not_warned_of(customer, account_manager):
    a_request(customer, by=account_manager, days=5, now=MORNING)
    a_midnight(NIGHT + ONE_DAY)
    assert warned() == []
