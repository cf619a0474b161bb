"""A person decides on a flag in the very moment in which the night closes it."""

import threading
import time

import pytest
from django.db import connection, transaction

from tests.factories import a_contract, a_customer
from tests.servicing.nights import LONG_BEFORE, MONTHS, NIGHT, a_night, worked
from tiering.models import Finding
from tiering.servicing import differences

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT = 20.0  # seconds


@pytest.fixture
def gone(account_manager):
    """A flag of hours whose entries have been taken away since it was opened."""
    customer = a_customer(owner=account_manager)
    a_contract(customer)
    worked(customer, LONG_BEFORE, minutes=60, staff=account_manager)
    entries = worked(customer, MONTHS[2], minutes=3000, staff=account_manager)
    with transaction.atomic():
        a_night()
    for entry in entries:
        entry.slices.all().delete()
    return Finding.objects.get(kind="hours")


def decided_while_the_night_runs(finding: Finding) -> Finding:
    """The person has written and not committed yet when the night comes to write."""
    night = threading.Thread(target=a_night_of_its_own)
    with transaction.atomic():
        Finding.objects.select_for_update().get(pk=finding.pk)
        Finding.objects.filter(pk=finding.pk).update(
            state="resolved", resolution="billed", reason="請求済み"
        )
        night.start()
        wait_until_somebody_waits()
    night.join()
    return Finding.objects.get(pk=finding.pk)


def a_night_of_its_own() -> None:
    try:
        with transaction.atomic():
            a_night(NIGHT)
    finally:
        connection.close()


def wait_until_somebody_waits() -> None:
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.05)
    raise AssertionError("the night did not come to write")


def test_the_decision_of_a_person_stands(gone):
    assert decided_while_the_night_runs(gone).resolution == "billed"


def test_without_the_lock_the_night_would_write_over_it(gone, monkeypatch):
    monkeypatch.setattr(differences, "LOCK", "SELECT 1")
    assert decided_while_the_night_runs(gone).resolution == "subsided"
