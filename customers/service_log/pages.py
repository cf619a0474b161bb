"""What the pages of the service log have in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from firm import access, screen_share
from firm.roles import Right


def log_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """With the tabs of the log. These pages name several customers, so they wait while others
    look at the screen.
    """
    if screen_share.is_on(request):
        return render(request, "customers/log_shared.html")
    context["is_manager"] = access.scope(request).may(Right.SEE_JUNIORS_FILES)
    return render(request, template, context, status=status)
