"""What a person carries: work outside support hours, and what they do alone again and again.

Figures of one person are that person's. The manager has the section's sum, and a single person's
only above ALONE minutes outside hours in a month. Nothing here is sorted by amount.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from customers.consumption.times import EFFECTIVE, OURS, TOLERANCE
from firm.business_time import ONE_DAY
from firm.calendar import business_days
from firm.dates import add_months, firm_date
from firm.scope import FEWEST_PEOPLE
from firm.superiors import managers_of

ALONE = 10 * 60  # minutes outside hours a month, above which a manager sees one person's
REPEATED = 3  # times
WINDOW = datetime.timedelta(days=30)
LOOKED_BACK = 2 * WINDOW  # so that a question does not lapse before it has been answered
ANSWER_WITHIN = 5  # business days


@dataclass(frozen=True)
class Load:
    """A month's minutes: all that was logged, and of those with a time of day what lay after the
    support hours of the customers, and on holidays. Our own work only, whatever its cause.
    """

    logged: int = 0
    outside: int = 0
    holiday: int = 0

    @property
    def beyond(self) -> int:
        return self.outside + self.holiday

    def __add__(self, other: "Load") -> "Load":
        return Load(
            self.logged + other.logged, self.outside + other.outside, self.holiday + other.holiday
        )


@dataclass(frozen=True)
class SectionLoad:
    """`whole` is None where it would be one person's figures: of fewer than three people, or of one
    besides the manager and those who are named. `people` are all of them, `alone` those above
    ALONE, by their ids.
    """

    people: list[int]
    whole: Load | None
    alone: dict[int, Load]


@dataclass(frozen=True)
class LoneEntry:
    """Goodwill work or work outside hours that nobody else is known to know of."""

    pk: int
    person: int
    customer: int
    customer_name: str
    day: datetime.date
    recorded_at: datetime.datetime
    minutes: int
    is_favor: bool
    beyond: int


@dataclass(frozen=True)
class LoneWork:
    """The entries that raise the question whether somebody carries something alone, `since` the
    moment at which the third was recorded.
    """

    person: int
    since: datetime.datetime
    entries: list[LoneEntry]


_LOADS = f"""
SELECT a.staff_id, date_trunc('month', s.day)::date, sum(s.minutes)::int,
       coalesce(sum(h.outside), 0)::int, coalesce(sum(h.holiday), 0)::int
FROM customers_activity a
JOIN customers_activityslice s ON s.activity_id = a.id AND s.day >= %(since)s AND s.day < %(until)s
LEFT JOIN {EFFECTIVE} AS h ON {OURS}
WHERE a.staff_id = ANY(%(people)s) AND a.withdrawn_at IS NULL
  AND a.day >= %(since)s::date - 2 AND a.day < %(until)s
GROUP BY 1, 2
"""

_LONE = f"""
SELECT a.id, a.staff_id, a.customer_id, c.name, a.day, a.recorded_at, a.minutes,
       f.id IS NOT NULL, coalesce(beyond.minutes, 0)::int
FROM customers_activity a
JOIN customers_customer c ON c.id = a.customer_id
LEFT JOIN customers_favor f ON f.activity_id = a.id AND f.withdrawn_at IS NULL
LEFT JOIN LATERAL (
    SELECT sum(h.outside + h.holiday) AS minutes
    FROM customers_activityslice s CROSS JOIN {EFFECTIVE} AS h
    WHERE s.activity_id = a.id AND s.start_minute IS NOT NULL AND {OURS}
) AS beyond ON true
WHERE a.staff_id = ANY(%(people)s) AND a.withdrawn_at IS NULL
  AND a.day > %(since)s AND a.day <= %(on)s
  AND (f.id IS NOT NULL OR beyond.minutes > {TOLERANCE})
  AND a.extension_id IS NULL AND coalesce(f.told_id, a.staff_id) = a.staff_id
  AND NOT EXISTS (
      SELECT FROM customers_loneworkanswer w
      WHERE w.person_id = a.staff_id AND w.answered_at >= a.recorded_at)
  AND NOT EXISTS (
      SELECT FROM firm_auditevent q
      WHERE q.subject_kind = 'activity' AND q.subject_id = a.id AND q.code = 'entry_question')
  AND NOT EXISTS (
      SELECT FROM customers_activity o
      WHERE o.customer_id = a.customer_id AND o.staff_id <> a.staff_id
        AND o.withdrawn_at IS NULL AND o.day > a.day - 30 AND o.day <= a.day + 30)
ORDER BY a.staff_id, a.day, a.recorded_at, a.id
"""


def loads_of(
    people: Collection[int], *, since: datetime.date, until: datetime.date
) -> dict[tuple[int, datetime.date], Load]:
    """By person and month; `[since, until)` are whole months. Where nothing was logged there is
    no load.
    """
    values: dict[str, Any] = {"people": list(people), "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_LOADS, values)
        return {(person, month): Load(*minutes) for person, month, *minutes in cursor.fetchall()}


def section_of(manager: int, below: Collection[int], *, on: datetime.date) -> list[int]:
    """The manager and the people whose nearest superior that is, among those `below`."""
    nearest = managers_of([person for person in below if person != manager], on=on)
    juniors = [person for person, superior in nearest.items() if superior == manager]
    return [manager, *sorted(juniors)] if juniors else []


def load_of_section(people: list[int], *, manager: int, month: datetime.date) -> SectionLoad:
    """The sum of a section's people, the manager among them, and who carries too much."""
    loads = loads_of(people, since=month, until=add_months(month, 1))
    alone = {
        person: load
        for (person, _month), load in loads.items()
        if person != manager and load.beyond > ALONE
    }
    unnamed = len(people) - 1 - len(alone)
    is_several = len(people) >= FEWEST_PEOPLE and unnamed != 1
    return SectionLoad(people, sum(loads.values(), Load()) if is_several else None, alone)


def lone_work_of(people: Collection[int], *, on: datetime.date) -> list[LoneWork]:
    """Three such entries or more within 30 days that the person has not answered for."""
    by_person: dict[int, list[LoneEntry]] = defaultdict(list)
    values: dict[str, Any] = {"people": list(people), "since": on - LOOKED_BACK, "on": on}
    with connection.cursor() as cursor:
        cursor.execute(_LONE, values)
        for row in cursor.fetchall():
            entry = LoneEntry(*row)
            by_person[entry.person].append(entry)
    found = [_lone_work(person, entries) for person, entries in by_person.items()]
    return [work for work in found if work is not None]


def _lone_work(person: int, entries: list[LoneEntry]) -> LoneWork | None:
    """`entries` ascending by day."""
    for last in range(REPEATED, len(entries) + 1):
        run = entries[last - REPEATED : last]
        if run[-1].day - run[0].day < WINDOW:
            return LoneWork(person, max(entry.recorded_at for entry in run), entries)
    return None


def overdue(works: Collection[LoneWork], *, on: datetime.date) -> list[LoneWork]:
    """Those that the manager hears of: on the sixth business day, after five without an answer."""
    if not works:
        return []
    since = {work.person: firm_date(work.since) for work in works}
    worked = business_days(since=min(since.values()), until=on + ONE_DAY)
    return [
        work for work in works if sum(day >= since[work.person] for day in worked) > ANSWER_WITHIN
    ]
