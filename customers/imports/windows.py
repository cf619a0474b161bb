"""Support hours in one cell: Mon-Fri 10:00-18:00, 平日 9:00-12:00,13:00-17:00."""

import re

from firm import hours, text
from firm.business_time import Week

NAMES = {
    **dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), range(7), strict=True)),
    **dict(zip("月火水木金土日", range(7), strict=True)),
}
DAYS = "|".join(NAMES)
WRITTEN = re.compile(
    rf"(?:(?P<first>{DAYS})(?:-(?P<last>{DAYS}))?|(?P<work>平日))曜?日?\s*(?P<hours>\d.*)"
)


def week_of(written: str) -> Week | None:
    """The week of a cell; None where it isn't hours by weekday."""
    plain = text.fold(written).translate(hours.DASHES)
    match = WRITTEN.fullmatch(plain)
    if match is None:
        return None
    first = 0 if match["work"] else NAMES[match["first"]]
    last = 4 if match["work"] else NAMES[match["last"] or match["first"]]
    try:
        spans = hours.read(match["hours"])
    except ValueError:
        return None
    if last < first or not spans:
        return None
    return Week(hours=tuple(spans if first <= day <= last else () for day in range(7)))
