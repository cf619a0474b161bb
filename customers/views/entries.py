"""The entries of the service log: one with its versions, and a customer's as a list."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from customers.actions import ask_about, correct_activity, withdraw_activity
from customers.actions.activities import check_can_change, move_activity
from customers.consumption.marks import Marks, marks_of
from customers.models import Activity, Customer
from customers.reach import customer_of, entries_in_reach
from customers.service_log.choices import choices_for
from customers.service_log.entries import EntryData, live_favor
from customers.service_log.entry_form import INTERNAL, EntryForm, initial_of
from customers.service_log.listing import SORT, LogFilter, exported, header, shown
from customers.service_log.versions import Version, versions_of
from customers.service_log.week import found_customers
from firm import access, screen_share
from firm.dates import firm_date, today
from firm.exports import table_response
from firm.paging import page_of, unpaged
from firm.parts import page_or_part
from firm.refusals import Refused, refusal_in, refusal_of
from firm.roles import Right

RELATED = (
    "customer__owner", "customer__backup", "staff", "recorded_by", "contact", "goal", "investment",
    "extension__contract", "favor__told",
)  # fmt: skip


class VersionForm(forms.Form):
    """Carried by what corrects, moves or withdraws: the version that its reader saw."""

    version = forms.IntegerField(
        min_value=1,
        max_value=32767,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            gettext_lazy("The form is incomplete. Open the entry once more."),
        ),
    )


class MoveForm(VersionForm):
    customer = forms.CharField(
        label=gettext_lazy("Whose work it was"),
        max_length=60,
        help_text=gettext_lazy(
            "The entry is withdrawn here and recorded there as it is on record; contact, goal,"
            " investment, extension and work item stay behind."
        ),
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Code or part of the name")}),
    )


@require_GET
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    found = _entry(request, pk)
    is_shared = screen_share.is_on(request)
    context = {
        "entry": found,
        "favor": None if is_shared else live_favor(found),
        "versions": [] if is_shared else versions_of(found),
        "marks": _marks(request, [found]).get(pk),
        "refusal": _refusal(request, found),
        "may_ask": access.scope(request).may(Right.RECORD_WORK),
        "may_see_price": access.scope(request).may(Right.PRICE),
    }
    return render(request, "customers/entry.html", context)


@require_GET
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; whoever may not change the entry reads why on its page."""
    found = _entry(request, pk, may=Right.RECORD_WORK)
    if _refusal(request, found):
        return redirect("customers:entry", pk=pk)
    initial = {"version": found.version}
    form = _form(request, found, initial=initial_of(found))
    return _correction(request, found, form, VersionForm(initial=initial))


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """The correction; 422 with all that was typed. Where somebody was quicker it says what they
    changed, and sent once more the correction is made upon theirs.
    """
    found = _entry(request, pk, may=Right.RECORD_WORK)
    form, seen = _form(request, found, request.POST), VersionForm(request.POST)
    if not (seen.is_valid() and form.is_valid() and _corrected(request, found, form, seen)):
        missed = _missed(request, found, seen)
        if missed:
            seen = VersionForm(initial={"version": found.version})
        return _correction(request, found, form, seen, missed=missed, status=422)
    messages.success(request, _("The entry has been corrected."))
    if not _entries(request).filter(pk=pk).exists():  # no longer for others' eyes
        return redirect("customers:log", pk=found.customer_id)
    return redirect("customers:entry", pk=pk)


def _missed(request: HttpRequest, found: Activity, seen: VersionForm) -> list[Version]:
    """The corrections after the version that was seen; a shared screen shows none."""
    known = seen.cleaned_data.get("version")
    if known is None or request.screen_share:  # type: ignore[attr-defined]
        return []
    return [version for version in versions_of(found) if version.number > known]


def _corrected(request: HttpRequest, found: Activity, form: EntryForm, seen: VersionForm) -> bool:
    data = form.data_of_entry
    if screen_share.is_on(request):
        # The form did not show the mark and the note, so it says nothing about them.
        data = replace(data, favor=EntryData.of(found).favor, note=found.note)
    with refusal_in(form):
        correct_activity(
            activity=found,
            data=data,
            version=seen.cleaned_data["version"],
            by=access.reader(request),
            now=timezone.now(),
        )
        return True
    return False


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found, seen = _entry(request, pk, may=Right.RECORD_WORK), VersionForm(request.POST)
    if not seen.is_valid():
        raise Refused(_("The form is incomplete. Open the entry once more."))
    withdraw_activity(
        activity=found,
        reason=request.POST.get("reason", ""),
        version=seen.cleaned_data["version"],
        by=access.reader(request),
        now=timezone.now(),
    )
    messages.success(request, _("The entry has been withdrawn."))
    return redirect("customers:log", pk=found.customer_id)


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """It was the work of another customer, named by its code or a part of its name."""
    found, form = _entry(request, pk, may=Right.RECORD_WORK), MoveForm(request.POST)
    moved = _moved(request, found, form)
    if moved is None:
        as_it_is = _form(request, found, initial=initial_of(found))
        as_it_is.fields["minutes"].widget.attrs.pop("autofocus", None)
        form.fields["customer"].widget.attrs["autofocus"] = True
        seen = VersionForm(initial={"version": found.version})
        return _correction(request, found, as_it_is, seen, move=form, status=422)
    said = _("Withdrawn there, and recorded here for %(customer)s.")
    messages.success(request, said % {"customer": moved.customer.name})
    return redirect("customers:entry", pk=moved.pk)


