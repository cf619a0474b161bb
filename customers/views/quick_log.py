"""The quick log: an entry in a dialog from anywhere, or on a page of its own."""

import datetime
import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers import picking
from customers.actions import record_activity
from customers.actions.activities import RecordedAlready
from customers.consumption.marks import marks_of
from customers.contracts.wording import hours_text
from customers.models import Activity, Customer
from customers.scope.history import checked_before
from customers.scope.line import Line, line_for
from customers.service_log.choices import choices_for, last_entry
from customers.service_log.entry_form import INTERNAL, QuickForm, initial_like, initial_of_now
from customers.service_log.purpose import after_purpose
from firm import access, screen_share
from firm.dates import firm_date
from firm.parts import asked_from, is_for_htmx, page_or_part
from firm.refusals import Refused
from firm.roles import Right


@require_GET
@access.needs(Right.RECORD_WORK)
@after_purpose
def new(request: HttpRequest) -> HttpResponse:
    """The form for `?customer=`, filled in with `?like=last`; without one the picker."""
    customer = picking.wanted(request)
    if customer is None:
        return _fragment(request, "picker", picking.offered(request))
    now, is_shared = timezone.now(), screen_share.is_on(request)
    initial = initial_of_now(now=now)
    last = last_entry(customer, person=access.reader(request), is_shared=is_shared)
    if last is not None and request.GET.get("like") == "last":
        initial = initial_like(last, now=now) | ({"note": ""} if is_shared else {})
    if inquiry := picking.number(request.GET.get("inquiry", "")):
        initial |= checked_before(customer, inquiry)
    form = _form(request, customer, now=now, initial=initial)
    return _fragment(request, "form", {"customer": customer, "form": form, "last": last})


@require_GET
@access.needs(Right.RECORD_WORK)
def customers(request: HttpRequest) -> HttpResponse:
    """What the picker offers while one types."""
    return render(request, "customers/quick_log.html#found", picking.offered(request))


@require_POST
@access.needs(Right.RECORD_WORK)
@after_purpose
def create(request: HttpRequest) -> HttpResponse:
    """The entry; 422 with all that was typed where it cannot have been. A form that is sent twice
    is answered with the entry of the first time.
    """
    customer = get_object_or_404(
        picking.theirs(request), pk=picking.number(request.POST.get("customer", ""))
    )
    now = timezone.now()
    form = _form(request, customer, request.POST, now=now)
    entry = _recorded(request, form, now=now)
    if entry is None:
        context = {"customer": customer, "form": form}
        return _fragment(request, "form", context, status=422)
    return _done(request, entry, now=now)


@require_POST
@access.needs(Right.RECORD_WORK)
def line(request: HttpRequest) -> HttpResponse:
    """What the form would mean for the contract: told, never asked. Empty until it is filled in."""
    pk = picking.number(request.POST.get("customer", ""))
    customer = picking.theirs(request).filter(pk=pk).first()
    context = {"line": _line(request, customer) if customer else None}
    return render(request, "customers/quick_log.html#line", context)


def _line(request: HttpRequest, customer: Customer) -> Line | None:
    form = _form(request, customer, request.POST, now=timezone.now())
    return line_for(customer, form.data_of_entry) if form.is_valid() else None


def _recorded(request: HttpRequest, form: QuickForm, *, now: datetime.datetime) -> Activity | None:
    if not form.is_valid():
        return None
    person, once = access.reader(request), form.cleaned_data["once"]
    # The key is the person's own: nobody can take another's.
    source_id = f"{person.pk}:{once}" if once else ""
    try:
        return record_activity(
            customer=form.customer,
            data=form.data_of_entry,
            source_id=source_id,
            by=person,
            now=now,
        )
    except RecordedAlready:
        return Activity.objects.select_related("customer").get(source="", source_id=source_id)
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return None


def _done(request: HttpRequest, entry: Activity, *, now: datetime.datetime) -> HttpResponse:
    """A toast with the way to correct it; where the quick log is the page itself, the entry."""
    address = reverse("customers:entry", args=[entry.pk])
    is_shared = screen_share.is_on(request)
    said = _said(entry, is_shared) if entry.recorded_at == now else _said_before(entry)
    if is_for_htmx(request) and not _is_own_page(request):
        toast = {"text": said, "href": address, "link": _("Correct or withdraw")}
        happened = {"toast": toast, "close-modal": True, "activity-recorded": True}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(happened)})
    messages.success(request, said)
    if is_for_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _said(entry: Activity, is_shared: bool) -> str:
    """How much was recorded for whom, and what it means for the contract."""
    said = _("%(customer)s: %(hours)s h recorded.") % {
        "customer": entry.customer.name,
        "hours": hours_text(entry.minutes),
    }
    marks = () if is_shared else marks_of([entry])[entry.pk].marks
    return f"{said} {' · '.join(mark.words for mark in marks)}".strip()


def _said_before(entry: Activity) -> str:
    """To whoever went back to the form and sent it again."""
    return _(
        "%(customer)s: this form was recorded already, with %(hours)s h. Nothing was added;"
        " to change the entry, correct it."
    ) % {"customer": entry.customer.name, "hours": hours_text(entry.minutes)}


def _is_own_page(request: HttpRequest) -> bool:
    return asked_from(request) in (reverse("customers:log-new"), reverse("customers:log-create"))


def _form(
    request: HttpRequest,
    customer: Customer,
    *args: Any,
    now: datetime.datetime,
    **kwargs: Any,
) -> QuickForm:
    person = access.reader(request)
    return QuickForm(
        *args,
        customer=customer,
        choices=choices_for(customer, person=person, on=firm_date(now)),
        now=now,
        without=INTERNAL if screen_share.is_on(request) else (),
        auto_id="log_%s",
        **kwargs,
    )


def _fragment(
    request: HttpRequest, stage: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {**context, "stage": stage}
    return page_or_part(request, "customers/quick_log.html", "quick-log", context, status=status)
