"""Default deny: every page needs a signed-in person, except those that say `@public`.

Views name the right they need with `@needs(Right.X)`; a page about one customer loads it
through `visible_to` instead, so that a stranger gets 404.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from rest_framework.request import Request

from firm.dates import today
from firm.models import User
from firm.parts import is_for_htmx, page_or_part
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import Scope, keep_scope, scope_of

View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """Open to people who are not signed in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def reader(request: HttpRequest | Request) -> User:
    """The signed-in person; behind `AccessMiddleware` there always is one."""
    assert isinstance(request.user, User)
    return request.user


def scope(request: HttpRequest) -> Scope:
    """What the signed-in person may see and do today, worked out once a request."""
    cached: Scope | None = getattr(request, "_scope", None)
    if cached is None:
        on = today()
        cached = scope_of(request.user, on=on)  # type: ignore[arg-type]
        keep_scope(request.user, cached, on=on)  # type: ignore[arg-type]
        request._scope = cached  # type: ignore[attr-defined]
    return cached


def needs(right: Right) -> Callable[[View], View]:
    """403 for people none of whose posts gives this right."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not scope(request).may(right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.needs = right  # type: ignore[attr-defined]
        return guarded

    return decorate


class AccessMiddleware(LoginRequiredMiddleware):
    """Default deny, `no-store` on what signed-in people see, and refusals as a page.

    A fragment asked for by htmx must not be answered with the sign-in page: it would land in
    the middle of the old one. The browser is sent there as a whole instead. Who sends a form after
    the session has ended keeps what was typed, and sends it again once signed in elsewhere.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = super().__call__(request)
        assert isinstance(response, HttpResponseBase)  # the product is synchronous
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if getattr(view_func, "is_public", False):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        # The sign-in's own pages, without a namespace, are sent passwords.
        if request.method == "POST" and request.resolver_match.namespace:  # type: ignore[union-attr]
            return _kept(request)
        response = super().handle_no_permission(request, view_func)
        if is_for_htmx(request):
            return HttpResponse(status=401, headers={"HX-Redirect": response.headers["Location"]})
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What a view did not turn into a form's error or a message of its own."""
        if not isinstance(exception, Refused):
            return None
        status = 403 if isinstance(exception, Forbidden) else 409
        if is_for_htmx(request):
            return HttpResponse(
                status=status, headers={"HX-Trigger": json.dumps({"toast": exception.sentence})}
            )
        return render(request, "refused.html", {"sentence": exception.sentence}, status=status)


def _kept(request: HttpRequest) -> HttpResponse:
    """401 with a page that carries the form along; with htmx words above the form, which stands
    (static/js/session.js).
    """
    context = {
        "fields": [(name, value) for name, values in request.POST.lists() for value in values],
        "has_files": bool(request.FILES),
    }
    kept = page_or_part(request, "signed_out.html", "words", context, status=401)
    kept.headers["Cache-Control"] = "no-store"
    kept.headers["HX-Trigger"] = "signed-out"
    return kept
