"""Asking for another tier, deciding on it, ending it before its time."""

import datetime

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import translation

from customers.models import CustomerSnapshot
from firm.dates import firm_date
from firm.models import AuditEvent, Firm, Notification, PostHolding
from firm.refusals import Forbidden, Refused
from firm.scope import scope_of
from firm.superiors import manager_of, superiors_of
from tests.factories import NOW, a_customer, a_person, a_rule_set
from tests.tiering.overrides import ONE_DAY, a_request, an_override
from tiering import actions, overrides
from tiering.models import Override, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


TODAY = firm_date(NOW)


@pytest.fixture
def rules(administrator):
    return a_rule_set(by=administrator)


@pytest.fixture
def customer(rules, account_manager):
    return a_customer("星野町役場", code="K-0027", owner=account_manager, tier_rank=3)


def row_of(customer) -> CustomerSnapshot:
    return CustomerSnapshot.objects.get(customer=customer)


def told(code: str) -> set[str]:
    return set(Notification.objects.filter(code=code).values_list("recipient__name", flat=True))


def test_the_request_changes_no_tier_and_asks_the_department_head(
    customer, account_manager, section_manager, department_head, executive
):
    request = a_request(customer, by=account_manager)
    assert row_of(customer).tier_rank == 3
    assert request.asked == [department_head.pk]
    assert told("override_requested") == {department_head.name}


def test_without_a_head_above_the_executives_are_asked(customer, account_manager, executive):
    assert a_request(customer, by=account_manager).asked == [executive.pk]


def test_approved_it_holds_at_once_with_the_earned_tier_beside(
    customer, account_manager, department_head
):
    override = an_override(customer, by=account_manager, approved_by=department_head)
    row = row_of(customer)
    assert (row.tier_rank, row.earned_rank, row.tier_source) == (2, 3, "override")
    assert row.tier_until == override.ends_on
    assert told("override_approved") == {account_manager.name}
    assert AuditEvent.objects.filter(code="override_approved", actor=department_head).exists()


def test_own_request_cannot_be_approved_after_go_live(customer, department_head):
    Firm.objects.update(went_live_at=NOW)
    request = a_request(customer, by=department_head)
    with pytest.raises(Forbidden, match="Nobody decides their own request"):
        actions.approve_override(override=request, by=department_head, now=NOW)
    assert row_of(customer).tier_rank == 3


def test_in_trial_one_person_may_do_it_alone_with_a_mark_that_stays(customer, department_head):
    request = a_request(customer, by=department_head)
    override = actions.approve_override(override=request, by=department_head, now=NOW)
    assert override.is_sole
    assert AuditEvent.objects.filter(code="sole_approver").exists()


def test_the_database_knows_no_own_approval_without_the_mark(customer, department_head):
    """The control of the action's check."""
    request = a_request(customer, by=department_head)
    request.state = Override.State.APPROVED
    request.decided_by, request.decided_at = department_head, NOW
    with pytest.raises(IntegrityError, match="decided_by_somebody_else"), transaction.atomic():
        request.save()


@pytest.mark.parametrize("who", ["account_manager", "section_manager", "back_office"])
def test_without_the_right_nobody_decides(who, request, customer, account_manager):
    by = request.getfixturevalue(who)
    asked = a_request(customer, by=account_manager)
    with pytest.raises(Forbidden):
        actions.approve_override(override=asked, by=by, now=NOW)


def test_a_head_of_another_department_does_not_decide(customer, account_manager):
    other = a_person("加藤 慎一", role="department_head", department="制作・運用部")
    asked = a_request(customer, by=account_manager)
    with pytest.raises(Forbidden):
        actions.approve_override(override=asked, by=other, now=NOW)


def test_a_stranger_to_the_file_asks_for_nothing(customer, stranger):
    with pytest.raises(Forbidden):
        a_request(customer, by=stranger)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"days": 0}, "The last day must not lie before the first"),
        ({"days": 366}, "lasts 12 months at most"),
        ({"starts_in": -1}, "starts today or later"),
        ({"reason": "  "}, "Say why"),
    ],
)
def test_what_makes_no_sense_is_refused(values, sentence, customer, account_manager):
    with pytest.raises(Refused, match=sentence):
        a_request(customer, by=account_manager, **values)


def test_twelve_months_to_the_day_are_allowed(customer, account_manager):
    assert a_request(customer, by=account_manager, days=365).ends_on == datetime.date(2027, 7, 15)


def test_a_tier_that_the_rules_do_not_have_cannot_be_asked_for(customer, account_manager):
    Tier.objects.create(code="Z", name="昔のランク")
    with pytest.raises(Refused, match="do not have this tier"):
        a_request(customer, "Z", by=account_manager)


def test_one_request_waits_at_a_time(customer, account_manager, section_manager):
    a_request(customer, by=account_manager)
    with pytest.raises(Refused, match="waiting for its decision already"):
        a_request(customer, by=section_manager)


