"""A draft before its second person, two versions side by side, and the half-yearly review."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firm import access, screen_share
from firm.dates import add_months, today
from firm.refusals import refusal_told
from firm.roles import Right
from tiering import actions, differences
from tiering.actions.publishing import REVIEWED_AFTER
from tiering.models import RuleSet
from tiering.version_rows import load
from tiering.versions import Dated, published


class NoteForm(forms.Form):
    note = forms.CharField(max_length=2000, required=False)


@require_POST
@access.needs(Right.EDIT_RULES)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, actions.submit_draft, _("The draft is sent for review."))


@require_POST
@access.needs(Right.EDIT_RULES)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, actions.take_back_draft, _("The draft can be edited again."))


@require_POST
@access.needs(Right.REVIEW_RULES)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, actions.approve_draft, _("You approved the draft."))


@require_POST
@access.needs(Right.REVIEW_RULES)
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    return _act(
        request, pk, actions.return_draft, _("The draft is returned to its authors."), note=note
    )


def _act(request: HttpRequest, pk: int, action: Any, done: str, **values: Any) -> HttpResponse:
    found = get_object_or_404(RuleSet.objects.exclude(state=RuleSet.State.PUBLISHED), pk=pk)
    with refusal_told(request):
        action(draft=found, by=access.reader(request), now=timezone.now(), **values)
        messages.success(request, done)
    return redirect("tiering:draft", pk=pk)


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """What changed from one published version to another; without both, from the former one to
    the latest.
    """
    versions = published(on=today())
    if screen_share.is_on(request) or len(versions) < 2:
        return redirect("tiering:rules")
    by_number = sorted(versions, key=lambda row: row.version.number or 0)
    old = _chosen(versions, request.GET.get("from", ""), by_number[-2])
    new = _chosen(versions, request.GET.get("to", ""), by_number[-1])
    load(old.version, new.version)
    context = {
        "versions": versions,
        "old": old,
        "new": new,
        "difference": differences.between(old.version, new.version),
    }
    return render(request, "tiering/compare.html", context)


def _chosen(versions: list[Dated], number: str, otherwise: Dated) -> Dated:
    if not number:
        return otherwise
    for dated in versions:
        if str(dated.version.number) == number:
            return dated
    raise Http404


@require_POST
@access.needs(Right.EDIT_RULES)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules were looked at anew and stay as they are; the next look is half a year ahead."""
    version = get_object_or_404(RuleSet, pk=pk, state=RuleSet.State.PUBLISHED)
    actions.confirm_review(
        version=version,
        next_on=add_months(today(), REVIEWED_AFTER),
        by=access.reader(request),
        now=timezone.now(),
    )
    messages.success(request, _("The review is recorded."))
    return redirect("tiering:rules")
