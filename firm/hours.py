"""Hours as people type and read them: 09:00-12:00, 13:00-18:00."""

import re
from collections.abc import Iterable
from itertools import groupby, pairwise

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from firm import text
from firm.business_time import MINUTES_A_DAY, Hours, Week

SPAN = re.compile(r"(\d{1,2})[:時](\d{2})?分?-(\d{1,2})[:時](\d{2})?分?")
DASHES = str.maketrans("~−ー", "---")


def read(typed: str) -> tuple[Hours, ...]:
    """Several are separated by commas; an empty text is no hours. Full width is as good.

    Raises ValueError where it is not hours, or where they overlap.
    """
    parts = re.split("[,、;]", text.fold(typed).translate(DASHES).replace(" ", ""))
    found = tuple(sorted(_span(part) for part in parts if part))
    if overlap(found):
        raise ValueError(typed)
    return found


def _span(part: str) -> Hours:
    match = SPAN.fullmatch(part)
    if not match:
        raise ValueError(part)
    hour, minute, until_hour, until_minute = (int(number or 0) for number in match.groups())
    if minute > 59 or until_minute > 59:
        raise ValueError(part)
    return Hours(hour * 60 + minute, until_hour * 60 + until_minute)


def overlap(hours: tuple[Hours, ...]) -> bool:
    """Whether two of them share a minute; ascending, as `read` returns them."""
    return any(before.end > after.opens for before, after in pairwise(hours))


def clock(minute: int) -> str:
    """09:00; 24:00 is the end of the day."""
    return f"{minute // 60:02}:{minute % 60:02}"


def written(hours: tuple[Hours, ...]) -> str:
    """As `read` takes it."""
    return ", ".join(f"{clock(span.opens)}-{clock(span.closes)}" for span in hours)


def in_words(hours: tuple[Hours, ...]) -> str:
    """09:00–12:00, 22:00–06:00 of the next day; Closed."""
    return spans_in_words((span.opens, span.end) for span in hours)


def spans_in_words(spans: Iterable[tuple[int, int]]) -> str:
    """From and until in minutes after a midnight; beyond 1440 is the next day."""
    between = pgettext("between hours", ", ")
    return between.join(_span_in_words(*span) for span in spans) or _("Closed")


def _span_in_words(opens: int, end: int) -> str:
    if (opens, end) == (0, MINUTES_A_DAY):
        return _("all day")
    if end > MINUTES_A_DAY:
        words = {"opens": clock(opens), "closes": clock(end - MINUTES_A_DAY)}
        return _("%(opens)s–%(closes)s of the next day") % words
    return _("%(opens)s–%(closes)s") % {"opens": clock(opens), "closes": clock(end)}


def weekday_names() -> list[str]:
    """Short, Monday first."""
    return [
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    ]


def week_in_words(week: Week) -> list[tuple[str, str]]:
    """Days that are alike stand together: (Mon–Fri, 09:00–18:00 (break 12:00–13:00))."""
    names = weekday_names()
    days = list(enumerate(zip(week.hours, week.breaks, strict=True)))
    found = []
    for (hours, breaks), group in groupby(days, key=lambda day: day[1]):
        numbers = [number for number, _alike in group]
        label = names[numbers[0]]
        if len(numbers) > 1:
            label = _("%(first)s–%(last)s") % {"first": label, "last": names[numbers[-1]]}
        said = in_words(hours)
        if hours and breaks:
            said = _("%(hours)s (break %(breaks)s)") % {"hours": said, "breaks": in_words(breaks)}
        found.append((label, said))
    return found
