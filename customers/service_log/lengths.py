"""Lengths of time as people type them: 90, 1.5h, 1:30, 1時間半."""

import re
import unicodedata

HOUR = 60
_MINUTES = re.compile(r"(\d{1,4})(?:m|min|分)?")
_HOURS = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?|[.,]\d{1,2})(?:h|時間)?")
_BOTH = re.compile(r"(\d{1,2})(?::|h|時間)(\d{1,2})(?:m|min|分)?")


class BadLength(ValueError):
    """It does not say how long."""


def read_minutes(typed: str) -> int:
    """A whole number alone is minutes, one with a fraction or an `h` hours, to whole minutes.

    Raises BadLength for anything else. Whether so much can be logged is not asked here.
    """
    plain = unicodedata.normalize("NFKC", typed).replace(" ", "").lower()
    plain = plain.replace("時間半", "時間30")
    if found := _MINUTES.fullmatch(plain):
        return int(found[1])
    if found := _BOTH.fullmatch(plain):
        if int(found[2]) < HOUR:
            return int(found[1]) * HOUR + int(found[2])
    elif found := _HOURS.fullmatch(plain):
        return round(float(found[1].replace(",", ".")) * HOUR)
    raise BadLength
