"""The hours of a month as a bar: used, forecast and included, with the day and the floor."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from customers.consumption.hours import Hours, hours_of

HOUR = 60
# Below this share of what is included, at the month's end, a customer gets too little.
FLOOR = 80


@dataclass(frozen=True)
class HoursBar:
    """Lengths are per cent of the bar, which is as long as the longest of the three."""

    hours: Hours
    on: datetime.date

    @property
    def used(self) -> Decimal:
        return _in_hours(self.hours.used)

    @property
    def included(self) -> Decimal:
        return _in_hours(self.hours.included)

    @property
    def forecast(self) -> Decimal | None:
        return None if self.hours.forecast is None else _in_hours(self.hours.forecast)

    @property
    def left(self) -> Decimal:
        return _in_hours(self.hours.left)

    @property
    def beyond(self) -> Decimal:
        return _in_hours(self.hours.beyond)

    @property
    def forecast_share(self) -> Decimal | None:
        if self.hours.forecast is None or not self.hours.included:
            return None
        return Decimal(100 * self.hours.forecast) / self.hours.included

    @property
    def tone(self) -> str:
        """What the forecast means: over, under, or nothing."""
        share = self.forecast_share
        if self.hours.beyond or (share is not None and share > 100):
            return "over"
        return "under" if share is not None and share < FLOOR else ""

    @property
    def _whole(self) -> int:
        return max(self.hours.included, self.hours.used, self.hours.forecast or 0, 1)

    def _length(self, minutes: Decimal | int) -> float:
        return round(float(100 * minutes / self._whole), 2)

    @property
    def within_length(self) -> float:
        return self._length(min(self.hours.used, self.hours.included))

    @property
    def forecast_length(self) -> float:
        return self._length(self.hours.forecast or 0)

    @property
    def over_from(self) -> float:
        """After a small gap."""
        return self._length(self.hours.included) + (0.6 if self.hours.included else 0)

    @property
    def over_length(self) -> float:
        return max(self._length(self.hours.used) - self.over_from, 0.4)

    @property
    def today_at(self) -> float | None:
        if self.hours.elapsed is None:
            return None
        return self._length(self.hours.elapsed * self.hours.included / 100)

    @property
    def floor_at(self) -> float:
        return self._length(Decimal(self.hours.included * FLOOR) / 100)


def _in_hours(minutes: int) -> Decimal:
    return Decimal(minutes) / HOUR


def hours_bar(customer_id: int, *, on: datetime.date) -> HoursBar | None:
    """None where no hours term is in force in the month of the day."""
    hours = hours_of([customer_id], on=on).get(customer_id)
    return HoursBar(hours, on) if hours and hours.has_terms else None
