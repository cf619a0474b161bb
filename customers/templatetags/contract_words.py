"""Contract terms in words, for templates."""

from django import template

from customers.contracts import wording

register = template.Library()

register.filter("term_title", wording.title_of)
register.filter("term_sentence", wording.sentence_of)
register.filter("carry_over", wording.carry_over_text)
register.filter("extension_words", wording.extension_text)
register.filter("hours", wording.hours_text)
