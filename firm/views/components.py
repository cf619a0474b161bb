"""The sample page of all parts and states, for whoever builds a page."""

import datetime
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

TIERS = [
    SimpleNamespace(code="S", name="プレミア", name_en="Premier", hue=0),
    SimpleNamespace(code="A", name="アドバンス", name_en="Plus", hue=1),
    SimpleNamespace(code="B", name="スタンダード", name_en="Standard", hue=2),
    SimpleNamespace(code="C", name="ベーシック", name_en="Core", hue=3),
]


class SampleForm(forms.Form):
    purpose = forms.CharField(
        label=_("Purpose"), help_text=_("What it is for, in one sentence."), max_length=10
    )
    until = forms.DateField(
        label=_("End date"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    circulate = forms.BooleanField(label=_("FYI to the department head"), required=False)


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or request.user.is_staff):
        raise Http404
    context = {
        "tiers": TIERS,
        "form": SampleForm({"purpose": "日曜の立会いをしてほしい"}),
        "today": datetime.date(2026, 11, 24),
        "amount": 21_420_000,
    }
    return render(request, "components/sample.html", context)
