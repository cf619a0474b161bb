"""The rows of the customer list, written in one go: a page's time is its rows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.listing import sees_revenue
from customers.models import Customer, CustomerSnapshot
from customers.table import Columns
from firm import access, formats
from firm.scope import Scope

register = template.Library()


ROW = (
    '<tr><td class="tier-cell" data-label="{}">{}</td>'
    '<th scope="row"><a href="{}" data-row><bdi>{}</bdi></a>{}</th>'
    '<td class="minor code" data-label="{}">{}</td>{}'
    '<td data-label="{}"><bdi>{}</bdi></td>'
    '<td class="minor" data-label="{}"><bdi>{}</bdi></td>'
    '<td class="minor" data-label="{}"><bdi>{}</bdi></td></tr>'
)
SUGGESTION = (
    '<li><a href="{}">{}<b><bdi>{}</bdi></b> <small>{}</small>'
    '<small class="person">{}</small></a></li>'
)
CELL = '<td class="{}" data-label="{}">{}</td>'


@register.simple_tag(takes_context=True)
def customer_rows(
    context: template.Context, rows: Sequence[CustomerSnapshot], columns: Columns, tiers: Any
) -> SafeString:
    """`{% customer_rows rows columns tiers %}`. `tiers` is tiering's `tier_column`: `chip(row)`,
    and the `total` that shares are parts of.
    """
    scope, unit = access.scope(context["request"]), context["money_unit"]
    words = {
        "tier": _("Tier"),
        "code": _("Code"),
        "revenue": _("Revenue"),
        "share": _("Share"),
        "running": _("Running share"),
        "margin": _("Margin"),
        "owner": _("Account manager"),
        "backup": _("Backup"),
        "department": _("Department"),
    }
    nothing = _no_money(columns, words)
    running = columns.before or Decimal(0)
    cells = []
    for row in rows:
        money = nothing
        if sees_revenue(row, scope):
            running += max(row.trailing_revenue, Decimal(0))
            money = _money(row, columns, tiers.total, running, unit=unit, words=words)
        cells.append(
            (
                words["tier"],
                tiers.chip(row),
                _address(row, scope),
                row.name,
                _inactive() if row.status == Customer.Status.INACTIVE else "",
                words["code"],
                row.code,
                money,
                words["owner"],
                row.owner.name if row.owner else "—",
                words["backup"],
                row.backup.name if row.backup else "—",
                words["department"],
                row.department.name if row.department else "—",
            )
        )
    return format_html_join("", ROW, cells)


@register.simple_tag(takes_context=True)
def suggestion_rows(
    context: template.Context, rows: Sequence[CustomerSnapshot], tiers: Any = None
) -> SafeString:
    """`<li>` links to the file, or to the card where there is no file. Without `tiers` no chips."""
    scope = access.scope(context["request"])
    cells = (
        (
            _address(row, scope),
            tiers.bare(row) if tiers else "",
            row.name,
            row.code,
            row.owner.name if row.owner else "",
        )
        for row in rows
    )
    return format_html_join("", SUGGESTION, cells)


def _address(row: CustomerSnapshot, scope: Scope) -> str:
    has_file = scope.has_file(row.owner_id, row.backup_id)
    return reverse("customers:file" if has_file else "customers:card", args=[row.pk])


def _inactive() -> SafeString:
    return format_html(' <span class="label">{}</span>', _("Inactive"))


def _money(
    row: CustomerSnapshot,
    columns: Columns,
    total: Decimal | None,
    running: Decimal,
    *,
    unit: str,
    words: dict[str, str],
) -> SafeString:
    revenue = row.trailing_revenue
    written = formats.money(revenue, unit)
    figure = (formats.MINUS if revenue < 0 else "") + written.figure
    cells = [
        (f"num revenue{' negative' if revenue < 0 else ''}", words["revenue"], figure),
        ("num", words["share"], percent(max(revenue, Decimal(0)), total)),
    ]
    if columns.running:
        cells.append(("num minor", words["running"], percent(running, total)))
    if columns.margin:
        margin = revenue - row.cost_to_serve if row.cost_to_serve and revenue > 0 else None
        cells.append(("num", words["margin"], percent(margin, revenue, decimals=0)))
    return format_html_join("", CELL, cells)


def _no_money(columns: Columns, words: dict[str, str]) -> SafeString:
    """Without the file: dashes, the same for everybody."""
    cells = [("num absent revenue", words["revenue"], "—"), ("num absent minor", "", "—")]
    cells += [("num absent minor", "", "—")] * (columns.running + columns.margin)
    return format_html_join("", CELL, cells)


def percent(part: Decimal | None, whole: Decimal | None, *, decimals: int = 1) -> str:
    """13.3%; a dash where there is nothing to be a part of."""
    if part is None or not whole:
        return "—"
    return f"{100 * part / whole:.{decimals}f}%".replace("-", formats.MINUS)
