"""Screen-share mode: somebody else looks at the reader's screen, so what is for our own eyes stays
off it. firm/middleware.py reads it from the session.
"""

from django.http import HttpRequest

from firm.refusals import Forbidden


def is_on(request: HttpRequest) -> bool:
    return bool(request.screen_share)  # type: ignore[attr-defined]


def check_is_off(request: HttpRequest, sentence: str) -> None:
    """Raises Forbidden with the sentence while others look at the screen."""
    if is_on(request):
        raise Forbidden(sentence)
