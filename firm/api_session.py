"""Who asks the API from a browser. A module of its own: REST framework loads it by name, early."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request


class BrowserSession(SessionAuthentication):
    """Whoever is signed in in this browser; refused while its screen is shared.

    What a page leaves out then, the address of its data must not answer either. No page asks the
    API for anything. Programs with a token have no screen.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        found: tuple[Any, None] | None = super().authenticate(request)
        if found is not None and request._request.screen_share:  # type: ignore[attr-defined]
            raise PermissionDenied(_("The API does not answer while the screen is shared."))
        return found
