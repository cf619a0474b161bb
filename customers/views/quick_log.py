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

from customers.actions import record_activity
from customers.consumption.marks import marks_of
from customers.contracts.wording import hours_text
from customers.models import Activity, Customer, CustomerSnapshot
from customers.scope.line import Line, line_for
from customers.service_log.choices import choices_for, last_entry
from customers.service_log.entry_form import EntryForm, initial_like, initial_of_now
from customers.service_log.purpose import after_purpose
from customers.suggestions import exactly_one, suggestions
from firm import access
from firm.dates import firm_date
from firm.refusals import Refused
from firm.roles import Right

# Customers offered before one types, and how many entries are looked at for them.
LATELY, LOOKED_AT = 8, 100
RELATED = ("owner", "backup")


@require_GET
@access.needs(Right.RECORD_WORK)
@after_purpose
def new(request: HttpRequest) -> HttpResponse:
    """The form for `?customer=`, filled in with `?like=last`; without one the picker."""
    customer = _wanted(request)
    if customer is None:
        return _fragment(request, "picker", _offered(request))
    now = timezone.now()
    initial = initial_of_now(now=now)
    last = last_entry(customer, person=access.reader(request))
    if last is not None and request.GET.get("like") == "last":
        initial = initial_like(last, now=now)
    form = _form(request, customer, now=now, initial=initial)
    return _fragment(request, "form", {"customer": customer, "form": form, "last": last})


@require_GET
@access.needs(Right.RECORD_WORK)
def customers(request: HttpRequest) -> HttpResponse:
    """What the picker offers while one types."""
    return render(request, "customers/quick_log.html#found", _offered(request))


@require_POST
@access.needs(Right.RECORD_WORK)
@after_purpose
def create(request: HttpRequest) -> HttpResponse:
    """The entry; 422 with all that was typed where it cannot have been."""
    customer = get_object_or_404(_theirs(request), pk=_number(request.POST.get("customer", "")))
    now = timezone.now()
    form = _form(request, customer, request.POST, now=now)
    entry = _recorded(request, form, now=now)
    if entry is None:
        context = {"customer": customer, "form": form}
        return _fragment(request, "form", context, status=422)
    return _done(request, entry)


@require_POST
@access.needs(Right.RECORD_WORK)
def line(request: HttpRequest) -> HttpResponse:
    """What the form would mean for the contract: told, never asked. Empty until it is filled in."""
    pk = _number(request.POST.get("customer", ""))
    customer = _theirs(request).filter(pk=pk).first()
    context = {"line": _line(request, customer) if customer else None}
    return render(request, "customers/quick_log.html#line", context)


def _line(request: HttpRequest, customer: Customer) -> Line | None:
    form = _form(request, customer, request.POST, now=timezone.now())
    return line_for(customer, form.data_of_entry) if form.is_valid() else None


def _recorded(request: HttpRequest, form: EntryForm, *, now: datetime.datetime) -> Activity | None:
    if not form.is_valid():
        return None
    try:
        return record_activity(
            customer=form.customer, data=form.data_of_entry, by=access.reader(request), now=now
        )
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return None


def _done(request: HttpRequest, entry: Activity) -> HttpResponse:
    """A toast with the way to correct it; where the quick log is the page itself, the entry."""
    address = reverse("customers:entry", args=[entry.pk])
    said = _said(entry)
    if request.htmx and not _is_own_page(request):  # type: ignore[attr-defined]
        toast = {"text": said, "href": address, "link": _("Correct or withdraw")}
        happened = {"toast": toast, "close-modal": True, "activity-recorded": True}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(happened)})
    messages.success(request, said)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _said(entry: Activity) -> str:
    """How much was recorded for whom, and what it means for the contract."""
    said = _("%(customer)s: %(hours)s h recorded.") % {
        "customer": entry.customer.name,
        "hours": hours_text(entry.minutes),
    }
    marks = marks_of([entry])[entry.pk].marks
    return " · ".join([said, *(mark.words for mark in marks)])


def _is_own_page(request: HttpRequest) -> bool:
    page = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    return page.split("?")[0] in (reverse("customers:log-new"), reverse("customers:log-create"))


def _form(
    request: HttpRequest,
    customer: Customer,
    *args: Any,
    now: datetime.datetime,
    **kwargs: Any,
) -> EntryForm:
    person = access.reader(request)
    return EntryForm(
        *args,
        customer=customer,
        choices=choices_for(customer, person=person, on=firm_date(now)),
        now=now,
        shows_goodwill=not request.screen_share,  # type: ignore[attr-defined]
        auto_id="log_%s",
        **kwargs,
    )


def _theirs(request: HttpRequest) -> Any:
    return Customer.objects.visible_to(access.scope(request)).select_related(*RELATED)


def _number(text: str) -> int:
    """A pk, or 0, which nothing has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _wanted(request: HttpRequest) -> Customer | None:
    """`?customer=`, or what was typed: the only one, in the dialog the first one. None too for a
    customer whose file is not the reader's: the card's page has this button as well.
    """
    chosen = _number(request.GET.get("customer", ""))
    if not chosen and request.GET.get("q"):
        found = _suggested(request)
        if len(found) == 1 or (found and request.htmx):  # type: ignore[attr-defined]
            chosen = found[0].pk
    found_one: Customer | None = _theirs(request).filter(pk=chosen).first() if chosen else None
    return found_one


def _suggested(request: HttpRequest) -> list[CustomerSnapshot]:
    typed = request.GET.get("q", "")
    if request.screen_share:  # type: ignore[attr-defined]
        only = exactly_one(typed)
        found = [only] if only else []
    else:
        theirs = CustomerSnapshot.objects.visible_to(access.scope(request))
        found = suggestions(typed, among=theirs)
    scope = access.scope(request)
    return [row for row in found if scope.has_file(row.owner_id, row.backup_id)]


def _offered(request: HttpRequest) -> dict[str, Any]:
    """By what was typed; before that, the customers the person recorded work for last."""
    typed = request.GET.get("q", "").strip()
    if typed or request.screen_share:  # type: ignore[attr-defined]
        return {"typed": typed, "found": _suggested(request)}
    return {"typed": "", "found": _served_lately(request)}


def _served_lately(request: HttpRequest) -> list[CustomerSnapshot]:
    entries = Activity.objects.live().filter(staff=access.reader(request)).order_by("-day", "-pk")
    lately = list(dict.fromkeys(entries.values_list("customer", flat=True)[:LOOKED_AT]))[:LATELY]
    theirs = CustomerSnapshot.objects.visible_to(access.scope(request)).in_bulk(lately)
    return [theirs[pk] for pk in lately if pk in theirs]


def _fragment(
    request: HttpRequest, stage: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    part = "#quick-log" if request.htmx else ""  # type: ignore[attr-defined]
    page = f"customers/quick_log.html{part}"
    return render(request, page, {**context, "stage": stage}, status=status)
