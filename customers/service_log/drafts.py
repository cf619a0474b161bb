"""Entries proposed from a person's own calendar or hours file, to be ticked in."""

import datetime
import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from customers.imports.columns import Column
from customers.imports.errors import BadValue, Unreadable
from customers.imports.reading import Record, Table, open_table
from customers.imports.wording import file_sentence, line_sentence
from customers.service_log.entries import moment_of
from customers.service_log.matching import Matcher
from firm.business_time import MINUTES_A_DAY
from firm.dates import firm_date
from firm.ics import LARGEST_FILE
from firm.ics_events import timed_events
from firm.models import User
from firm.refusals import Refused
from firm.scope import Scope

CALENDAR, HOURS = "calendar", "hours"
SPAN = datetime.timedelta(days=92)  # how far back a file is read
MOST_LINES = 1000
MOST_PROBLEMS = 5  # told one by one
TITLE = 200


@dataclass(frozen=True)
class Proposal:
    """What a draft is made from. `source_id` names it in its source, so that what was taken or
    left out once is not proposed again.
    """

    source: str
    source_id: str
    customer: int | None
    day: datetime.date
    started_at: datetime.datetime | None
    minutes: int
    title: str


@dataclass
class Found:
    """`problems` are sentences about what could not be read, `older` counts what lies too far
    back or in the future.
    """

    proposals: list[Proposal] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    older: int = 0


def read_file(
    data: bytes, *, name: str, person: User, scope: Scope, now: datetime.datetime
) -> Found:
    """By the file's ending. Raises Refused for what can't be read as a whole."""
    if len(data) > LARGEST_FILE:
        raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": LARGEST_FILE >> 20})
    matcher = Matcher(scope)
    if Path(name).suffix.lower() in (".ics", ".ical", ".ifb"):
        return _from_calendar(data, person, matcher, now)
    return _from_hours(data, name, matcher, now)


def _from_calendar(data: bytes, person: User, matcher: Matcher, now: datetime.datetime) -> Found:
    """What has begun by now: of things to come nobody knows how long they took."""
    events = timed_events(
        data,
        since=now - SPAN,
        until=now,
        zone=ZoneInfo(person.time_zone),
        own_address=person.email or "",
    )
    found = Found(
        [
            Proposal(
                source=CALENDAR,
                source_id=_short(f"{event.uid} {event.original.isoformat()}"),
                customer=matcher.match(event.title, event.text, addresses=event.addresses),
                day=firm_date(event.start),
                started_at=event.start,
                minutes=event.minutes,
                title=event.title,
            )
            for event in events.found
        ]
    )
    if events.unread:
        found.problems.append(
            _("Entries whose repetition cannot be read: %(count)s") % {"count": events.unread}
        )
    return found


def _from_hours(data: bytes, name: str, matcher: Matcher, now: datetime.datetime) -> Found:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            table = open_table(Path(file.name), file_name=name, kind=HOURS)
            try:
                return _lines(table, matcher, now)
            finally:
                table.close()
        except Unreadable as unreadable:
            raise Refused(file_sentence(unreadable.refusal)) from None


def _lines(table: Table, matcher: Matcher, now: datetime.datetime) -> Found:
    """Lines that say the same are told apart by their place among their like."""
    found, alike = Found(), Counter[str]()
    total = 0
    for record in table.records:
        if not any(cell.strip() for cell in record[1]):
            continue
        total += 1
        if total > MOST_LINES:
            raise Unreadable("too_many_lines", most=f"{MOST_LINES:,}")
        try:
            line = _line(table.header.columns, record)
        except BadValue as bad:
            sentence = line_sentence(bad.code, bad.data)
            found.problems.append(
                _("Line %(line)s: %(sentence)s") % {"line": record[0], "sentence": sentence}
            )
            continue
        if not firm_date(now - SPAN) <= line.day <= firm_date(now):
            found.older += 1
            continue
        alike[line.said] += 1
        found.proposals.append(line.proposal(matcher, alike[line.said]))
    if not total:
        raise Unreadable("no_lines")
    return found


@dataclass(frozen=True)
class _Line:
    """A line of an hours file, read."""

    said: str
    customer: str
    day: datetime.date
    started_at: datetime.datetime | None
    minutes: int
    title: str

    def proposal(self, matcher: Matcher, number: int) -> Proposal:
        return Proposal(
            source=HOURS,
            source_id=_short(f"{self.said} {number}"),
            customer=matcher.match(self.customer, self.title),
            day=self.day,
            started_at=self.started_at,
            minutes=self.minutes,
            title=self.title,
        )


def _line(columns: dict[int, Column], record: Record) -> _Line:
    """Raises BadValue, with the cell as it is written."""
    cells = dict(_cells(columns, record[1]))
    if not cells.get("date"):
        raise BadValue("required")
    day = datetime.date.fromisoformat(cells["date"])
    minutes = int(cells.get("minutes") or cells.get("hours") or 0)
    if not 1 <= minutes <= MINUTES_A_DAY:
        raise BadValue("not_minutes", value=minutes, most=f"{MINUTES_A_DAY:,}")
    start = cells.get("start", "")
    return _Line(
        said="\n".join(f"{name}={value}" for name, value in sorted(cells.items())),
        customer=" ".join(filter(None, [cells.get("customer_code"), cells.get("customer")])),
        day=day,
        started_at=moment_of(day, datetime.time.fromisoformat(start)) if start else None,
        minutes=minutes,
        title=cells.get("title", "")[:TITLE],
    )


def _cells(columns: dict[int, Column], cells: list[str]) -> Iterator[tuple[str, str]]:
    for place, column in columns.items():
        written = cells[place].strip() if place < len(cells) else ""
        try:
            if written:
                yield column.name, column.read(written)
        except BadValue as bad:
            raise BadValue(bad.code, value=written[:40], **bad.data) from None


def told(problems: Iterable[str]) -> list[str]:
    """The first few, and how many more there are."""
    sentences = list(problems)
    more = len(sentences) - MOST_PROBLEMS
    rest = [_("… and %(more)s more") % {"more": more}] if more > 0 else []
    return sentences[:MOST_PROBLEMS] + rest


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]
