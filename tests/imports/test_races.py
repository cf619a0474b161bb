"""Two imports at once: the ledger's lock puts one behind the other."""

import threading
from decimal import Decimal

import pytest
from django.db.models import Sum

from customers.models import Import, RevenueEntry
from customers.models.imports import ImportQuerySet
from tests.factories import a_customer
from tests.imports.conftest import Written, bring
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LINES = [f"0001,2026-07-{day:02},1000" for day in range(1, 29)]


def test_the_same_file_twice_at_once_counts_once(written: Written) -> None:
    a_customer(code="0001")
    path = written("顧客コード,日付,金額", *LINES)
    results = at_once(*[lambda: bring("revenue", path)] * 3)
    assert [getattr(result, "state", result) for result in results] == [Import.State.APPLIED] * 3
    assert RevenueEntry.objects.live().aggregate(sum=Sum("amount"))["sum"] == Decimal(28_000)
    numbers = sorted(result.applied_no for result in results)
    assert numbers == [1, 2, 3]


def test_without_the_lock_they_would_collide(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: numbers or lines clash, and the unique constraints are what is left."""
    a_customer(code="0001")
    path = written("顧客コード,日付,金額", *LINES)
    gate = threading.Barrier(3)

    def unlocked(imports: ImportQuerySet) -> int:
        number = imports.count() + 1
        gate.wait()
        return number

    monkeypatch.setattr(ImportQuerySet, "next_applied_no", unlocked)
    results = at_once(*[lambda: bring("revenue", path)] * 3)
    assert any(isinstance(result, Exception) for result in results)
