"""Everything that a customer has used of what was promised."""

import datetime
from dataclasses import dataclass

from customers.consumption.contacts import ChannelUse, Contacts, in_touch
from customers.consumption.counts import Count, counts_of
from customers.consumption.hours import Hours, hours_between
from customers.consumption.shown import HoursBar
from customers.consumption.times import OutsideDay, outside_hours
from firm.business_time import ONE_DAY
from firm.dates import add_months, first_of_month

MONTHS = 6


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
