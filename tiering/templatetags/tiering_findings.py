"""Flags on pages: `{% load tiering_findings %}`. None of it in screen-share mode."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django import template
from django.urls import reverse
from django.utils import dateformat
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers.models import Customer
from firm import access, formats
from firm.business_time import ONE_DAY
from firm.dates import today
from firm.fragments import written
from firm.templatetags.ui import SIGNS
from tiering.beside_rows import Beside, beside_rows
from tiering.chips import Chip
from tiering.flags import words
from tiering.flags.of_customers import on_file, points, side_of
from tiering.flags.rule_words import severity_in_words
from tiering.models import Finding
from tiering.servicing.rules import STANDARD
from tiering.status import frame_of
from tiering.visibility import OTHERS_LATER

register = template.Library()

# On the button, above the dialog, and what follows from it.
LABELS: dict[str, Promise] = {
    "acknowledge": gettext_lazy("Acknowledge"),
    "start": gettext_lazy("Start on it"),
    "resolve": gettext_lazy("Resolve"),
    "accept": gettext_lazy("Accept until a day"),
}
TITLES: dict[str, Promise] = {
    "acknowledge": gettext_lazy("Acknowledge this flag?"),
    "start": gettext_lazy("Start on this flag?"),
    "resolve": gettext_lazy("Resolve this flag?"),
    "accept": gettext_lazy("Accept this flag until a day?"),
}
FOLLOWS: dict[str, Promise] = {
    "acknowledge": gettext_lazy("It stays on the board, with your name and the day."),
    "start": gettext_lazy(
        "It stays on the board as in progress, with your name and what you wrote."
    ),
    "resolve": gettext_lazy(
        "What the last night saw of it counts as settled. It comes back by itself when what is new"
        " grows by a fifth."
    ),
    "accept": gettext_lazy(
        "It leaves the board. After that day it opens again if a night still sees it."
    ),
}

register.filter("flag_hours", words.hours)
register.filter("flag_quantity", lambda flag: words.quantity(flag.kind, flag.quantity))
register.filter("flag_words", lambda flag: words.chip(flag.kind, flag.quantity))
register.filter("flag_side", lambda flag: side_of(flag).value)


CHIPS = 2  # in a row of the list, the others counted behind them


@dataclass(frozen=True)
class FlagsOnFile:
    """Of one customer, each with why."""

    rows: list[tuple[Finding, str]]

    @property
    def to_see_to(self) -> list[Finding]:
        accepted = Finding.State.ACCEPTED
        return [flag for flag, _why in self.rows if flag.state != accepted]

    @property
    def points(self) -> int:
        return points(self.to_see_to)

    @property
    def is_red(self) -> bool:
        return self.points >= STANDARD.red_points


@register.filter
def chip_from(rank: int | None, chips: Mapping[int, Chip]) -> Chip | None:
    """`{{ row.tier_rank|chip_from:chips }}`."""
    return chips.get(rank or 0)


@register.filter
def flag_window(flag: Finding) -> str:
    """2026/04 – 2026/06 where whole months were looked at, else the first and the last day."""
    first, last = flag.window_from, flag.window_until - ONE_DAY
    if first.day == 1 and flag.window_until.day == 1:
        first_month, last_month = formats.month(first), formats.month(last)
        if first_month == last_month:
            return first_month
        return _("%(first)s – %(last)s") % {"first": first_month, "last": last_month}
    days = {"first": formats.short_day(first), "last": formats.short_day(last)}
    return _("%(first)s – %(last)s") % days


@register.filter
def short_month(month: datetime.date) -> str:
    """11月; Nov."""
    is_japanese = (get_language() or "").startswith("ja")
    return f"{month.month}月" if is_japanese else dateformat.format(month, "M")


@register.filter
def add_per_cent(x: float, more: float) -> float:
    """A place in a chart a little beside another one, within the drawing."""
    return round(min(max(x + more, 0), 100), 3)


@register.filter
def move_label(move: str) -> str:
    return str(LABELS[move])


@register.filter
def move_title(move: str) -> str:
    return str(TITLES[move])


@register.filter
def move_follows(move: str) -> str:
    return str(FOLLOWS[move])


@register.filter
def move_address(move: str, flag: Finding) -> str:
    """Of the form that asks for the move."""
    return reverse(f"tiering:finding-{move}-form", args=[flag.pk])


@register.filter
def move_post(move: str, flag: Finding) -> str:
    """Where the move is made."""
    return reverse(f"tiering:finding-{move}", args=[flag.pk])


@dataclass
class FlagColumn:
    """The flags of each row of a list, as links; nothing where there are none."""

    rows: Mapping[int, Beside]
    address: str

    def chips(self, row: Any) -> SafeString:
        beside = self.rows.get(row.pk)
        found = beside.flags if beside else []
        if not found:
            return mark_safe('<span class="absent">—</span>')
        links = "".join(self._chip(flag) for flag in found[:CHIPS])
        more = len(found) - CHIPS
        rest = f"<small>{escape(_('+%(n)s more') % {'n': more})}</small>" if more > 0 else ""
        return mark_safe(f'<span class="list-flags">{links}{rest}</span>')

    def _chip(self, flag: Finding) -> str:
        chip = written(
            "components/flag_chip.html",
            kind=side_of(flag).value,
            sign=SIGNS[side_of(flag).value],
            words=words.chip(flag.kind, flag.quantity),
            level=flag.severity,
        )
        return f'<a href="{self.address.format(flag.pk)}">{chip}</a>'


@register.simple_tag(takes_context=True)
def flag_column(context: template.Context, rows: Sequence[Any]) -> FlagColumn:
    """`{% flag_column rows as flags %}`, then `flags.chips(row)` where the rows are written."""
    scope = access.scope(context["request"])
    address = reverse("tiering:finding", args=[0]).replace("/0/", "/{}/")
    return FlagColumn(beside_rows(rows, scope), address)


@register.simple_tag(takes_context=True)
def customer_flags(context: template.Context, customer: Customer) -> FlagsOnFile:
    """`{% customer_flags customer as flags %}`: for the head of the file and for its panel, asked
    for once.
    """
    scope = access.scope(context["request"])
    found: FlagsOnFile | None = scope.worked_out.get(f"flags of {customer.pk}")
    if found is None:
        found = FlagsOnFile(on_file(customer.pk, scope, on=today()))
        scope.worked_out[f"flags of {customer.pk}"] = found
    return found


@register.simple_tag
def severity_sentence() -> str:
    return severity_in_words()


@register.simple_tag
def red_sentence() -> str:
    return _(
        "Kinds of too little have points instead. From %(points)s points on, something has to be"
        " done; the highest tiers come first."
    ) % {"points": STANDARD.red_points}


@register.simple_tag(takes_context=True)
def stages_sentence(context: template.Context) -> str:
    """The first weeks, as the firm has set them."""
    firm = context["chrome"].firm
    days = firm.flags_alone_days if firm else 0
    return _(
        "In the first %(days)s days flags are shown to the account manager and the backup alone,"
        " then to their superiors, and %(later)s days later to everybody who has the customer's"
        " file."
    ) % {"days": days, "later": OTHERS_LATER}


@register.simple_tag(takes_context=True)
def flags_asof(context: template.Context) -> str:
    """As of which night, and what was looked at."""
    seen_on = frame_of(access.scope(context["request"])).flags.seen_on
    if seen_on is None:
        return _("No night has looked for flags yet.")
    return _(
        "As of %(day)s. Hours of the last %(months)s closed months, the rest of the last %(days)s"
        " days."
    ) % {
        "day": formats.full_day(seen_on),
        "months": STANDARD.months,
        "days": STANDARD.window_days,
    }
