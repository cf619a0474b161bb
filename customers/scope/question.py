"""What a scope check is asked."""

import datetime
from dataclasses import dataclass

from customers.models import Contact


@dataclass(frozen=True)
class Question:
    """What a customer asks for, in their own words; how, when and how long it would be done.

    `on` is the firm's day of the work; without `starts_at` nothing is said of support hours.
    An incident may be served at any time and by any channel where the contract says so, and is
    never held against either.
    """

    on: datetime.date
    request: str = ""
    work_item: str = ""
    channel: str = ""
    starts_at: datetime.datetime | None = None
    minutes: int | None = None
    is_incident: bool = False
    contact: Contact | None = None
