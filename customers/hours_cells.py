"""The hours bars in the rows of the customer list: hours used this month beside those included.

One question for all rows, and only about customers whose file the reader has. It takes longer
than the rest of the page, which is why the page asks for it once it is there.
"""

import datetime
from collections.abc import Iterable, Mapping
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from customers.consumption.hours import hours_of
from customers.consumption.shown import HoursBar
from customers.listing import Row
from firm.scope import Scope
from firm.templatetags.ui import sign

Bars = Mapping[int, HoursBar]


def readable(rows: Iterable[Row], scope: Scope) -> list[int]:
    """The customers whose hours the reader may see."""
    return [row.pk for row in rows if scope.has_file(row.owner_id, row.backup_id)]


def bars_of(customers: list[int], *, on: datetime.date) -> Bars:
    """Of the month of the day, up to that day; customers without an hours term have none."""
    found = hours_of(customers, on=on) if customers else {}
    return {pk: HoursBar(hours, on) for pk, hours in found.items() if hours.has_terms}


def place(customer: int) -> str:
    """Where a row's bar will stand."""
    return f'<span id="hours-{customer}"></span>'


def swaps(customers: list[int], bars: Bars) -> SafeString:
    """For htmx: what belongs into the place of each of these customers."""
    return mark_safe(
        "".join(
            f'<span id="hours-{pk}" hx-swap-oob="true">{written(bars.get(pk))}</span>'
            for pk in customers
        )
    )


def written(bar: HoursBar | None, *, is_shared: bool = False) -> SafeString:
    """The bar with 81.0 / 148.5 h behind it: used, the forecast paler, a line at the part of the
    business days that is gone. What lies beyond the contract is marked, but not where others look
    on.
    """
    if bar is None:
        return mark_safe('<span class="absent">—</span>')
    is_over = bar.hours.beyond > 0 and not is_shared
    words = f"<b>{bar.used:.1f}</b> <small>/ {bar.included:.1f} h</small>"
    if is_over:
        beyond = escape(_("beyond the contract"))
        words = f'{sign("over")} {words}<span class="visually-hidden"> {beyond}</span>'
    css = "hours hours-over" if is_over else "hours"
    return mark_safe(
        f'<span class="{css}">{_drawn(bar, is_over=is_over)}<span>{words}</span></span>'
    )


def _drawn(bar: HoursBar, *, is_over: bool) -> str:
    length = bar.within_length if is_over or not bar.hours.beyond else 100
    drawn = (
        '<svg class="bar" aria-hidden="true" focusable="false">'
        '<rect class="bar-track" width="100%" height="100%"/>'
        f'<rect class="bar-forecast" width="{bar.forecast_length:.2f}%" height="100%"/>'
        f'<rect class="bar-used" width="{length:.2f}%" height="100%"/>'
    )
    if is_over:
        drawn += (
            f'<rect class="bar-over" x="{bar.over_from:.2f}%"'
            f' width="{bar.over_length:.2f}%" height="100%"/>'
        )
    if bar.today_at is not None:
        at = f"{bar.today_at:.2f}%"
        drawn += f'<line class="bar-today" x1="{at}" x2="{at}" y1="-2" y2="10"/>'
    return drawn + "</svg>"
