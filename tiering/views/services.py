"""The matrix of service levels in a draft: a field a cell, without JavaScript."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from firm import access
from firm.refusals import Refused, refusal_in, refusal_of
from firm.roles import Right
from tiering import actions
from tiering.models import RuleSet
from tiering.screen import check_tiers_may_show
from tiering.services_form import ServicesForm
from tiering.versions import Status, status_of


class BenefitForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the benefit"), max_length=40)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=40, required=False)
    unit = forms.CharField(
        label=gettext_lazy("Counted in"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("A unit such as copies; empty for plain times"),
    )
    unit_en = forms.CharField(label=gettext_lazy("Unit in English"), max_length=20, required=False)


@require_GET
@access.needs(Right.REVIEW_RULES)
def draft_services(request: HttpRequest, pk: int) -> HttpResponse:
    """The matrix as a form; for people who may not edit, or once it is reviewed, for reading."""
    return _page(request, _draft(request, pk))


@require_POST
@access.needs(Right.EDIT_RULES)
def save(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(request, pk)
    form = ServicesForm(draft, request.POST)
    if form.is_valid():
        try:
            actions.save_services(
                draft=draft,
                levels=form.levels,
                by=access.reader(request),
                now=timezone.now(),
                expected_version=_revision(request),
            )
        except Refused as refused:
            form.refuse(refused.sentence)
        else:
            messages.success(request, _("The service levels are saved."))
            return redirect("tiering:draft-services", pk=pk)
    return _page(request, draft, status=422, form=form)


@require_POST
@access.needs(Right.EDIT_RULES)
def add_benefit(request: HttpRequest, pk: int) -> HttpResponse:
    """A row for a benefit of the firm's own; what a tier gets of it is entered in the matrix."""
    draft = _draft(request, pk)
    form = BenefitForm(request.POST, prefix="benefit")
    if form.is_valid():
        with refusal_in(form, "name"):
            made = actions.add_benefit(
                **form.cleaned_data, by=access.reader(request), now=timezone.now()
            )
            messages.success(request, _("“%(name)s” is in the matrix.") % {"name": made})
            return redirect("tiering:draft-services", pk=pk)
    return _page(request, draft, status=422, benefit_form=form)


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() else -1


def _draft(request: HttpRequest, pk: int) -> RuleSet:
    check_tiers_may_show(request)
    return get_object_or_404(RuleSet.objects.exclude(state=RuleSet.State.PUBLISHED), pk=pk)


def _page(
    request: HttpRequest,
    draft: RuleSet,
    *,
    status: int = 200,
    form: ServicesForm | None = None,
    benefit_form: BenefitForm | None = None,
) -> HttpResponse:
    refusal = refusal_of(
        actions.check_can_edit_services,
        draft=draft,
        by=access.reader(request),
        now=timezone.now(),
    )
    context: dict[str, Any] = {
        "draft": draft,
        "status": Status(status_of(draft, on=timezone.now().date())).label,
        "refusal": refusal,
        "form": form or ServicesForm(draft),
        "benefit_form": benefit_form or BenefitForm(prefix="benefit"),
    }
    return render(request, "tiering/draft_services.html", context, status=status)
