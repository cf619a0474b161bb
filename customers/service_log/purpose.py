"""What is recorded here, why, and who sees it: everyone reads it before their first entry.

The text is templates/customers/purpose_text.html. Whoever changes what it says counts VERSION up,
so that everyone reads it again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import PurposeReading
from firm import access
from firm.models import User
from firm.parts import is_for_htmx
from firm.refusals import Refused

VERSION = 1

View = Callable[..., HttpResponseBase]


def has_read(person: User) -> bool:
    return PurposeReading.objects.filter(person=person, version=VERSION).exists()


def check_purpose_read(person: User) -> None:
    """For the API, which cannot show a page. Raises Refused."""
    if not has_read(person):
        raise Refused(
            _("First read what is recorded here, why, and who sees it: %(address)s")
            % {"address": reverse("customers:purpose")}
        )


def after_purpose(view: View) -> View:
    """Whoever has not read it goes there first and comes back; a form that was sent meanwhile is
    answered like any refusal. Inside a dialog the text takes the dialog's place.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = access.reader(request)
        if has_read(person):
            return view(request, *args, **kwargs)
        if request.method != "GET":
            check_purpose_read(person)
        return _first_the_text(request)

    return guarded


def _first_the_text(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path()
    if is_for_htmx(request):
        return render(request, "customers/purpose.html#dialog", {"back": back})
    return redirect(f"{reverse('customers:purpose')}?{urlencode({'next': back})}")
