"""The log filtered by marks finds the entries whose marks say so, and no others."""

from random import Random

import pytest

from customers.consumption.marked import MarkKind, marked
from customers.consumption.marks import marks_of
from customers.models import Activity, Favor
from tests.consumption.books import a_book
from tests.firm.test_work_calendars import a_calendar

pytestmark = pytest.mark.django_db

CUSTOMERS = 5
SEVERAL = [
    {MarkKind.HOLIDAY, MarkKind.NOT_COUNTED},
    {MarkKind.HOLIDAY, MarkKind.OUTSIDE_HOURS, MarkKind.GOODWILL},
]


def codes_of(entries: list[Activity]) -> dict[int, set[str]]:
    """What the marks beside each entry say, and whether it is goodwill work."""
    found = {pk: {mark.code for mark in marks.marks} for pk, marks in marks_of(entries).items()}
    favors = Favor.objects.filter(withdrawn_at=None, activity__in=entries)
    for pk in favors.values_list("activity_id", flat=True):
        found[pk].add(MarkKind.GOODWILL)
    return found


def test_entries_are_found_by_the_marks_they_show(account_manager, administrator, now):
    draw = Random(1)
    calendars = [a_calendar("窓口", by=administrator, now=now)]
    customers = [a_book(draw, staff=account_manager, calendars=calendars) for _ in range(CUSTOMERS)]
    seen = set()
    for customer in customers:
        entries = Activity.objects.live().filter(customer=customer)
        shown = codes_of(list(entries))
        seen |= set().union(*shown.values())
        for kinds in [{kind} for kind in MarkKind.values] + SEVERAL:
            found = set(entries.filter(marked(customer.pk, kinds)).values_list("pk", flat=True))
            assert found == {pk for pk, codes in shown.items() if codes & kinds}, kinds
    assert seen >= set(MarkKind.values), "nothing to compare"
