"""Two decisions at once: one wins, the other is told."""

from collections.abc import Callable

import pytest

from customers.models import CustomerSnapshot
from firm.models import User
from firm.refusals import Refused
from tests.databases import clone_name, superuser
from tests.factories import NOW, a_customer, a_person, a_rule_set
from tests.races import at_once
from tests.tiering.overrides import a_request
from tiering import actions, in_force
from tiering.actions import overrides as module
from tiering.models import Override, Tier

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 2


@pytest.fixture
def two_requests(
    administrator: User, account_manager: User, department_head: User
) -> list[Override]:
    """For one customer and overlapping periods; the second one past the checks, as if it had
    been asked for in the same moment.
    """
    a_rule_set(by=administrator)
    customer = a_customer(owner=account_manager, tier_rank=3)
    first = a_request(customer, by=account_manager)
    with superuser(clone_name()) as admin:
        admin.execute("DROP INDEX one_override_requested_at_a_time")
    second = Override.objects.create(
        customer=customer,
        tier=Tier.objects.get(code="S"),
        starts_on=first.starts_on,
        ends_on=first.ends_on,
        reason="別の申請",
        requested_by=account_manager,
        requested_at=NOW,
    )
    return [first, second]


def approvals(requests: list[Override], by: User) -> list[Callable[[], Override]]:
    def approving(request: Override) -> Callable[[], Override]:
        return lambda: actions.approve_override(override=request, by=by, now=NOW)

    return [approving(request) for request in requests]


def test_of_two_overlapping_approvals_one_wins(two_requests, department_head):
    results = at_once(*approvals(two_requests, department_head))
    refused = [result for result in results if isinstance(result, Refused)]
    assert len(refused) == 1, results
    winner = Override.objects.get(state=Override.State.APPROVED)
    ranks = {"S": 1, "A": 2}
    assert CustomerSnapshot.objects.get().tier_rank == ranks[winner.tier.code]


def test_without_lock_and_check_the_constraint_is_what_is_left(
    two_requests, department_head, monkeypatch
):
    """The first control: the database still lets only one in, and the other hears it as a
    sentence.
    """
    monkeypatch.setattr(in_force, "lock", lambda: None)
    monkeypatch.setattr(module, "_check_is_free", lambda *args: None)
    results = at_once(*approvals(two_requests, department_head))
    assert Override.objects.filter(state=Override.State.APPROVED).count() == 1
    assert sum(isinstance(result, Override) for result in results) == 1


def test_without_the_constraint_either_both_get_in(two_requests, department_head, monkeypatch):
    """The second control: nothing else keeps them apart."""
    monkeypatch.setattr(in_force, "lock", lambda: None)
    monkeypatch.setattr(module, "_check_is_free", lambda *args: None)
    with superuser(clone_name()) as admin:
        admin.execute("ALTER TABLE tiering_override DROP CONSTRAINT one_override_at_a_time")
    at_once(*approvals(two_requests, department_head))
    assert Override.objects.filter(state=Override.State.APPROVED).count() == TIMES


def test_approved_and_rejected_at_once_is_one_decision(
    administrator, account_manager, department_head
):
    a_rule_set(by=administrator)
    other = a_person("森 恵子", role="executive", department="経営")
    request = a_request(a_customer(owner=account_manager, tier_rank=3), by=account_manager)
    results = at_once(
        lambda: actions.approve_override(override=request, by=department_head, now=NOW),
        lambda: actions.reject_override(override=request, note="否", by=other, now=NOW),
    )
    assert sum(isinstance(result, Refused) for result in results) == 1, results
    request.refresh_from_db()
    row = CustomerSnapshot.objects.get()
    assert (row.tier_source == "override") == (request.state == Override.State.APPROVED)
