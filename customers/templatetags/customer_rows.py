"""The rows of the customer list, written in one go: a page's time is its rows.

Words and addresses are worked out once a page, and only what people have typed is escaped row by
row; `html.escape` is the plain function behind Django's.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from html import escape
from typing import Any

from django import template
from django.forms import BoundField
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from customers import hours_cells
from customers.listing import Row, sees_revenue
from customers.models import Customer, CustomerSnapshot
from customers.table import Columns
from firm import access, formats
from firm.dates import today
from firm.scope import Scope

register = template.Library()

Address = Callable[[Row | CustomerSnapshot], str]


@register.simple_tag(takes_context=True)
def customer_rows(
    context: template.Context, rows: Sequence[Row], columns: Columns, tiers: Any, flags: Any
) -> SafeString:
    """`{% customer_rows rows columns tiers flags %}`. `tiers` is tiering's `tier_column`:
    `chip(row)`, and the `total` that shares are parts of; `flags` its `flag_column`: `chips(row)`.
    """
    scope, unit = access.scope(context["request"]), context["money_unit"]
    address, cells = _address(scope), _cells(columns)
    nothing = cells.format(*["—"] * 4, css=" absent")
    inactive = f' <span class="label">{escape(_("Inactive"))}</span>'
    row_html = _row(columns)
    running = columns.before or Decimal(0)
    written = []
    for row in rows:
        money = nothing
        if sees_revenue(row, scope):
            revenue = row.trailing_revenue
            running += max(revenue, Decimal(0))
            margin = revenue - row.cost_to_serve if row.cost_to_serve and revenue > 0 else None
            money = cells.format(
                _figure(revenue, unit),
                percent(max(revenue, Decimal(0)), tiers.total),
                percent(running, tiers.total),
                percent(margin, revenue, decimals=0),
                css=" negative" if revenue < 0 else "",
            )
        written.append(
            row_html.format(
                chip=tiers.chip(row),
                address=address(row),
                name=escape(row.name),
                code=escape(row.code),
                status=inactive if row.status == Customer.Status.INACTIVE else "",
                money=money,
                hours=_hours(row, scope) if columns.hours else "",
                flags=flags.chips(row) if columns.flags else "",
                owner=escape(row.owner_name or "—"),
                backup=escape(row.backup_name or "—"),
                department=escape(row.department_name or "—"),
            )
        )
    return mark_safe("".join(written))


@register.simple_tag(takes_context=True)
def suggestion_rows(
    context: template.Context, rows: Sequence[CustomerSnapshot], tiers: Any = None
) -> SafeString:
    """`<li>` links to the file, or to the card where there is no file. Without `tiers` no chips."""
    address = _address(access.scope(context["request"]))
    return mark_safe(
        "".join(
            f'<li><a href="{address(row)}">{tiers.bare(row) if tiers else ""}'
            f"<b><bdi>{escape(row.name)}</bdi></b> <small>{escape(row.code)}</small>"
            f'<small class="person">{escape(row.owner.name) if row.owner else ""}</small></a></li>'
            for row in rows
        )
    )


@register.simple_tag
def select(field: BoundField) -> SafeString:
    """`{% select form.owner %}`: what the form would write, without a template an option."""
    chosen = str(field.value() or "")
    options = "".join(
        f'<option value="{escape(str(value))}"{" selected" if str(value) == chosen else ""}>'
        f"{escape(str(label))}</option>"
        for value, label in field.field.widget.choices
    )
    name = f'name="{field.html_name}" id="{field.id_for_label}"'
    return mark_safe(f"<select {name}>{options}</select>")


def percent(part: Decimal | None, whole: Decimal | None, *, decimals: int = 1) -> str:
    """13.3%; a dash where there is nothing to be a part of."""
    if part is None or not whole:
        return "—"
    return f"{100 * part / whole:.{decimals}f}%".replace("-", formats.MINUS)


def _hours(row: Row, scope: Scope) -> str:
    """The place of the bar, which the page asks for once it is there."""
    is_readable = scope.has_file(row.owner_id, row.backup_id)
    return hours_cells.place(row.pk) if is_readable else hours_cells.written(None)


def _row(columns: Columns) -> str:
    """One row with its words, ready for `format`."""
    tier, code, owner, backup, department = (
        escape(word)
        for word in (_("Tier"), _("Code"), _("Account manager"), _("Backup"), _("Department"))
    )
    month = {"month": formats.month(today())}
    label = escape(_("Hours of %(month)s") % month)
    hours = f'<td class="hours-cell" data-label="{label}">{{hours}}</td>' if columns.hours else ""
    told = escape(_("Over & under"))
    flags = f'<td class="flags-cell" data-label="{told}">{{flags}}</td>' if columns.flags else ""
    return (
        f'<tr><td class="tier-cell" data-label="{tier}">{{chip}}</td>'
        '<th scope="row"><a href="{address}" data-row><bdi>{name}</bdi></a>{status}</th>'
        f'<td class="minor code" data-label="{code}">{{code}}</td>{{money}}'
        f"{hours}{flags}"
        f'<td data-label="{owner}"><bdi>{{owner}}</bdi></td>'
        f'<td class="minor" data-label="{backup}"><bdi>{{backup}}</bdi></td>'
        f'<td class="minor" data-label="{department}"><bdi>{{department}}</bdi></td></tr>'
    )


def _cells(columns: Columns) -> str:
    """The money cells of a row: revenue, share, running share, margin, ready for `format`."""
    cells = [
        f'<td class="num revenue{{css}}" data-label="{escape(_("Revenue"))}">{{0}}</td>',
        f'<td class="num" data-label="{escape(_("Share"))}">{{1}}</td>',
    ]
    if columns.running:
        cells.append(f'<td class="num minor" data-label="{escape(_("Running share"))}">{{2}}</td>')
    if columns.margin:
        cells.append(f'<td class="num" data-label="{escape(_("Margin"))}">{{3}}</td>')
    return "".join(cells)


def _figure(amount: Decimal, unit: str) -> str:
    return (formats.MINUS if amount < 0 else "") + formats.figure(amount, unit)


def _address(scope: Scope) -> Address:
    """The file of whoever has it, else the card."""
    file, card = (
        reverse(name, args=[0]).replace("/0/", "/{}/")
        for name in ("customers:file", "customers:card")
    )
    return lambda row: (file if scope.has_file(row.owner_id, row.backup_id) else card).format(
        row.pk
    )
