"""What is done about a flag: each move's form, in a dialog or on a page, and the move."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firm import access
from firm.dates import today
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from tiering import actions
from tiering.flags import filters
from tiering.flags.forms import (
    AcceptForm,
    AcceptPastForm,
    ReasonForm,
    ResolveForm,
    TakeNoteForm,
)
from tiering.flags.pages import check_screen, money_seen, sheet_of
from tiering.flags.sheet import Sheet
from tiering.models import Finding

Act = Callable[..., Finding]


@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The flag is acknowledged.")
    return _make(request, pk, "acknowledge", TakeNoteForm, actions.acknowledge_flag, done)


@require_GET
def start_form(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked(request, pk, "start", ReasonForm)


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    return _make(
        request, pk, "start", ReasonForm, actions.start_flag, _("The flag is in progress.")
    )


@require_GET
def resolve_form(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked(request, pk, "resolve", ResolveForm)


@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The flag is resolved.")
    return _make(request, pk, "resolve", ResolveForm, actions.resolve_flag, done)


@require_GET
@access.needs(Right.ACCEPT_FLAGS)
def accept_form(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked(request, pk, "accept", AcceptForm)


@require_POST
@access.needs(Right.ACCEPT_FLAGS)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The flag is accepted until that day.")
    return _make(request, pk, "accept", AcceptForm, actions.accept_flag, done)


@require_GET
@access.needs(Right.ACCEPT_FLAGS)
def accept_past_form(request: HttpRequest) -> HttpResponse:
    """For the past flags of the board's question."""
    return _past(request, request.GET, AcceptPastForm(today=today()))


@require_POST
@access.needs(Right.ACCEPT_FLAGS)
def accept_past(request: HttpRequest) -> HttpResponse:
    check_screen(request)
    asked = QueryDict(request.POST.get("query", ""))
    form = AcceptPastForm(request.POST, today=today())
    if form.is_valid():
        try:
            number = actions.accept_past_flags(
                findings=_chosen(request, asked),
                by=access.reader(request),
                now=timezone.now(),
                **form.cleaned_data,
            )
        except Forbidden:
            raise
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("%(n)s flags are accepted.") % {"n": number})
            return _onward(request, f"{reverse('tiering:findings')}?{asked.urlencode()}")
    return _past(request, asked, form, status=422)


def _sheet(request: HttpRequest, pk: int) -> Sheet:
    """404 also for whoever only reads."""
    if not access.scope(request).may(Right.RECORD_WORK):
        raise Http404
    return sheet_of(request, pk)


def _asked(request: HttpRequest, pk: int, move: str, form: type[ReasonForm]) -> HttpResponse:
    sheet = _sheet(request, pk)
    first = {"version": sheet.finding.version, "next": request.GET.get("next", "")}
    return _form(request, sheet, move, form(initial=first, finding=sheet.finding, today=today()))


def _make(
    request: HttpRequest, pk: int, move: str, kind: type[ReasonForm], act: Act, done: str
) -> HttpResponse:
    """A refusal comes back with all that was typed."""
    sheet = _sheet(request, pk)
    form = kind(request.POST, finding=sheet.finding, today=today())
    if form.is_valid():
        values = form.values() | {"by": access.reader(request), "now": timezone.now()}
        try:
            act(finding=sheet.finding, **values)
        except Forbidden:
            raise
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, done)
            return _onward(request, form.cleaned_data["next"], pk)
    return _form(request, sheet, move, form, status=422)


def _form(
    request: HttpRequest, sheet: Sheet, move: str, form: ReasonForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "sheet": sheet,
        "flag": sheet.finding,
        "customer": sheet.customer,
        "move": move,
        "form": form,
        **money_seen(request),
    }
    part = "#move" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"tiering/findings/move.html{part}", context, status=status)


def _past(
    request: HttpRequest, asked: QueryDict, form: AcceptPastForm, *, status: int = 200
) -> HttpResponse:
    check_screen(request)
    chosen = _chosen(request, asked)
    acceptable = actions.acceptable_past(by=access.reader(request), now=timezone.now())
    rows = acceptable.filter(pk__in=chosen.order_by().values("pk"))
    context = {
        "form": form,
        "query": asked.urlencode(),
        "flags": rows.count(),
        "customers": rows.order_by().values("customer").distinct().count(),
    }
    part = "#move" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"tiering/findings/accept_past.html{part}", context, status=status)


def _chosen(request: HttpRequest, asked: QueryDict) -> Any:
    scope = access.scope(request)
    return filters.question_of(asked, scope).flags(scope, on=today())


def _onward(request: HttpRequest, address: str, pk: int | None = None) -> HttpResponse:
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        address = reverse("tiering:finding", args=[pk])
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
