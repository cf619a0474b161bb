"""How often one was in touch, and through which channels.

A thread is one contact a day; without one, a customer's contacts of a day through one channel in
one direction are one. Whose initiative it was says its first entry. Windows end with the day
asked for: a week is the 7 days up to it, a month the 28. An entry without a time of day says
nothing here.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from customers.consumption.counting import ASKED, COUNTS_ELSEWHERE, TERMS, in_force, parameters
from customers.models import Activity, Channel

WEEK, MONTH = 7, 28


@dataclass(frozen=True)
class Contacts:
    """Of one customer in the last `days` days; `most` is what the contract says, if it does."""

    customer_id: int
    days: int
    by_customer: int
    by_us: int
    most: int | None = None

    @property
    def total(self) -> int:
        return self.by_customer + self.by_us

    @property
    def beyond(self) -> int:
        return max(0, self.total - self.most) if self.most is not None else 0


@dataclass(frozen=True)
class ChannelUse:
    """Contacts of the last 28 days through a channel that no contract names; work that came
    through it is one, too.
    """

    customer_id: int
    channel: str
    times: int

    @property
    def label(self) -> str:
        return str(Channel(self.channel).label)


def contacts_of(
    customers: Collection[int] | None, *, on: datetime.date
) -> dict[int, list[Contacts]]:
    """The last 7 and the last 28 days, by customer; who had no contact is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS, parameters(customers, on=on, us=Activity.Initiator.US))
        return {row[0]: _windows(*row) for row in cursor.fetchall()}


def channels_outside(
    customers: Collection[int] | None, *, on: datetime.date
) -> dict[int, list[ChannelUse]]:
    """By customer, the most used first; only where a contract of the day names its channels."""
    found: dict[int, list[ChannelUse]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CHANNELS, parameters(customers, on=on))
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(ChannelUse(*row))
    return found


def in_touch(customer: int, *, on: datetime.date) -> tuple[list[Contacts], list[ChannelUse]]:
    """Both of one customer, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_TOUCH, parameters([customer], on=on, us=Activity.Initiator.US))
        rows = cursor.fetchall()
    # A row a channel, each with the contacts; without either, their columns are NULL.
    contacts = _windows(*rows[0][:-2]) if rows and rows[0][0] is not None else []
    uses = [ChannelUse(customer, *row[-2:]) for row in rows if row[-1] is not None]
    return contacts, uses


def _windows(
    customer: int,
    week_by_customer: int,
    week_by_us: int,
    month_by_customer: int,
    month_by_us: int,
    a_week: int | None,
    a_month: int | None,
) -> list[Contacts]:
    return [
        Contacts(customer, WEEK, week_by_customer, week_by_us, a_week),
        Contacts(customer, MONTH, month_by_customer, month_by_us, a_month),
    ]


IS_CONTACT = f"""(a.kind = 'contact' AND a.started_at IS NOT NULL AND {COUNTS_ELSEWHERE})"""
IS_OUR_INITIATIVE = "(a.initiator = %(us)s OR a.initiator = '' AND a.direction = 'out')"
# What makes one contact of a customer's day.
ONE_CONTACT = "CASE WHEN a.thread <> '' THEN a.thread ELSE a.channel || ' ' || a.direction END"

# Each contact of the 28 days as its first entry, of customers `asked`.
CONTACTS = f"""contacts AS (
    SELECT DISTINCT ON (a.customer_id, a.day, a.thread <> '', {ONE_CONTACT})
           a.customer_id, a.day, a.thread <> '' AS is_thread, {ONE_CONTACT} AS name, a.id,
           a.started_at, {IS_OUR_INITIATIVE} AS is_ours
    FROM asked JOIN customers_activity a ON a.customer_id = asked.id
    WHERE a.day > %(on)s::date - {MONTH} AND a.day <= %(on)s AND {IS_CONTACT}
    ORDER BY a.customer_id, a.day, a.thread <> '', {ONE_CONTACT}, a.started_at, a.id)"""

# How many of each, and the most that is agreed: of several contracts in force the largest, as a
# customer may use what one of them allows.
CONTACT_COUNTS = f"""counted AS (
    SELECT customer_id,
           count(*) FILTER (WHERE day > %(on)s::date - {WEEK} AND NOT is_ours) AS week_by_customer,
           count(*) FILTER (WHERE day > %(on)s::date - {WEEK} AND is_ours) AS week_by_us,
           count(*) FILTER (WHERE NOT is_ours) AS by_customer,
           count(*) FILTER (WHERE is_ours) AS by_us
    FROM contacts GROUP BY customer_id
), windows AS (
    SELECT counted.*, most.a_week, most.a_month
    FROM counted
    CROSS JOIN LATERAL (
        SELECT max(t.amount) FILTER (WHERE t.period = 'week') AS a_week,
               max(t.amount) FILTER (WHERE t.period = 'month') AS a_month
        FROM {TERMS}
        WHERE c.customer_id = counted.customer_id AND t.kind = 'contact_most'
          AND {in_force("r", "%(on)s")}
    ) AS most)"""

_CONTACTS = f"WITH {ASKED}, {CONTACTS}, {CONTACT_COUNTS} SELECT * FROM windows ORDER BY customer_id"

# A channel named for emergencies alone is none for anything else.
CHANNEL_OUTSIDE = f"""(a.channel <> '' AND a.started_at IS NOT NULL AND EXISTS (
    SELECT FROM {TERMS}
    WHERE c.customer_id = a.customer_id AND t.kind = 'channel' AND {in_force("r", "a.day")}
) AND NOT EXISTS (
    SELECT FROM {TERMS}
    WHERE c.customer_id = a.customer_id AND t.kind = 'channel' AND {in_force("r", "a.day")}
      AND t.channel = a.channel AND NOT t.emergency
) AND {COUNTS_ELSEWHERE})"""

_CHANNELS = f"""
WITH {ASKED}
SELECT a.customer_id, a.channel,
       count(DISTINCT (a.day, a.thread <> '', {ONE_CONTACT})) AS times
FROM asked JOIN customers_activity a ON a.customer_id = asked.id
WHERE a.day > %(on)s::date - {MONTH} AND a.day <= %(on)s AND {CHANNEL_OUTSIDE}
GROUP BY a.customer_id, a.channel
ORDER BY a.customer_id, times DESC, a.channel
"""

_IN_TOUCH = f"""
SELECT contacts.*, uses.channel, uses.times
FROM ({_CONTACTS}) AS contacts
FULL JOIN ({_CHANNELS}) AS uses ON uses.customer_id = contacts.customer_id
ORDER BY uses.times DESC, uses.channel
"""
