"""Two people about one flag at once, and a person while the night is looking."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from firm.models import User
from firm.refusals import Refused
from tests.factories import NOW, a_contract, a_customer
from tests.servicing.findings import a_finding
from tests.servicing.nights import LONG_BEFORE, MONTHS, a_night, worked
from tiering import actions
from tiering.actions import findings as module
from tiering.models import Finding, SettledPart
from tiering.servicing import engine
from tiering.servicing.differences import Outcome

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> list[object]:
    gate, results = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            results.append(work())
        except Refused as refused:
            results.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def one_night() -> Outcome:
    with transaction.atomic():
        return a_night()


def resolving(finding: Finding, by: User) -> Finding:
    return actions.resolve_flag(
        finding=finding, version=1, resolution="billed", reason="請求済み", by=by, now=NOW
    )


@pytest.fixture
def finding(account_manager) -> Finding:
    return a_finding(a_customer(owner=account_manager), seen={"by_month": {"2026-06-01": 720}})


def test_of_two_who_resolve_it_at_once_one_settles_it(finding, account_manager):
    results = at_once(*[lambda: resolving(finding, account_manager)] * 4)
    assert sum(isinstance(result, Refused) for result in results) == 3
    assert SettledPart.objects.get().quantity == 720


def test_without_the_row_being_locked_it_is_settled_twice(finding, account_manager, monkeypatch):
    """The control: each reads the version that all have seen."""
    together = threading.Barrier(2)

    def unlocked(seen: Finding, _move: str, **_values: object) -> Finding:
        found = Finding.objects.select_related("customer").get(pk=seen.pk)
        together.wait(10)
        return found

    monkeypatch.setattr(module, "_locked", unlocked)
    at_once(*[lambda: resolving(finding, account_manager)] * 2)
    assert SettledPart.objects.count() == 2


@pytest.fixture
def flagged(account_manager) -> Finding:
    """Forty hours beyond in June."""
    customer = a_customer(owner=account_manager)
    a_contract(customer)
    worked(customer, LONG_BEFORE, minutes=60, staff=account_manager)
    worked(customer, MONTHS[2], minutes=4200, staff=account_manager)
    one_night()
    return Finding.objects.get(kind="hours")


def resolved_while_the_night_looks(flagged: Finding, by: User, monkeypatch) -> Finding:
    """The night has seen it, settled parts and all, when the person resolves it."""
    write = engine.differences.write

    def after_a_person(*args):
        (done,) = at_once(lambda: resolving(flagged, by))
        assert isinstance(done, Finding), done
        return write(*args)

    monkeypatch.setattr(engine.differences, "write", after_a_person)
    one_night()
    return Finding.objects.get(pk=flagged.pk)


def test_what_is_resolved_while_the_night_looks_stays_so(flagged, account_manager, monkeypatch):
    found = resolved_while_the_night_looks(flagged, account_manager, monkeypatch)
    assert (found.state, found.resolution) == ("resolved", "billed")
    monkeypatch.undo()
    assert one_night().reopened == 0, "the next night sees what was settled"


def test_without_knowing_how_it_was_the_night_opens_it_again(flagged, account_manager, monkeypatch):
    """The control."""
    moves = engine.differences._MOVES.replace("WHEN known.id IS NULL THEN false", "")
    monkeypatch.setattr(engine.differences, "_MOVES", moves)
    found = resolved_while_the_night_looks(flagged, account_manager, monkeypatch)
    assert found.state == "open"
