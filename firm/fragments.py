"""Parts of pages that are kept in the process once they are written.

A part is kept under everything it is made of: the values handed in, the language, the time zone.
It sees nothing else, neither the request nor its reader, so nobody can be shown what was written
for somebody else; and where a value changes, another part is written.
"""

import secrets
from collections.abc import Hashable, Mapping
from functools import lru_cache
from html import escape

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

MOST_KEPT = 512  # some 10 kB each

# Not to be guessed, so that no text that somebody has typed is taken for a place.
_PLACE = secrets.token_hex(12)


def written(
    template: str, *, late: Mapping[str, str] | None = None, **values: Hashable
) -> SafeString:
    """The template of these values alone. Equal values of one name must read alike.

    `late` are texts that differ with each request, as a form's token does: what is kept has
    places for them, and each is put, escaped, into its own.
    """
    late = late or {}
    places = {name: f"{_PLACE}-{name}-" for name in late}
    html: str = _kept(
        template, get_language(), timezone.get_current_timezone_name(), **values, **places
    )
    for name, text in late.items():
        html = html.replace(places[name], escape(text))
    return mark_safe(html)


@lru_cache(maxsize=MOST_KEPT, typed=True)
def _kept(template: str, language: str | None, zone: str, /, **values: Hashable) -> SafeString:
    return render_to_string(template, values)
