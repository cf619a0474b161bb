"""What each request knows about its reader, and who may make one at all."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import get_supported_language_variant

from firm.dates import firm_zone


class ReaderMiddleware:
    """Language and time zone of the reader, and whether the screen is being shared.

    The language is the person's own, else the cookie's (chosen on the sign-in page), else the
    firm's; the browser's wish does not count, so that a page reads alike on every machine.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = _language_of(request)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        request.screen_share = bool(request.session.get("screen_share"))  # type: ignore[attr-defined]
        with translation.override(language), timezone.override(_zone_of(request)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _language_of(request: HttpRequest) -> str:
    wishes = [
        getattr(request.user, "language", ""),
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
    ]
    for wish in wishes:
        try:
            return get_supported_language_variant(wish)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def _zone_of(request: HttpRequest) -> ZoneInfo:
    try:
        return ZoneInfo(getattr(request.user, "time_zone", "") or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return firm_zone()


class AccessMiddleware(LoginRequiredMiddleware):
    """Default deny: a view is for people who are signed in unless it says `@public`.

    A fragment asked for by htmx must not be answered with the sign-in page: it would land in
    the middle of the old one. The browser is sent there as a whole instead.
    """

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

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        response = super().handle_no_permission(request, view_func)
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(status=401, headers={"HX-Redirect": response.headers["Location"]})
        return response
