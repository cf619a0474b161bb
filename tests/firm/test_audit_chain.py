"""The audit trail as it is written, and what verify_audit finds when somebody changed it."""

import hashlib
import itertools
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.db.utils import InternalError

from firm import audit, audit_chain
from firm.models import AuditChain, AuditEvent
from tests.databases import clone_name, superuser
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def heads(tmp_path, monkeypatch):
    """The heads of this test alone."""
    monkeypatch.setattr(audit_chain, "heads_file", lambda: tmp_path / "audit" / "heads.txt")


@pytest.fixture
def five_events(now):
    for number in range(5):
        audit.record("person_changed", by=None, now=now, fields=[f"field {number}"])
    return list(AuditEvent.objects.order_by("id"))


@pytest.fixture
def tamper():
    """Somebody with every right, for whom no trigger fires."""

    def run(sql: str, *values: object) -> None:
        with superuser(clone_name()) as intruder:
            intruder.execute("SET session_replication_role = replica")
            intruder.execute(sql, values)

    return run


def rehash(tamper) -> None:
    """Work out every link anew, as a skilled intruder would."""
    previous = bytes(32)
    for link in list(audit_chain._links()):
        digest = hashlib.sha256(previous + link.text.encode()).digest()
        tamper(
            "UPDATE firm_auditchain SET previous = %s, hash = %s WHERE position = %s",
            previous,
            digest,
            link.position,
        )
        previous = digest


def test_each_event_is_a_link_after_the_one_before(five_events):
    links = list(AuditChain.objects.order_by("position"))
    assert [link.position for link in links] == [1, 2, 3, 4, 5]
    assert [link.event_id for link in links] == [event.pk for event in five_events]
    assert bytes(links[0].previous) == bytes(32)
    for before, after in itertools.pairwise(links):
        assert bytes(after.previous) == bytes(before.hash)


def test_an_untouched_trail_is_well(five_events):
    verdict = audit_chain.verify()
    assert verdict.problems == []
    assert verdict.links == 5


def test_what_was_rolled_back_is_in_no_chain(now, five_events):
    with transaction.atomic():
        audit.record("person_added", by=None, now=now)
        transaction.set_rollback(True)
    audit.record("person_added", by=None, now=now)
    assert audit_chain.verify().links == 6
    assert audit_chain.verify().problems == []


def test_words_of_any_language_hash_alike_in_both_places(now):
    audit.record(
        "person_changed", by=None, now=now, note='㈱髙橋 ～ \u2028 \\ " 😀', n=1.10, t=True
    )
    assert audit_chain.verify().problems == []


def test_a_long_transaction_does_not_stop_the_others(now):
    """The chain's lock is taken at commit: an open import holds nobody up."""
    done = threading.Event()

    def other() -> None:
        audit.record("person_added", by=None, now=now)
        connection.close()
        done.set()

    with transaction.atomic():
        audit.record("import_applied", by=None, now=now, kind="revenue")
        thread = threading.Thread(target=other)
        thread.start()
        assert done.wait(5)
    thread.join()
    assert audit_chain.verify().problems == []


def test_parallel_events_do_not_fork_the_chain(now):
    def write() -> None:
        for _ in range(20):
            audit.record("person_added", by=None, now=now)

    assert at_once(*[write] * 4) == [None] * 4
    verdict = audit_chain.verify()
    assert (verdict.problems, verdict.links) == ([], 80)


def test_the_application_cannot_change_an_event(five_events):
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        AuditEvent.objects.filter(pk=five_events[0].pk).update(code="person_added")


def test_the_application_cannot_write_the_chain(five_events):
    with pytest.raises(ProgrammingError), transaction.atomic():
        AuditChain.objects.create(position=99, event=five_events[0], previous=b"", hash=b"")


def test_the_application_cannot_empty_the_trail(five_events):
    with (
        pytest.raises((InternalError, ProgrammingError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE firm_auditevent CASCADE")


def test_a_changed_event_is_found(five_events, tamper):
    tamper("UPDATE firm_auditevent SET data = '{}' WHERE id = %s", five_events[2].pk)
    [problem] = audit_chain.verify().problems
    assert str(five_events[2].pk) in problem


def test_a_deleted_event_is_found(five_events, tamper):
    tamper("DELETE FROM firm_auditevent WHERE id = %s", five_events[2].pk)
    assert audit_chain.verify().problems


def test_an_event_deleted_with_its_link_is_found(five_events, tamper):
    tamper("DELETE FROM firm_auditchain WHERE event_id = %s", five_events[2].pk)
    tamper("DELETE FROM firm_auditevent WHERE id = %s", five_events[2].pk)
    assert audit_chain.verify().problems


def test_a_deleted_end_is_found_by_the_noted_head(five_events, tamper, now):
    audit_chain.note_head(now=now)
    for event in five_events[3:]:
        tamper("DELETE FROM firm_auditchain WHERE event_id = %s", event.pk)
        tamper("DELETE FROM firm_auditevent WHERE id = %s", event.pk)
    assert audit_chain.verify().problems


def test_without_a_noted_head_a_deleted_end_cannot_be_found(five_events, tamper):
    """What the heads are for: the chain alone looks well."""
    tamper("DELETE FROM firm_auditchain WHERE event_id = %s", five_events[4].pk)
    tamper("DELETE FROM firm_auditevent WHERE id = %s", five_events[4].pk)
    verdict = audit_chain.verify()
    assert verdict.problems == []
    assert (verdict.noted, verdict.unproven) == (None, 4)


def test_exchanged_events_are_found(five_events, tamper):
    first, second = five_events[1].pk, five_events[2].pk
    swap = "UPDATE firm_auditchain SET event_id = %s WHERE event_id = %s"
    for new, old in [(0, first), (first, second), (second, 0)]:
        tamper(swap, new, old)
    assert audit_chain.verify().problems


def test_a_chain_written_anew_is_found_by_the_noted_head(five_events, tamper, now):
    audit_chain.note_head(now=now)
    tamper("UPDATE firm_auditevent SET data = '{}' WHERE id = %s", five_events[2].pk)
    rehash(tamper)
    assert audit_chain.verify().problems


def test_without_a_noted_head_a_chain_written_anew_looks_well(five_events, tamper):
    tamper("UPDATE firm_auditevent SET data = '{}' WHERE id = %s", five_events[2].pk)
    rehash(tamper)
    assert audit_chain.verify().problems == []


def test_an_event_slipped_in_beside_the_chain_is_found(five_events, tamper):
    tamper(
        "INSERT INTO firm_auditevent (code, subject_kind, data, at)"
        " VALUES ('month_closed', '', '{}', now())"
    )
    assert audit_chain.verify().problems


def test_a_head_is_noted_only_when_it_is_new(five_events, now):
    assert audit_chain.note_head(now=now)
    assert audit_chain.note_head(now=now) is None
    audit.record("person_added", by=None, now=now)
    assert audit_chain.note_head(now=now).position == 6
    assert [head.position for head in audit_chain.noted_heads()] == [5, 6]


def test_the_command_says_what_is_proven_and_what_is_not(five_events, now, capsys):
    audit_chain.note_head(now=now)
    audit.record("person_added", by=None, now=now)
    call_command("verify_audit")
    assert "6 links hold" in (said := capsys.readouterr().out)
    assert "The 1 links after 2026-07-15" in said


def test_the_command_fails_where_something_was_changed(five_events, tamper):
    tamper("UPDATE firm_auditevent SET code = 'x' WHERE id = %s", five_events[0].pk)
    with pytest.raises(CommandError):
        call_command("verify_audit")
