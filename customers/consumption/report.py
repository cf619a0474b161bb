"""Everything that a customer has used of what was promised, and the entries behind each figure."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from customers.consumption.contacts import MONTH, ChannelUse, Contacts, in_touch
from customers.consumption.counts import Count, counts_of
from customers.consumption.hours import Hours, hours_between
from customers.consumption.marks import Marks, marks_of
from customers.consumption.shown import HoursBar
from customers.consumption.times import OutsideDay, outside_hours
from customers.models import Activity
from firm.business_time import ONE_DAY
from firm.dates import add_months, first_of_month

MONTHS = 6
MOST_ENTRIES = 300


@dataclass(frozen=True)
class Report:
    """As of a day: its month, the months before it, the windows that end with it."""

    on: datetime.date
    months: list[Hours]  # the latest first
    counts: list[Count]
    outside: list[OutsideDay]
    contacts: list[Contacts]
    channels: list[ChannelUse]

    @property
    def bar(self) -> HoursBar | None:
        return HoursBar(self.months[0], self.on) if self.months[0].has_terms else None

    @property
    def has_terms(self) -> bool:
        return any(row.has_terms for row in self.months)

    @property
    def outside_minutes(self) -> int:
        return sum(row.outside for row in self.outside)

    @property
    def holiday_minutes(self) -> int:
        return sum(row.holiday for row in self.outside)


def report_of(customer_id: int, *, on: datetime.date) -> Report:
    since = add_months(first_of_month(on), 1 - MONTHS)
    months = hours_between([customer_id], since=since, on=on)
    contacts, channels = in_touch(customer_id, on=on)
    return Report(
        on=on,
        months=months[::-1],
        counts=counts_of([customer_id], on=on).get(customer_id, []),
        outside=outside_hours([customer_id], since=first_of_month(on), until=on + ONE_DAY),
        contacts=contacts,
        channels=channels,
    )


class Figure(StrEnum):
    HOURS = "hours"
    COUNT = "count"
    OUTSIDE = "outside"
    CONTACTS = "contacts"
    CHANNELS = "channels"


Entries = list[tuple[Activity, Marks]]


def entries_of(customer_id: int, figure: Figure, *, on: datetime.date, term: str = "") -> Entries:
    """The entries that a figure as of the day is made of, the latest first, MOST_ENTRIES at most.
    `term` names the counted one.
    """
    since = first_of_month(on)
    if figure in (Figure.CONTACTS, Figure.CHANNELS):
        since = on - (MONTH - 1) * ONE_DAY
    elif figure is Figure.COUNT:
        counts = counts_of([customer_id], on=on).get(customer_id, [])
        since = min((row.start for row in counts if row.name == term), default=since)
    rows = _between(customer_id, since, on)
    if figure is Figure.COUNT:
        return [(row, marks) for row, marks in rows if _is_unit(marks, term)]
    found = [(row, marks) for row, marks in rows if _BELONGS[figure](row, marks)]
    if figure is Figure.OUTSIDE:
        days = {row.day for row in outside_hours([customer_id], since=since, until=on + ONE_DAY)}
        found = [(row, marks) for row, marks in found if row.day in days]
    return found


def _between(customer_id: int, since: datetime.date, on: datetime.date) -> Entries:
    live = Activity.objects.live().filter(customer=customer_id, day__range=(since, on))
    ordered = live.select_related("staff").order_by("-day", "-started_at", "-pk")
    rows = list(ordered[:MOST_ENTRIES])
    marks = marks_of(rows)
    return [(row, marks[row.pk]) for row in rows if row.pk in marks]


def _counts_elsewhere(row: Activity, marks: Marks) -> bool:
    return (
        row.cause in (Activity.Cause.IN_CONTRACT, Activity.Cause.CUSTOMER_WISH)
        and row.extension_id is None
        and marks.why_not not in ("invoiced", "goodwill")
    )


def _is_inbound(row: Activity) -> bool:
    return row.kind == Activity.Kind.CONTACT and row.direction == Activity.Direction.IN


def _is_unit(marks: Marks, term: str) -> bool:
    return any(unit.term == term for unit in marks.units)


_BELONGS: dict[Figure, Callable[[Activity, Marks], bool]] = {
    Figure.HOURS: lambda row, marks: marks.counted > 0,
    Figure.OUTSIDE: lambda row, marks: (
        bool(marks.divided and marks.divided.beyond)
        and _counts_elsewhere(row, marks)
        and not _is_inbound(row)
    ),
    Figure.CONTACTS: lambda row, marks: (
        row.kind == Activity.Kind.CONTACT
        and row.started_at is not None
        and _counts_elsewhere(row, marks)
    ),
    Figure.CHANNELS: lambda row, marks: marks.channel_outside,
}
