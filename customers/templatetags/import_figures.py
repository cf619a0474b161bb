"""What a file adds up to, in whatever its kind measures: amounts, or the hours of the service log.

Every tag takes the import as customers/imports/shown.py has it; `—` where there is no figure.
"""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.imports.shown import Shown
from customers.imports.wording import hours_of
from firm.templatetags.money import money, money_figure, money_head

register = template.Library()


@register.simple_tag(takes_context=True)
def measured(context: template.Context, import_: Shown, value: Decimal | None) -> SafeString | str:
    """`{% measured import fate.after %}`: 21,420 with a small 千円, or 12.5 with a small 時間."""
    if value is None or not import_.is_in_minutes:
        return money(context, value)
    return format_html(
        '<span class="nowrap">{}<small class="unit">{}</small></span>',
        hours_of(value),
        _("hours"),
    )


@register.simple_tag(takes_context=True)
def measured_figure(context: template.Context, import_: Shown, value: Decimal | None) -> str:
    """The bare figure, under a head with `{% measured_head import %}`."""
    if value is None or not import_.is_in_minutes:
        return money_figure(context, value)
    return hours_of(value)


@register.simple_tag(takes_context=True)
def measured_head(context: template.Context, import_: Shown) -> str:
    return _("hours") if import_.is_in_minutes else money_head(context)
