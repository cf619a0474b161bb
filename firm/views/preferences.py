"""Language, time zone, appearance, unit of amounts, and screen-share mode: the reader's own."""

from collections.abc import Mapping
from copy import copy
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_GET, require_POST

from firm.access import public
from firm.actions.preferences import change_preferences
from firm.models import User

ONE_YEAR = 365 * 24 * 60 * 60


def _time_zones() -> list[tuple[str, str]]:
    zones = sorted(zone for zone in available_timezones() if "/" in zone)
    return [(zone, zone.replace("_", " ")) for zone in zones]


class PreferencesForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=_time_zones)

    class Meta:
        model = User
        fields = ["language", "time_zone", "theme", "money_unit"]
        labels = {
            "language": gettext_lazy("Language"),
            "theme": gettext_lazy("Appearance"),
            "money_unit": gettext_lazy("Unit of amounts"),
        }
        widgets = {
            "language": forms.RadioSelect,
            "theme": forms.RadioSelect,
            "money_unit": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.BASE_CURRENCY != "JPY":
            del self.fields["money_unit"]


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # AccessMiddleware lets nobody else in
    return request.user


def _form(request: HttpRequest, wishes: Mapping[str, str]) -> PreferencesForm:
    """Over a copy of the reader: a refused wish must not change how this very page reads."""
    return PreferencesForm(wishes, instance=copy(_reader(request)))


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the switch was used on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return redirect(wanted if is_ours else "/")


@require_GET
def preferences(request: HttpRequest) -> HttpResponse:
    return render(
        request, "firm/preferences.html", {"form": PreferencesForm(instance=_reader(request))}
    )


@require_POST
def save_preferences(request: HttpRequest) -> HttpResponse:
    form = _form(request, request.POST)
    if not form.is_valid():
        return render(request, "firm/preferences.html", {"form": form}, status=422)
    change_preferences(user=_reader(request), **form.cleaned_data)
    with override(form.cleaned_data["language"]):
        messages.success(request, _("Your preferences are saved."))
    return redirect("firm:preferences")


def _change_one(request: HttpRequest, field: str) -> HttpResponse:
    form = _form(request, {field: request.POST.get(field, "")})
    form.full_clean()
    if field not in form.cleaned_data:
        return HttpResponse(status=422)
    change_preferences(user=_reader(request), **{field: form.cleaned_data[field]})
    return _back(request)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    return _change_one(request, "theme")


@require_POST
def money_unit(request: HttpRequest) -> HttpResponse:
    return _change_one(request, "money_unit")


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Before signing in the choice is kept in a cookie, afterwards with the person as well."""
    choice = request.POST.get("language", "")
    if choice not in dict(settings.LANGUAGES):
        return HttpResponse(status=422)
    if request.user.is_authenticated:
        change_preferences(user=_reader(request), language=choice)
    response = _back(request)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        choice,
        max_age=ONE_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response


@require_POST
def screen_share(request: HttpRequest) -> HttpResponse:
    """Kept in the session: it lasts until it is left, on this device only."""
    request.session["screen_share"] = request.POST.get("on") == "1"
    return _back(request)
