"""What each request brings along, and what it knows about its reader."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone, translation
from django.utils.translation import get_supported_language_variant

from firm.dates import firm_zone


class NoNulMiddleware:
    """Addresses and forms without NUL, which no text of the database can hold and nobody types;
    the fields of the API refuse it themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]
        if any("\0" in value for _name, values in request.POST.lists() for value in values):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]
        return self.get_response(request)


def _without_nul(said: QueryDict) -> QueryDict:
    kept = said.copy()
    for name, values in said.lists():
        kept.setlist(name, [value.replace("\0", "") for value in values])
    return kept


class ReaderMiddleware:
    """Language and time zone of the reader, and whether the screen is being shared.

    The language is the person's own, else the cookie's (chosen on the sign-in page), else the
    firm's; the browser's wish does not count, so that a page reads alike on every machine.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = _language_of(request)
        request.LANGUAGE_CODE = language
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
