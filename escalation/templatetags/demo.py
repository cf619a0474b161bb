"""`{% load demo %}`: what the demo's strip says besides that it is one."""

import datetime

from django import template

from firm.dates import add_months, first_of_month, today

register = template.Library()


@register.simple_tag
def demo_month_past(latest_closed: datetime.date | None) -> datetime.date | None:
    """The month the demo plays in, once that month is over: then its last closed month is no
    longer the last one, and it wants to be loaded again.
    """
    if latest_closed is None:
        return None
    month = add_months(latest_closed, 1)
    return month if month < first_of_month(today()) else None
