"""The demo's nights: from the first full window on a month at a time, then today's."""

import datetime
import io

from django.core.management import call_command

from escalation.demo import draft, exceptions, flags
from firm.dates import add_months, firm_date


def run(
    first: datetime.date, last: datetime.date, *, t: datetime.date, now: datetime.datetime
) -> None:
    """The nights of the firsts of the months from `first` to `last`, and what people did after
    some of them; `t` is the last business day.
    """
    for number, night in enumerate(flags.nights(last)):
        _nightly(f"--from={first}", f"--to={night}", "--monthly")
        flags.act(night=number, on=night, now=now)
        first = add_months(night, 1)
    exceptions.make(t=t, now=now)
    _nightly(f"--date={firm_date(now)}")
    draft.make(now=now)


def _nightly(*arguments: str) -> None:
    call_command("nightly", *arguments, stdout=io.StringIO())
