"""What happened with a customer, the newest first: entries of the service log, goodwill, goals,
contracts, scope checks, and what higher apps add by dotted names (settings.TIMELINE_SOURCES).
"""

import datetime
from collections.abc import Sequence
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from customers.timeline.sources import OWN, SHARED_WORK
from firm.business_time import ONE_DAY
from firm.dates import start_of_day
from firm.timeline import Group, Page, Source, page_of

__all__ = ["groups", "timeline_of"]


def timeline_of(
    customer_id: int,
    *,
    until: datetime.date,
    shared: bool = False,
    group: str = "",
    after: str = "",
    size: int = 50,
) -> Page:
    """Events up to the end of the day `until`; while the screen is `shared`, none that are for
    ourselves. Raises Refused where the cursor `after` is none of ours.
    """
    end = start_of_day(until + ONE_DAY)
    return page_of(
        _sources(shared=shared), customer_id, until=end, group=group, after=after, size=size
    )


def groups(*, shared: bool = False) -> list[Group]:
    """What can be asked for alone, each once, in order."""
    return list(dict.fromkeys(source.group for source in _sources(shared=shared)))


def _sources(*, shared: bool) -> list[Source]:
    every = [*OWN, *_others()]
    if not shared:
        return every
    return [SHARED_WORK, *(source for source in every if not source.is_internal)]


@cache
def _others() -> Sequence[Source]:
    return [import_string(name) for name in settings.TIMELINE_SOURCES]
