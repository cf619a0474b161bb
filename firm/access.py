"""Default deny: every page needs a signed-in person, except those that say `@public`.

Views name the right they need with `@needs(Right.X)`; a page about one customer loads it
through `visible_to` instead, so that a stranger gets 404.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from firm.dates import today
from firm.roles import Right
from firm.scope import Scope, scope_of

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """Open to people who are not signed in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def scope(request: HttpRequest) -> Scope:
    """What the signed-in person may see and do today, worked out once a request."""
    cached: Scope | None = getattr(request, "_scope", None)
    if cached is None:
        cached = scope_of(request.user, on=today())  # type: ignore[arg-type]
        request._scope = cached  # type: ignore[attr-defined]
    return cached


def needs(right: Right) -> Callable[[View], View]:
    """403 for people none of whose posts gives this right."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not scope(request).may(right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.needs = right  # type: ignore[attr-defined]
        return guarded

    return decorate
