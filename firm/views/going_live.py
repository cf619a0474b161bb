"""From trial to earnest: what changes, which kinds take two people, and the last step."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from firm import actions, four_eyes
from firm.access import needs, reader
from firm.dates import today
from firm.models import Firm, FourEyes
from firm.refusals import refusal_in, refusal_of, refusal_told
from firm.roles import Right


class GoLiveForm(forms.Form):
    is_sure = forms.BooleanField(
        label=gettext_lazy("I know that this cannot be undone."),
        error_messages={"required": gettext_lazy("Tick the box to go live.")},
    )


class FourEyesForm(forms.Form):
    kind = forms.ChoiceField(choices=FourEyes.choices)
    is_on = forms.BooleanField(required=False)


@require_GET
@needs(Right.GO_LIVE)
def going_live(request: HttpRequest) -> HttpResponse:
    return _page(request, GoLiveForm())


@require_POST
@needs(Right.GO_LIVE)
@reauthentication_required
def go_live(request: HttpRequest) -> HttpResponse:
    """Asks for the password first where it was not given within 12 hours."""
    form = GoLiveForm(request.POST)
    if form.is_valid():
        with refusal_in(form):
            actions.go_live(by=reader(request), now=timezone.now())
            messages.success(request, _("The firm has gone live."))
            return redirect("firm:going_live")
    return _page(request, form, status=422)


@require_POST
@needs(Right.GO_LIVE)
def set_four_eyes(request: HttpRequest) -> HttpResponse:
    form = FourEyesForm(request.POST)
    if not form.is_valid():
        return _page(request, GoLiveForm(), status=422)
    with refusal_told(request):
        actions.set_four_eyes(
            kind=FourEyes(form.cleaned_data["kind"]),
            is_on=form.cleaned_data["is_on"],
            by=reader(request),
            now=timezone.now(),
        )
        messages.success(request, _("The setting is saved."))
    return redirect("firm:going_live")


def _page(request: HttpRequest, form: GoLiveForm, *, status: int = 200) -> HttpResponse:
    firm, now = Firm.objects.get(), timezone.now()
    provided = four_eyes.with_two_people(on=today())
    kinds: list[dict[str, Any]] = [
        {
            "code": kind.value,
            "label": kind.label,
            "is_on": four_eyes.holds_for(firm, kind, now=now),
            "has_two": kind in provided,
        }
        for kind in FourEyes
    ]
    context = {
        "firm": firm,
        "is_live": four_eyes.is_live(firm, now=now),
        "kinds": kinds,
        "form": form,
        "refusal": refusal_of(actions.check_can_go_live, by=reader(request), now=now),
    }
    return render(request, "firm/going_live.html", context, status=status)
