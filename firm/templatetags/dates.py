"""Dates and times in templates: `{% load dates %}`, then `{{ customer.started_on|day }}`."""

import datetime
from collections.abc import Callable

from django import template

from firm import formats

register = template.Library()


def _or_dash(write: Callable) -> Callable[[datetime.date | None], str]:
    return lambda value: write(value) if value else "—"


register.filter("day", _or_dash(formats.day))
register.filter("short_day", _or_dash(formats.short_day))
register.filter("full_day", _or_dash(formats.full_day))
register.filter("month", _or_dash(formats.month))
register.filter("clock", _or_dash(formats.clock))
register.filter("moment", _or_dash(formats.moment))
register.filter("full_moment", _or_dash(formats.full_moment))


@register.filter
def iso(value: datetime.date | None) -> str:
    """For `<time datetime="…">`."""
    return value.isoformat() if value else ""
