"""The log costed anew, imported and corrected at once: nothing twice, nothing half done."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from customers.actions.activities import correct_activity
from customers.actions.cost_rates import set_cost_rate
from customers.imports.kinds import activities
from customers.models import Activity, ActivitySlice, Import
from customers.service_log import recosting
from customers.service_log.entries import EntryData
from firm.models import User
from tests.factories import LONG_AGO, NOW, a_customer, a_person
from tests.imports.conftest import Written, bring

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "customer_code,staff,started_at,minutes,source_id"
LINES = [f"0001,佐藤 花子,2026-07-{day:02},60,A{day}" for day in range(1, 11)]
A_WHILE = 0.5  # seconds in which what a lock holds back would have come
LONG = 60  # seconds, for the controls: what nothing holds back comes


@pytest.fixture
def sato() -> User:
    a_customer(code="0001")
    return a_person("佐藤 花子", cost_grade="主任")


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the controls."""
    monkeypatch.setattr(recosting, "_ALONE", "SELECT %s")
    entries = recosting._ENTRIES.replace("FOR NO KEY UPDATE OF a", "")
    monkeypatch.setattr(recosting, "_ENTRIES", entries)


def begun(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def a_rate() -> None:
    amounts = {"direct": Decimal(6000), "loaded": Decimal(9000)}
    set_cost_rate(grade="主任", valid_from=LONG_AGO, **amounts, by=None, now=NOW)


def two_recostings(monkeypatch: pytest.MonkeyPatch, *, patience: float) -> int:
    """Each waits with its work until the other has come as far, or its patience (in seconds) is
    over, and holds back its commit for a while. Returns how many slices there are then.
    """
    rewrite, both = recosting.rewrite_slices, threading.Barrier(2)

    def slowly(entries: object) -> int:
        with suppress(threading.BrokenBarrierError):
            both.wait(patience)
        count: int = rewrite(entries)  # type: ignore[arg-type]
        time.sleep(A_WHILE)
        return count

    monkeypatch.setattr(recosting, "rewrite_slices", slowly)
    runs = [begun(lambda: recosting.recost(since=LONG_AGO, grade="主任")) for _ in range(2)]
    for run in runs:
        run.join()
    return ActivitySlice.objects.count()


def test_two_recostings_at_once_write_each_slice_once(sato, written: Written, monkeypatch):
    bring("activities", written(HEADER, *LINES), source="backlog")
    a_rate()
    assert two_recostings(monkeypatch, patience=A_WHILE) == len(LINES)
    assert not ActivitySlice.objects.filter(loaded_cost=None).exists()


@pytest.mark.usefixtures("unlocked")
def test_without_the_locks_two_recostings_double_the_work(sato, written: Written, monkeypatch):
    bring("activities", written(HEADER, *LINES), source="backlog")
    a_rate()
    assert two_recostings(monkeypatch, patience=LONG) > len(LINES)


def recosted_during_an_import(
    written: Written, monkeypatch: pytest.MonkeyPatch, *, patience: float
) -> int:
    """The import has cut its slices by the old rates when the new one is set, and holds back its
    commit until they are costed anew, or its patience (in seconds) is over. Returns how many
    slices have no cost when both are over.
    """
    has_cut, recosted, cut = threading.Event(), threading.Event(), activities._slice_added

    def slowly() -> None:
        cut()
        has_cut.set()
        recosted.wait(patience)

    monkeypatch.setattr(activities, "_slice_added", slowly)
    file = written(HEADER, *LINES)
    run = begun(lambda: bring("activities", file, source="backlog"))
    assert has_cut.wait(120)
    a_rate()
    recosting.recost(since=LONG_AGO, grade="主任")
    recosted.set()
    run.join()
    assert Import.objects.get().state == Import.State.APPLIED
    assert ActivitySlice.objects.count() == len(LINES)
    return ActivitySlice.objects.filter(loaded_cost=None).count()


def test_a_recosting_reaches_what_an_import_brings_meanwhile(sato, written: Written, monkeypatch):
    assert recosted_during_an_import(written, monkeypatch, patience=A_WHILE) == 0


@pytest.mark.usefixtures("unlocked")
def test_without_the_locks_it_would_miss_it(sato, written: Written, monkeypatch):
    missed = recosted_during_an_import(written, monkeypatch, patience=LONG)
    assert missed == len(LINES)


def test_an_import_waits_for_a_correction_and_leaves_nothing_half_done(sato, written: Written):
    bring("activities", written(HEADER, *LINES), source="backlog")
    entry, corrected = Activity.objects.get(source_id="A1"), threading.Event()

    @transaction.atomic
    def correct() -> None:
        data = EntryData(day=entry.day, minutes=90, cause="customer_wish")
        correct_activity(activity=entry, data=data, version=1, by=None, now=NOW)
        corrected.set()
        time.sleep(A_WHILE)

    run = begun(correct)
    assert corrected.wait(120)
    longer = [LINES[0].replace(",60,", ",120,"), *LINES[1:]]
    import_ = bring("activities", written(HEADER, *longer), source="backlog")
    run.join()
    assert import_.state == Import.State.APPLIED
    entry.refresh_from_db()
    assert (entry.minutes, entry.version) == (120, 3)
    assert entry.slices.aggregate(sum=Sum("minutes"))["sum"] == 120
    assert [row.minutes for row in entry.events.order_by("version")] == [60, 90]