def _moved(request: HttpRequest, found: Activity, form: MoveForm) -> Activity | None:
    if not form.is_valid():
        return None
    with refusal_in(form, "customer"):
        return move_activity(
            activity=found,
            customer=_meant(request, form.cleaned_data["customer"]),
            version=form.cleaned_data["version"],
            by=access.reader(request),
            now=timezone.now(),
        )
    return None


def _meant(request: HttpRequest, typed: str) -> Customer:
    found = found_customers(typed, access.scope(request))
    meant = [row for row in found if row.code.lower() == typed.lower()] or found
    if len(meant) != 1:
        raise Refused(
            _("Write the customer's code, or a part of the name that only one of them has.")
        )
    return meant[0]


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A question about the entry to the manager and to who shares the customer."""
    found = _entry(request, pk, may=Right.RECORD_WORK)
    asked = ask_about(
        activity=found,
        question=request.POST.get("question", ""),
        by=access.reader(request),
        now=timezone.now(),
    )
    names = "、".join(person.name for person in asked)
    messages.success(request, _("Asked: %(people)s.") % {"people": names})
    return redirect("customers:entry", pk=pk)


@require_GET
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """A customer's entries, the latest first."""
    customer = customer_of(request, pk)
    question = _filter(request, customer)
    rows, links = page_of(request, shown(question.qs), sort=SORT)
    marks = _marks(request, rows)
    context = {
        "customer": customer,
        "filter": question.form,
        "rows": [(row, marks.get(row.pk)) for row in rows],
        "query": unpaged(request),
        **links,
        "may_record": access.scope(request).may(Right.RECORD_WORK),
    }
    return page_or_part(request, "customers/log.html", "rows", context)


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the list shows, all pages of it."""
    customer = customer_of(request, pk)
    columns = {
        "is_shared": screen_share.is_on(request),
        "shows_price": access.scope(request).may(Right.PRICE),
    }
    return table_response(
        f"{_('Service log')} {customer.code} {today():%Y-%m-%d}",
        header(**columns),
        exported(_filter(request, customer).qs, **columns),
        format=request.GET.get("format", "xlsx"),
    )


def _entry(request: HttpRequest, pk: int, *, may: Right | None = None) -> Activity:
    return get_object_or_404(_entries(request, may=may).select_related(*RELATED), pk=pk)


def _entries(request: HttpRequest, *, may: Right | None = None) -> QuerySet[Activity]:
    entries = entries_in_reach(request, may=may)
    return entries.live().shared() if screen_share.is_on(request) else entries


def _refusal(request: HttpRequest, found: Activity) -> str | None:
    """Why this reader may not change the entry."""
    by = access.reader(request)
    return refusal_of(check_can_change, activity=found, by=by, now=timezone.now())


def _marks(request: HttpRequest, entries: list[Activity]) -> dict[int, Marks]:
    """What entries mean for the contract; nothing while others look at the screen."""
    return {} if screen_share.is_on(request) else marks_of(entries)


def _filter(request: HttpRequest, customer: Customer) -> LogFilter:
    is_shared = screen_share.is_on(request)
    return LogFilter(request.GET, customer=customer, is_shared=is_shared)


def _form(request: HttpRequest, found: Activity, *args: Any, **kwargs: Any) -> EntryForm:
    now, person = timezone.now(), access.reader(request)
    choices = choices_for(found.customer, person=person, on=firm_date(now), entry=found)
    return EntryForm(
        *args,
        customer=found.customer,
        choices=choices,
        now=now,
        without=(*INTERNAL, "note") if screen_share.is_on(request) else (),
        **kwargs,
    )


def _correction(
    request: HttpRequest,
    found: Activity,
    form: EntryForm,
    seen: VersionForm,
    *,
    move: MoveForm | None = None,
    missed: Sequence[Version] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        "entry": found,
        "form": form,
        "seen": seen,
        "move": move or MoveForm(),
        "missed": missed,
    }
    return render(request, "customers/entry_correct.html", context, status=status)
