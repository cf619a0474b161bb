"""Pages of which htmx asks for a part: a partial inside the page's own template."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def is_for_htmx(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]


def asked_from(request: HttpRequest) -> str:
    """The path of the page from which htmx asks; empty where nothing says so."""
    address = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    return str(address).split("?")[0]


def page_or_part(
    request: HttpRequest, page: str, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page; where htmx asks, its `part` alone."""
    template = f"{page}#{part}" if is_for_htmx(request) else page
    return render(request, template, context, status=status)
