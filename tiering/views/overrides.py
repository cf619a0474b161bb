"""Manual overrides: the lists, asking for one, deciding, ending."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.models import Customer
from firm import access
from firm.dates import today
from firm.exports import table_response
from firm.paging import page_of
from firm.refusals import Forbidden, Refused, refusal_in, refusal_of
from firm.roles import Right
from tiering import actions, overrides
from tiering.current import current_of
from tiering.models import Override, Tier
from tiering.override_form import NoteForm, OverrideForm
from tiering.override_list import Book, Direction, Group
from tiering.override_table import exported, header
from tiering.overview import overview_of
from tiering.screen import check_tiers_may_show

RELATED = ("snapshot", "owner", "backup", "department")


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """To decide, in force, ending soon, past; `?group=`, `?direction=`, `?mine=1`."""
    check_tiers_may_show(request)
    book, group = _book(request), _group(request)
    wishes = _wishes(request)
    rows, links = page_of(request, book.chosen(group, **wishes), sort=group.sort)
    context = {
        "group": group,
        "groups": list(book.counts().items()),
        "directions": list(Direction),
        "totals": book.totals(),
        "rows": book.shown(rows),
        **wishes,
        **links,
    }
    return render(request, "tiering/overrides.html", context)


@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    check_tiers_may_show(request)
    book, group = _book(request), _group(request)
    rows = book.chosen(group, **_wishes(request)).order_by(group.sort, "pk")
    return table_response(
        f"{_('Manual overrides')} {today():%Y-%m-%d}",
        header(),
        exported(book.shown(rows.iterator(chunk_size=500))),
        format=request.GET.get("format", "xlsx"),
    )


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them with the figures beside; whoever may, decides here."""
    return _detail(request, pk)


@require_GET
def new(request: HttpRequest, pk: int) -> HttpResponse:
    customer = _customer(request, pk)
    form = OverrideForm(tiers=_tiers(request), today=today())
    return _new(request, customer, form)


@require_POST
def create(request: HttpRequest, pk: int) -> HttpResponse:
    customer, by, now = _customer(request, pk), access.reader(request), timezone.now()
    form = OverrideForm(request.POST, tiers=_tiers(request), today=today())
    if form.is_valid():
        with refusal_in(form):
            made = actions.request_override(customer=customer, by=by, now=now, **form.values())
            messages.success(request, _("The request has been sent."))
            return redirect("tiering:override", pk=made.pk)
    return _new(request, customer, form, status=422)


@require_POST
@access.needs(Right.APPROVE_OVERRIDE)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, actions.approve_override, _("The manual override is approved."))


@require_POST
@access.needs(Right.APPROVE_OVERRIDE)
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, actions.reject_override, _("The request is rejected."))


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """For who requested it and who may approve one; 404 for others."""
    get_object_or_404(overrides.theirs(access.scope(request)), pk=pk)
    done = _("The manual override has ended. The earned tier holds again.")
    return _act(request, pk, actions.end_override, done)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """For the requester; 404 for others."""
    by = access.reader(request)
    override = get_object_or_404(Override, pk=pk, requested_by=by)
    actions.withdraw_override(override=override, by=by, now=timezone.now())
    messages.success(request, _("The request is withdrawn."))
    return redirect("tiering:override", pk=pk)


def _act(request: HttpRequest, pk: int, act: Callable[..., Override], done: str) -> HttpResponse:
    """A move with a note. A refusal comes back with the note still in its field."""
    override = _override(request, pk)
    form = _note_form(override, request.POST)
    if form.is_valid():
        try:
            act(
                override=override,
                note=form.cleaned_data["note"],
                by=access.reader(request),
                now=timezone.now(),
            )
        except Forbidden:
            raise
        except Refused as refused:
            form.add_error("note", refused.sentence)
        else:
            messages.success(request, done)
            return redirect("tiering:override", pk=pk)
    return _detail(request, pk, form=form, status=422)


def _detail(
    request: HttpRequest, pk: int, *, form: NoteForm | None = None, status: int = 200
) -> HttpResponse:
    override, book = _override(request, pk), _book(request)
    wish: dict[str, Any] = {
        "override": override,
        "by": access.reader(request),
        "now": timezone.now(),
    }
    is_own = override.requested_by_id == wish["by"].pk
    context = {
        "row": book.row(override),
        "override": override,
        "customer": override.customer,
        "is_open": book.is_open(override),
        "lacks_tier": book.lacks_tier(override),
        "is_own": is_own,
        "cannot_decide": refusal_of(actions.check_can_decide, **wish),
        "may_withdraw": refusal_of(actions.check_can_withdraw, **wish) is None,
        "may_end": refusal_of(actions.check_can_end, **wish) is None,
        "form": form or _note_form(override),
    }
    return render(request, "tiering/override.html", context, status=status)


def _note_form(override: Override, *data: QueryDict) -> NoteForm:
    return NoteForm(*data, needed=override.state != Override.State.REQUESTED)


def _new(
    request: HttpRequest, customer: Customer, form: OverrideForm, *, status: int = 200
) -> HttpResponse:
    by = access.reader(request)
    context = {
        "customer": customer,
        "form": form,
        "deciders": overrides.deciders(customer, requester=by, on=today()),
    }
    return render(request, "tiering/override_new.html", context, status=status)


def _book(request: HttpRequest) -> Book:
    tiers = overview_of(request)
    ladder = [card.rule for card in tiers.cards] if tiers else None
    return Book(access.scope(request), on=today(), ladder=ladder)


def _tiers(request: HttpRequest) -> list[Tier]:
    current = current_of(request)
    return current.tiers if current else overrides.tiers_to_choose(on=today())


def _group(request: HttpRequest) -> Group:
    """The one asked for; else the requests where some wait, and what is in force."""
    asked = request.GET.get("group", "")
    if asked:
        if asked not in list(Group):
            raise Http404
        return Group(asked)
    return Group.REQUESTED if overrides.waiting_for(access.scope(request)) else Group.IN_FORCE


def _wishes(request: HttpRequest) -> dict[str, Any]:
    direction = request.GET.get("direction", "")
    return {
        "direction": Direction(direction) if direction in list(Direction) else None,
        "mine": request.GET.get("mine") == "1",
    }


def _override(request: HttpRequest, pk: int) -> Override:
    """404 for whoever has no right to the customer's file."""
    check_tiers_may_show(request)
    rows = overrides.visible_to(access.scope(request)).select_related(
        "customer__snapshot", "customer__owner", "customer__backup", "tier", "earned_tier",
        "requested_by", "decided_by", "ended_by",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


def _customer(request: HttpRequest, pk: int) -> Customer:
    """404 for whoever may not ask for an override of this customer."""
    check_tiers_may_show(request)
    found = overrides.requestable(access.scope(request)).select_related(*RELATED)
    waiting = Override.objects.requested().filter(customer=OuterRef("pk"))
    return get_object_or_404(found.annotate(is_waiting=Exists(waiting)), pk=pk)