def test_a_period_in_which_another_holds_cannot_be_asked_for(
    customer, account_manager, department_head
):
    an_override(customer, by=account_manager, approved_by=department_head, days=30)
    with pytest.raises(Refused, match="Another manual override holds from"):
        a_request(customer, "S", by=account_manager, starts_in=29)
    assert a_request(customer, "S", by=account_manager, starts_in=30)


def test_the_database_keeps_two_from_holding_at_once(customer, account_manager, department_head):
    first = an_override(customer, by=account_manager, approved_by=department_head)
    with pytest.raises(IntegrityError, match="one_override_at_a_time"), transaction.atomic():
        Override.objects.create(
            customer=customer,
            tier=first.tier,
            starts_on=first.ends_on - ONE_DAY,
            ends_on=first.ends_on + ONE_DAY,
            reason="x",
            state=Override.State.APPROVED,
            requested_by=account_manager,
            requested_at=NOW,
            decided_by=department_head,
            decided_at=NOW,
        )


def test_what_is_decided_is_final(customer, account_manager, department_head):
    override = an_override(customer, by=account_manager, approved_by=department_head)
    for move in (actions.approve_override, actions.withdraw_override):
        with pytest.raises(Refused, match="decided already"):
            move(override=override, by=account_manager, now=NOW)
    override.ends_on += ONE_DAY
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        override.save()


def test_a_late_approval_moves_no_day_of_the_past(customer, account_manager, department_head):
    request = a_request(customer, by=account_manager)
    later = NOW + 3 * ONE_DAY
    override = actions.approve_override(override=request, by=department_head, now=later)
    assert override.starts_on == TODAY + 3 * ONE_DAY
    event = AuditEvent.objects.get(code="override_approved")
    assert event.data["asked_from"] == TODAY.isoformat()


def test_what_has_run_out_cannot_be_approved(customer, account_manager, department_head):
    request = a_request(customer, by=account_manager, days=2)
    with pytest.raises(Refused, match="is over"):
        actions.approve_override(override=request, by=department_head, now=NOW + 2 * ONE_DAY)


def test_rejecting_needs_a_reason_and_tells_the_requester(
    customer, account_manager, department_head
):
    request = a_request(customer, by=account_manager)
    with pytest.raises(Refused, match="Say why you reject it"):
        actions.reject_override(override=request, note=" ", by=department_head, now=NOW)
    actions.reject_override(override=request, note="根拠が足りない", by=department_head, now=NOW)
    assert told("override_rejected") == {account_manager.name}
    assert row_of(customer).tier_source == "earned"
    assert a_request(customer, by=account_manager)  # another one may be asked for


def test_only_the_requester_withdraws(customer, account_manager, section_manager):
    request = a_request(customer, by=account_manager)
    with pytest.raises(Forbidden):
        actions.withdraw_override(override=request, by=section_manager, now=NOW)
    withdrawn = actions.withdraw_override(override=request, by=account_manager, now=NOW)
    assert withdrawn.state == Override.State.WITHDRAWN


def test_ended_early_the_earned_tier_holds_again_from_today(
    customer, account_manager, department_head
):
    override = an_override(customer, by=account_manager, approved_by=department_head)
    later = NOW + 10 * ONE_DAY
    ended = actions.end_override(
        override=override, note="方針が変わった", by=department_head, now=later
    )
    row = row_of(customer)
    assert (row.tier_rank, row.tier_source, row.tier_until) == (3, "earned", None)
    assert ended.until == firm_date(later)
    assert told("override_ended") == {account_manager.name}
    assert an_override(  # its days are free again
        customer, by=account_manager, approved_by=department_head, now=later
    )


def test_one_that_has_not_begun_can_be_ended_too(customer, account_manager, department_head):
    override = an_override(customer, by=account_manager, approved_by=department_head, starts_in=5)
    ended = actions.end_override(override=override, note="不要", by=department_head, now=NOW)
    assert ended.ended_on == ended.starts_on


def test_a_stranger_ends_nothing(customer, account_manager, department_head, stranger):
    override = an_override(customer, by=account_manager, approved_by=department_head)
    with pytest.raises(Forbidden):
        actions.end_override(override=override, note="x", by=stranger, now=NOW)


def test_who_is_to_decide_is_looked_up_anew_when_posts_change_hands(
    customer, account_manager, department_head, executive
):
    request = a_request(customer, by=account_manager)
    PostHolding.objects.filter(person=department_head).update(held_until=TODAY)
    assert actions.ask_again(now=NOW) == 1
    request.refresh_from_db()
    assert request.asked == [executive.pk]
    assert told("override_requested") == {department_head.name, executive.name}
    assert actions.ask_again(now=NOW) == 0


def test_the_list_of_requests_is_of_the_files_one_may_read(
    customer, account_manager, stranger, executive
):
    request = a_request(customer, by=account_manager)
    assert list(overrides.visible_to(scope_of(executive, on=TODAY))) == [request]
    assert not overrides.visible_to(scope_of(stranger, on=TODAY)).exists()


def test_superiors_are_the_nearest_first(account_manager, section_manager, department_head):
    assert superiors_of(account_manager, on=TODAY) == [section_manager, department_head]
    assert manager_of(section_manager, on=TODAY) == department_head
    assert manager_of(department_head, on=TODAY) is None
