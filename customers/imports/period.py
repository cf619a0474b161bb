"""The period of `--replace`, as people write it: 2026-04..2026-09, the end included."""

import datetime
import re

from django.utils.translation import gettext as _

from firm.dates import add_months
from firm.refusals import Refused

_ENDS = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


def read_period(written: str) -> tuple[datetime.date, datetime.date]:
    """Half-open `[from, until)`. Months and days may be mixed. Raises Refused."""
    first, separator, last = written.partition("..")
    try:
        start, end = _span(first)[0], _span(last)[1]
    except ValueError:
        separator = ""
    if not separator:
        raise Refused(
            _(
                "“%(period)s” is not a period. Write it as 2026-04..2026-09 or "
                "2026-04-01..2026-09-30."
            )
            % {"period": written}
        )
    return check_period(start, end)


def check_period(start: datetime.date, end: datetime.date) -> tuple[datetime.date, datetime.date]:
    if end <= start:
        raise Refused(_("The period to replace ends before it begins."))
    return start, end


def _span(written: str) -> tuple[datetime.date, datetime.date]:
    """First day of a month or day, and the day after its last."""
    match = _ENDS.fullmatch(written.strip())
    if match is None:
        raise ValueError(written)
    year, month, day = match.groups()
    first = datetime.date(int(year), int(month), int(day or 1))
    return first, first + datetime.timedelta(days=1) if day else add_months(first, 1)
