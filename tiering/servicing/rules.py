"""The rules by which flags are raised."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Rules:
    """Minutes, days, contacts and points as the names say; shares as factors."""

    # Hours over the last closed months, both bounds at once; the floor is not prorated.
    months: int = 3
    hours_ratio: Decimal = Decimal("1.15")
    hours_over_minutes: int = 6 * 60
    # One month alone.
    alarm_ratio: Decimal = Decimal("2.0")
    alarm_over_minutes: int = 10 * 60
    # While a firm has logged for less than `months`.
    preliminary_ratio: Decimal = Decimal("1.5")
    preliminary_over_minutes: int = 6 * 60
    # After hours and on holidays: a customer's day up to this counts as none.
    tolerance_minutes: int = 15
    # Contacts in 7 or 28 days beyond what was agreed, both bounds at once.
    frequency_ratio: Decimal = Decimal("1.5")
    frequency_over: int = 3
    # Contacts in 28 days through a channel that no contract names.
    channel_contacts: int = 3
    # Goodwill of one category within `months`.
    repeated: int = 3
    # Under-served: below this share of the hours over the last closed months.
    under_share: Decimal = Decimal("0.8")
    # Points from which an under-served customer is red.
    red_points: int = 4
    # Severity by loss, in the base currency: below the first low, below the second middle.
    severity_mid: Decimal = Decimal(50_000)
    severity_high: Decimal = Decimal(200_000)
    # A resolved flag comes back when the uncovered part has grown by this share of the settled.
    reopening_share: Decimal = Decimal("0.2")
    # Days in which what lies on single days (after hours, contacts, channels) counts.
    window_days: int = 28


STANDARD = Rules()
