"""Drafts of my entries: read from a file of mine, ticked in or left out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from customers.actions.drafts import propose_drafts, settle_drafts
from customers.models import Activity, ActivityDraft
from customers.service_log.draft_form import (
    DraftFileForm,
    Line,
    Settled,
    lines_of,
    name_of,
    settled,
)
from customers.service_log.drafts import Found, read_file, told
from customers.service_log.pages import log_page
from customers.service_log.purpose import after_purpose
from customers.service_log.week import customers_of, monday_of
from firm import access
from firm.dates import today
from firm.ics import LARGEST_FILE
from firm.refusals import Refused, refusal_in
from firm.roles import Right

SHOWN = 100


@require_GET
@access.needs(Right.RECORD_WORK)
@after_purpose
def drafts(request: HttpRequest) -> HttpResponse:
    return _page(request, DraftFileForm(), lines_of(_waiting(request)[:SHOWN]))


@require_POST
@access.needs(Right.RECORD_WORK)
@after_purpose
def read(request: HttpRequest) -> HttpResponse:
    """Propose what the file holds and was not proposed before."""
    form = DraftFileForm(request.POST, request.FILES)
    if form.is_valid():
        with refusal_in(form, "file"):
            _read(request, form.cleaned_data["file"])
            return redirect("customers:log-drafts")
    return _page(request, form, lines_of(_waiting(request)[:SHOWN]), status=422)


@require_POST
@access.needs(Right.RECORD_WORK)
@after_purpose
def settle(request: HttpRequest) -> HttpResponse:
    found = settled(_waiting(request)[:SHOWN], request.POST, access.scope(request))
    if found.has_errors:
        return _page(request, DraftFileForm(), found.lines, status=422)
    try:
        recorded = settle_drafts(
            taken=found.taken,
            left_out=found.left_out,
            by=access.reader(request),
            now=timezone.now(),
        )
    except Refused as refused:
        return _page(request, DraftFileForm(), found.lines, refusal=refused.sentence, status=422)
    messages.success(request, _said(recorded, found))
    return redirect("customers:log-drafts")


def _waiting(request: HttpRequest) -> Any:
    mine = ActivityDraft.objects.filter(
        person=access.reader(request), state=ActivityDraft.State.WAITING
    )
    return mine.select_related("customer")


def _read(request: HttpRequest, file: Any) -> None:
    """Raises Refused for what can't be read as a whole; the rest is said in messages."""
    if file.size > LARGEST_FILE:
        raise Refused(_("The file is larger than %(limit)s MB.") % {"limit": LARGEST_FILE >> 20})
    person, now = access.reader(request), timezone.now()
    found = read_file(
        file.read(), name=file.name, person=person, scope=access.scope(request), now=now
    )
    fresh = propose_drafts(proposals=found.proposals, by=person, now=now)
    messages.success(request, _proposed(found, fresh))
    for sentence in told(found.problems):
        messages.warning(request, sentence)


def _proposed(found: Found, fresh: int) -> str:
    words = [_("Nothing new.")]
    if fresh:
        words = [
            ngettext("%(count)s new draft.", "%(count)s new drafts.", fresh) % {"count": fresh}
        ]
    if known := len(found.proposals) - fresh:
        words.append(_("Proposed before: %(count)s.") % {"count": known})
    if found.older:
        words.append(_("Over 3 months old, or still to come: %(count)s.") % {"count": found.older})
    return " ".join(words)


def _said(recorded: int, found: Settled) -> str:
    return _("Recorded: %(recorded)s. Left out: %(left_out)s.") % {
        "recorded": recorded,
        "left_out": len(found.left_out),
    }


def _page(
    request: HttpRequest,
    form: DraftFileForm,
    lines: list[Line],
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    day = today()
    mine = customers_of(access.reader(request), access.scope(request), week=monday_of(day))
    context = {
        "form": form,
        "lines": lines,
        "shown": SHOWN,
        "refusal": refusal,
        "causes": Activity.Cause.choices,
        "customers": [name_of(customer) for customer in mine] if lines else [],
    }
    return log_page(request, "customers/log_drafts.html", context, status=status)
