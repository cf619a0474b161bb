"""Imports: the list, a new one, its progress and preview, applying it or leaving it."""

import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from customers.actions import (
    apply_import,
    check_can_apply,
    check_can_import,
    check_can_leave,
    leave_import,
    request_import,
)
from customers.imports.columns import COLUMNS
from customers.imports.report import ERROR_HEADER, Line, error_rows
from customers.imports.shown import Shown
from customers.models import Import
from firm import access
from firm.access import reader
from firm.exports import table_response
from firm.forms import DayField
from firm.models import User
from firm.paging import page_of
from firm.parts import page_or_part
from firm.refusals import refusal_in, refusal_of, refusal_told
from firm.roles import Right

DEFAULT_SOURCE = "default"


class ImportForm(forms.Form):
    """What to bring in; `replaces` is half-open although people type the last day."""

    kind = forms.ChoiceField(label=gettext_lazy("What is in the file"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV (UTF-8 or CP932) or .xlsx, with a header"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "Where the file comes from, such as freee. Entries are compared within their source."
        ),
    )
    replace_from = DayField(label=gettext_lazy("Replaces from"), required=False)
    replace_to = DayField(label=gettext_lazy("to (included)"), required=False)
    strict = forms.BooleanField(label=gettext_lazy("Refuse unknown columns"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, kind.label)
            for kind in Import.Kind
            if not refusal_of(check_can_import, kind=kind, by=by, now=now)
        ]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT_BYTES:
            too_large = _("The file is larger than %(limit)s MB.")
            raise forms.ValidationError(too_large % {"limit": settings.UPLOAD_LIMIT_BYTES >> 20})
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("replace_from"), data.get("replace_to")
        if bool(start) != bool(end):
            self.add_error("replace_to", _("A period needs both its first and its last day."))
        elif start and end and end < start:
            self.add_error("replace_to", _("The period to replace ends before it begins."))
        elif start and not Import.Kind(data.get("kind", Import.Kind.REVENUE)).has_periods:
            sentence = _("Only revenue and the service log have a period to replace.")
            self.add_error("replace_from", sentence)
        return data

    @property
    def replaces(self) -> tuple[datetime.date, datetime.date] | None:
        start, last = self.cleaned_data["replace_from"], self.cleaned_data["replace_to"]
        return (start, last + datetime.timedelta(days=1)) if start else None


def _rows(request: HttpRequest) -> Any:
    visible = Import.objects.visible_to(access.scope(request))
    return visible.select_related("job", "created_by", "applied_by")


@require_GET
@access.needs(Right.IMPORT)
def imports(request: HttpRequest) -> HttpResponse:
    """All imports, the latest first."""
    rows, links = page_of(request, _rows(request), sort="-created_at")
    context = {"imports": [Shown(row) for row in rows], **links}
    return render(request, "customers/imports.html", context)


@require_GET
@access.needs(Right.IMPORT)
def new(request: HttpRequest) -> HttpResponse:
    return _form_page(request, ImportForm(by=reader(request), initial={"kind": "revenue"}))


@require_POST
@access.needs(Right.IMPORT)
def create(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES, by=reader(request))
    if form.is_valid():
        data = form.cleaned_data
        with refusal_in(form):
            import_ = request_import(
                kind=data["kind"],
                file_name=data["file"].name,
                chunks=data["file"].chunks(),
                by=reader(request),
                now=timezone.now(),
                source=data["source"],
                replaces=form.replaces,
                strict=data["strict"],
            )
            return redirect("customers:import-detail", pk=import_.pk)
    return _form_page(request, form, status=422)


def _form_page(request: HttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    kinds = [
        (label, [(column.label, column.name, column.required) for column in COLUMNS[kind]])
        for kind, label in form.fields["kind"].choices  # type: ignore[attr-defined]
    ]
    context = {"form": form, "kinds": kinds}
    return render(request, "customers/import_new.html", context, status=status)


@require_GET
@access.needs(Right.IMPORT)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One import; while a worker has it the page asks again and again for its `#import` part."""
    row = get_object_or_404(_rows(request), pk=pk)
    facts = {"import_": row, "by": reader(request), "now": timezone.now()}
    context = {
        "import": Shown(row),
        "apply_refusal": refusal_of(check_can_apply, **facts),
        "leave_refusal": refusal_of(check_can_leave, **facts),
    }
    return page_or_part(request, "customers/import.html", "import", context)


@require_POST
@access.needs(Right.IMPORT)
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    import_ = get_object_or_404(_rows(request), pk=pk)
    with refusal_told(request):
        apply_import(import_=import_, by=reader(request), now=timezone.now())
    return redirect("customers:import-detail", pk=pk)


@require_POST
@access.needs(Right.IMPORT)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    import_ = get_object_or_404(_rows(request), pk=pk)
    with refusal_told(request):
        leave_import(import_=import_, by=reader(request), now=timezone.now())
        messages.success(request, _("The import was discarded. Nothing was changed."))
    return redirect("customers:import-detail", pk=pk)


@require_GET
@access.needs(Right.IMPORT)
def errors(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The refused cells with their reasons, to correct the file by."""
    import_ = get_object_or_404(_rows(request), pk=pk)
    lines = import_.refused.values_list("line", "column", "code", "data")
    return table_response(
        f"{Path(import_.file_name).stem}-{_('refused')}",
        [str(name) for name in ERROR_HEADER],
        error_rows(import_, [Line(*line) for line in lines]),
        format=request.GET.get("format", "csv"),
    )
