"""Publishing a draft by its preview: what will happen in words, why, from when."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from firm import access
from firm.dates import today
from firm.forms import DayField
from firm.refusals import refusal_in, refusal_of
from firm.roles import Right
from tiering import actions, plan
from tiering.models import Preview, RuleSet
from tiering.overrides import losing_their_tier
from tiering.previews.binding import check_is_fresh
from tiering.previews.shown import shown_of


class PublishForm(forms.Form):
    """`preview` is the token of what the person has seen."""

    preview = forms.CharField(widget=forms.HiddenInput, required=False)
    effective_from = DayField(
        label=gettext_lazy("In force from"),
        help_text=gettext_lazy("The night of this day is the first to go by it."),
    )
    note = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        help_text=gettext_lazy("Everybody can read it beside the version."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


@require_GET
@access.needs(Right.EDIT_RULES)
def publish_form(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(pk)
    preview = _latest(draft)
    form = PublishForm(
        initial={
            "preview": preview.token if preview else "",
            "effective_from": today(),
            "note": draft.note,
        }
    )
    return _page(request, draft, preview, form)


@require_POST
@access.needs(Right.EDIT_RULES)
@reauthentication_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the password first where it was not given within 12 hours."""
    draft = _draft(pk)
    form = PublishForm(request.POST)
    preview = draft.previews.filter(token=request.POST.get("preview", "")).first()
    if form.is_valid():
        with refusal_in(form):
            version = actions.publish_rules(
                draft=draft,
                preview=preview,
                effective_from=form.cleaned_data["effective_from"],
                by=access.reader(request),
                approved_by=None,
                note=form.cleaned_data["note"],
                now=timezone.now(),
                channel="page",
            )
            messages.success(
                request, _("Version %(number)s is published.") % {"number": version.number}
            )
            return redirect("tiering:rules")
    return _page(request, draft, preview or _latest(draft), form, status=422)


def _page(
    request: HttpRequest,
    draft: RuleSet,
    preview: Preview | None,
    form: PublishForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "draft": draft,
        "form": form,
        "number": plan.latest_number() + 1,
        "present": RuleSet.objects.in_force(today()),
        "preview": shown_of(preview) if preview else None,
        "first_fall": shown_of(preview).first_fall if preview else None,
        "refusal": _refusal(draft, preview),
        "losing": losing_their_tier(draft, since=today()).count(),
        "needs_second": actions.needs_second_person(now=timezone.now()),
    }
    return render(request, "tiering/publish.html", context, status=status)


def _refusal(draft: RuleSet, preview: Preview | None) -> str | None:
    if preview is None:
        return _("This draft has no impact preview yet. Nobody publishes unseen.")
    return refusal_of(check_is_fresh, preview=preview, draft=draft, now=timezone.now())


def _draft(pk: int) -> RuleSet:
    return get_object_or_404(RuleSet.objects.exclude(state=RuleSet.State.PUBLISHED), pk=pk)


def _latest(draft: RuleSet) -> Preview | None:
    previews = draft.previews.filter(left_at__isnull=True).select_related("job", "run", "draft")
    return previews.order_by("created_at", "pk").last()
