"""Entries with a time of day out of a calendar file (.ics): what somebody did and with whom."""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import icalendar
from django.utils.translation import gettext as _

from firm.ics import Patience, Unreadable, events_of, repeated, text_of
from firm.refusals import Refused

MOST_EVENTS = 500
LONGEST = datetime.timedelta(days=1)
# Nobody meets every minute; such a rule would only keep us counting.
TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")


@dataclass(frozen=True)
class Event:
    """One occurrence. `uid` and `original` name it, also after it was moved; `addresses` are the
    e-mail addresses of everybody invited, in lower case.
    """

    uid: str
    original: datetime.datetime
    start: datetime.datetime
    minutes: int
    title: str
    text: str
    addresses: frozenset[str]


@dataclass(frozen=True)
class _Question:
    """What is looked for: beginnings in `[since, until)`. Times without a zone are of `zone`."""

    since: datetime.datetime
    until: datetime.datetime
    zone: ZoneInfo
    own_address: str
    patience: Patience


class Events(NamedTuple):
    """Ascending by start, and how many entries of the file could not be read."""

    found: list[Event]
    unread: int


def timed_events(
    data: bytes,
    *,
    since: datetime.datetime,
    until: datetime.datetime,
    zone: ZoneInfo,
    own_address: str = "",
) -> Events:
    """What begins in `[since, until)`, repeated ones each time they come. Times without a zone
    are of `zone`. Whole days, cancelled entries, those over a day and those that the person of
    `own_address` declined are left out.

    Raises Refused for what is no calendar file, or holds too much.
    """
    by_uid: defaultdict[str, list[Any]] = defaultdict(list)
    for event in events_of(data):
        by_uid[str(event.get("uid", "")) or str(event.get("summary", ""))].append(event)
    question = _Question(since, until, zone, own_address.lower(), Patience())
    found: dict[tuple[str, datetime.datetime], Event] = {}
    unread = 0
    for uid, events in by_uid.items():
        try:
            for event in _occurrences(uid, events, question):
                found[event.uid, event.original] = event
        except (Unreadable, OverflowError):
            unread += 1
        if len(found) > MOST_EVENTS:
            raise Refused(
                _("The file holds more than %(most)s entries of this time. Export fewer.")
                % {"most": MOST_EVENTS}
            )
    return Events(sorted(found.values(), key=lambda event: (event.start, event.uid)), unread)


def _occurrences(uid: str, events: list[Any], question: _Question) -> Iterator[Event]:
    """Of all the entries with one uid: the first says the repetition, the others single changes."""
    changed = {
        moment: event
        for event in events
        if (moment := _moment(event.get("recurrence-id"), question.zone)) is not None
    }
    masters = [event for event in events if event.get("recurrence-id") is None]
    for event in masters:
        question.patience.check()
        for start in _starts(event, question):
            if start not in changed and question.since <= start < question.until:
                yield from _event(uid, event, start, start, question)
    for original, event in changed.items():
        moved = _moment(event.get("dtstart"), question.zone)
        if moved is not None and question.since <= moved < question.until:
            yield from _event(uid, event, original, moved, question)


def _event(
    uid: str,
    event: Any,
    original: datetime.datetime,
    start: datetime.datetime,
    question: _Question,
) -> Iterator[Event]:
    minutes = _minutes(event, question.zone)
    is_cancelled = str(event.get("status", "")).upper() == "CANCELLED"
    if is_cancelled or not minutes or question.own_address in _declined(event):
        return
    yield Event(
        uid=uid,
        original=original.astimezone(datetime.UTC),
        start=start.astimezone(datetime.UTC).replace(second=0, microsecond=0),
        minutes=minutes,
        title=text_of(event, "summary")[:200],
        text=str(event.get("description", ""))[:5000],
        addresses=frozenset(_address(person) for person in _people(event)),
    )


def _starts(event: Any, question: _Question) -> Iterator[datetime.datetime]:
    """Its own beginning and those of its rule, without the exceptions; none for a whole day."""
    zone = question.zone
    start = _moment(event.get("dtstart"), zone)
    if start is None:
        return
    excepted = set(_moments(event.get("exdate"), zone))
    rule = event.get("rrule")
    # The rule counts on the clock of its own zone, so that 10:00 stays 10:00 over a DST change.
    local = [start.replace(tzinfo=None)]
    if isinstance(rule, icalendar.vRecur):
        until = question.until.astimezone(start.tzinfo).replace(tzinfo=None)
        local = list(_repeated(rule, start, until))
    moments = [moment.replace(tzinfo=start.tzinfo) for moment in local]
    moments += _moments(event.get("rdate"), zone)
    yield from sorted({moment for moment in moments if moment not in excepted})


def _repeated(
    rule: icalendar.vRecur, start: datetime.datetime, until: datetime.datetime
) -> Iterable[datetime.datetime]:
    """Raises Unreadable for a rule that cannot be counted."""
    if str(rule.get("FREQ", [""])[0]).upper() in TOO_OFTEN:
        raise Unreadable
    text = re.sub(
        r"UNTIL=(\d{8})(?:T(\d{6})(Z?))?",
        lambda match: f"UNTIL={_end(match, start):%Y%m%dT%H%M%S}",
        rule.to_ical().decode(),
    )
    moments = repeated(rule, text, start.replace(tzinfo=None))
    return takewhile(lambda moment: moment < until, moments)


def _end(match: "re.Match[str]", start: datetime.datetime) -> datetime.datetime:
    """The end of a rule on the clock of its beginning; a day includes its evening."""
    try:
        end = datetime.datetime.strptime(match[1] + (match[2] or "235959"), "%Y%m%d%H%M%S")
    except ValueError:
        raise Unreadable from None
    if match[3]:
        end = end.replace(tzinfo=datetime.UTC).astimezone(start.tzinfo).replace(tzinfo=None)
    return end


def _minutes(event: Any, zone: ZoneInfo) -> int:
    """0 for what has no length, ends before it begins, or takes longer than a day."""
    start, end = _moment(event.get("dtstart"), zone), _moment(event.get("dtend"), zone)
    duration = _value(event.get("duration"))
    length = datetime.timedelta(0)
    if start is not None and end is not None:
        length = end - start
    elif isinstance(duration, datetime.timedelta):
        length = duration
    return int(length.total_seconds()) // 60 if datetime.timedelta(0) < length <= LONGEST else 0


def _moment(property: Any, zone: ZoneInfo) -> datetime.datetime | None:
    """Aware; None for a day, or for what is missing or unreadable."""
    return _aware(_value(property), zone)


def _moments(property: Any, zone: ZoneInfo) -> list[datetime.datetime]:
    lists = property if isinstance(property, list) else [property]
    values = [
        entry.dt for dates in lists if isinstance(dates, icalendar.vDDDLists) for entry in dates.dts
    ]
    return [moment for value in values if (moment := _aware(value, zone)) is not None]


def _aware(value: Any, zone: ZoneInfo) -> datetime.datetime | None:
    if not isinstance(value, datetime.datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _value(property: Any) -> Any:
    readable = isinstance(property, icalendar.vDDDTypes | icalendar.vDuration)
    return property.dt if readable else None


def _people(event: Any) -> list[Any]:
    found = []
    for name in ("attendee", "organizer"):
        people = event.get(name, [])
        found += people if isinstance(people, list) else [people]
    return found


def _address(person: Any) -> str:
    return str(person).lower().removeprefix("mailto:").strip()


def _declined(event: Any) -> set[str]:
    return {
        _address(person)
        for person in _people(event)
        if str(getattr(person, "params", {}).get("PARTSTAT", "")).upper() == "DECLINED"
    }
