"""Amounts in templates: `{% load money %}`. The unit is the reader's, from `money_unit`."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from firm import formats

register = template.Library()


@register.simple_tag(takes_context=True)
def money(context: template.Context, amount: Decimal | None) -> SafeString | str:
    """`{% money customer.revenue %}`: 21,420 with a small 千円; `—` where there is no amount."""
    if amount is None:
        return "—"
    written = formats.money(amount, context["money_unit"])
    return format_html(
        '<span class="nowrap">{}{}{}<small class="unit">{}</small></span>',
        written.minus,
        written.before,
        written.figure,
        written.after,
    )


@register.simple_tag
def money_in_full(amount: Decimal) -> SafeString:
    """`{% money_in_full missing %}`: 1,240,000円 to the last yen, for what must not be rounded."""
    return format_html('<span class="nowrap">{}</span>', str(formats.money(amount, "yen")))


@register.simple_tag(takes_context=True)
def money_figure(context: template.Context, amount: Decimal | None) -> str:
    """The bare figure, for a column whose head names the unit with `{% money_head %}`."""
    if amount is None:
        return "—"
    written = formats.money(amount, context["money_unit"])
    return f"{written.minus}{written.figure}"


@register.simple_tag(takes_context=True)
def money_head(context: template.Context) -> str:
    """千円; ¥ thousand."""
    return formats.money_head(context["money_unit"])
