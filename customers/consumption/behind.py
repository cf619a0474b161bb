"""The entries behind each figure of what is used."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet

from customers.consumption.contacts import MONTH
from customers.consumption.counts import counts_of
from customers.consumption.marks import Marks, marks_of
from customers.consumption.times import outside_hours
from customers.models import Activity, ActivitySlice, ScopeTerm
from firm.business_time import ONE_DAY
from firm.dates import first_of_month

MOST = 300  # entries that are looked through

Cause = Activity.Cause
Entry = tuple[Activity, Marks]


class Figure(StrEnum):
    HOURS = "hours"
    COUNT = "count"
    OUTSIDE = "outside"
    CONTACTS = "contacts"
    CHANNELS = "channels"


@dataclass(frozen=True)
class Behind:
    """The latest first; `is_cut` where older entries were not looked through."""

    entries: list[Entry]
    is_cut: bool


def entries_behind(
    customer_id: int, figure: Figure, *, on: datetime.date, term: str = ""
) -> Behind:
    """What the figure as of the day is made of. `term` is the name of the counted one; meetings
    have none.
    """
    if figure is Figure.COUNT:
        return _looked_through(_units(customer_id, term, on), lambda entry: _is_unit(entry, term))
    if figure is Figure.OUTSIDE:
        return _looked_through(_on_days_outside(customer_id, on), _is_outside)
    since = first_of_month(on) if figure is Figure.HOURS else on - (MONTH - 1) * ONE_DAY
    return _looked_through(
        _live(customer_id).filter(_LIKELY[figure], day__range=(since, on)), _BELONGS[figure]
    )


def _live(customer_id: int) -> QuerySet[Activity]:
    return Activity.objects.live().filter(customer=customer_id)


def _looked_through(entries: QuerySet[Activity], belongs: Callable[[Entry], bool]) -> Behind:
    ordered = entries.select_related("staff").order_by("-day", "-started_at", "-pk")
    rows = list(ordered[: MOST + 1])
    marks = marks_of(rows[:MOST])
    found = [(row, marks[row.pk]) for row in rows[:MOST] if row.pk in marks]
    return Behind([entry for entry in found if belongs(entry)], len(rows) > MOST)


def _units(customer_id: int, term: str, on: datetime.date) -> QuerySet[Activity]:
    """Of the term's period that the day is in."""
    counts = counts_of([customer_id], on=on).get(customer_id, [])
    starts = (row.start for row in counts if row.name == term)
    since = min(starts, default=first_of_month(on))
    likely = Q(work_item=term) if term else Q(kind=Activity.Kind.MEETING)
    return _live(customer_id).filter(likely, day__range=(since, on))


def _is_unit(entry: Entry, term: str) -> bool:
    name = term or str(ScopeTerm.Kind.MEETINGS.label)
    return any(unit.term == name for unit in entry[1].units)


def _on_days_outside(customer_id: int, on: datetime.date) -> QuerySet[Activity]:
    """Work beyond midnight belongs to both of its days."""
    days = outside_hours([customer_id], since=first_of_month(on), until=on + ONE_DAY)
    slices = ActivitySlice.objects.filter(customer=customer_id, day__in=[row.day for row in days])
    return _live(customer_id).filter(started_at__isnull=False, pk__in=slices.values("activity"))


def _is_outside(entry: Entry) -> bool:
    row, marks = entry
    is_inbound = row.kind == Activity.Kind.CONTACT and row.direction == Activity.Direction.IN
    is_beyond = marks.divided is not None and marks.divided.beyond > 0
    return is_beyond and marks.counts_elsewhere and not is_inbound


# What is looked through for a figure, so that the rest does not crowd it out.
_LIKELY: dict[Figure, Q] = {
    Figure.HOURS: ~Q(cause__in=(Cause.OWN_REASON, Cause.SALES, Cause.INTERNAL)),
    Figure.CONTACTS: Q(kind=Activity.Kind.CONTACT, started_at__isnull=False),
    Figure.CHANNELS: ~Q(channel=""),
}
_BELONGS: dict[Figure, Callable[[Entry], bool]] = {
    Figure.HOURS: lambda entry: entry[1].counted > 0,
    Figure.CONTACTS: lambda entry: entry[1].counts_elsewhere,
    Figure.CHANNELS: lambda entry: entry[1].channel_outside,
}
