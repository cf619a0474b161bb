"""One list merged of several sources, the newest first, in pages: what happened, from everywhere.

Each source gives its newest rows behind a cursor; the database merges them in one statement, so
that a page costs the same however many sources or rows there are.
"""

import datetime
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField, F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from firm.dates import firm_date
from firm.refusals import Refused


@dataclass(frozen=True)
class Group:
    """What a reader can ask for alone: `code` stands in the address."""

    code: str
    label: str | Promise


@dataclass(frozen=True)
class Told:
    """What a row says. `quote` is the customer's own words; `marks` are one or two words each."""

    kind: str
    title: str
    detail: str = ""
    quote: str = ""
    who: str = ""
    marks: tuple[str, ...] = ()
    href: str = ""
    is_key: bool = False
    has_time: bool = True


@dataclass(frozen=True)
class Source:
    """Rows of one kind about one subject.

    `at` is when each happened, an aware moment; `columns` are read as JSON (dates come as ISO
    text) and handed to `tell`. Where `day` names a date column, it is the firm's date of `at` and
    the first column of the index that finds the newest rows. `is_internal` sources are left out
    while the screen is shared.
    """

    code: str
    group: Group
    rows: Callable[[int], QuerySet[Any]]
    at: Combinable
    columns: dict[str, Any]
    tell: Callable[[dict[str, Any]], Told]
    day: str = ""
    is_internal: bool = False


@dataclass(frozen=True)
class Event:
    at: datetime.datetime
    source: Source
    pk: int
    told: Told

    @property
    def ref(self) -> str:
        return f"{self.source.code}-{self.pk}"

    @property
    def group(self) -> Group:
        return self.source.group


@dataclass(frozen=True)
class Page:
    """`after` is the cursor of the following page, empty on the last one."""

    events: list[Event] = field(default_factory=list)
    after: str = ""


def midnight_of(day: str) -> Func:
    """The moment at which a date column's day begins in the firm's zone."""
    stamp = Func(F(day), template="(%(expressions)s)::timestamp")
    zone = Value(settings.FIRM_TIME_ZONE)
    return Func(zone, stamp, function="timezone", output_field=DateTimeField())


def page_of(
    sources: Sequence[Source],
    subject: int,
    *,
    until: datetime.datetime,
    group: str = "",
    after: str = "",
    size: int = 50,
) -> Page:
    """`size` events before `until` and behind the cursor `after`, of one group where one is named.

    One query. Raises Refused where the cursor is none of ours.
    """
    behind = _read(after, sources) if after else None
    parts = [
        _part(source, place, subject, until=until, behind=behind, wanted=size + 1)
        for place, source in enumerate(sources)
        if group in ("", source.group.code)
    ]
    if not parts:
        return Page()
    rows = list(_merged(parts, size + 1))
    events = [
        Event(moment, sources[place], ref, sources[place].tell(said))
        for moment, place, ref, said in rows[:size]
    ]
    return Page(events, _cursor(events[-1]) if len(rows) > size else "")


def _merged(parts: Sequence[QuerySet[Any]], wanted: int) -> QuerySet[Any]:
    first, *others = parts
    if not others:
        return first
    return first.union(*others, all=True).order_by("-moment", "-place", "-ref")[:wanted]


def _part(
    source: Source,
    place: int,
    subject: int,
    *,
    until: datetime.datetime,
    behind: tuple[datetime.datetime, int, int] | None,
    wanted: int,
) -> QuerySet[Any]:
    rows = source.rows(subject).annotate(
        moment=source.at,
        place=Value(place, output_field=IntegerField()),
        ref=F("pk"),
        said=JSONObject(**source.columns),
    )
    rows = rows.filter(moment__lt=until)
    newest = until
    if behind is not None:
        moment, other, pk = behind
        newest = min(until, moment)
        rows = rows.filter(_follows(place, moment, other, pk))
    order = ["-moment", "-pk"]
    if source.day:
        rows = rows.filter(**{f"{source.day}__lte": firm_date(newest)})
        order.insert(0, f"-{source.day}")
    return rows.order_by(*order).values_list("moment", "place", "ref", "said")[:wanted]


def _follows(place: int, moment: datetime.datetime, other: int, pk: int) -> Q:
    """Rows of the source at `place` that come after row `pk` of the source at `other`."""
    if place > other:
        return Q(moment__lt=moment)
    if place < other:
        return Q(moment__lte=moment)
    return Q(moment__lt=moment) | Q(moment=moment, pk__lt=pk)


def _cursor(event: Event) -> str:
    text = json.dumps([event.at.isoformat(), event.source.code, event.pk])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, sources: Sequence[Source]) -> tuple[datetime.datetime, int, int]:
    places = {source.code: place for place, source in enumerate(sources)}
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, code, pk = json.loads(text)
        at = datetime.datetime.fromisoformat(moment)
        if at.tzinfo is None or type(pk) is not int or not 0 < pk < 2**63:
            raise ValueError
        # What has no such moment in UTC was never ours.
        return at.astimezone(datetime.UTC), places[code], pk
    except (ValueError, TypeError, LookupError, RecursionError, OverflowError):
        raise Refused(_("This page of the list does not exist. Start again at its top.")) from None
