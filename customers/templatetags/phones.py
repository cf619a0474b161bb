"""`{% load phones %}`: phone numbers as typed, and as a telephone dials them."""

from django import template

from firm import text

register = template.Library()


@register.filter
def dialled(phone: str) -> str:
    """For `tel:`: digits alone, with the plus of a number from abroad."""
    return ("+" if phone.strip().startswith(("+", "＋")) else "") + text.digits(phone)
