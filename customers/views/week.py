"""The weekly sheet: my customers by the days of a week, saved as a whole."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from customers.actions.week import Wish, save_week
from customers.models import Activity, Customer
from customers.service_log.coverage import closed_weeks, coverage_of
from customers.service_log.pages import log_page
from customers.service_log.purpose import after_purpose
from customers.service_log.week import (
    Sheet,
    fill_from_week_before,
    found_customers,
    next_cause,
    sheet_of,
    week_asked_for,
)
from customers.service_log.week_form import Typed, error_sentences, lay_over, rows_of
from firm import access
from firm.dates import today
from firm.refusals import Refused
from firm.roles import Right


@require_GET
@access.needs(Right.RECORD_WORK)
@after_purpose
def week(request: HttpRequest) -> HttpResponse:
    return _page(request, _sheet(request, request.GET))


@require_POST
@access.needs(Right.RECORD_WORK)
@after_purpose
def save(request: HttpRequest) -> HttpResponse:
    sheet = _sheet(request, request.POST)
    typed = lay_over(sheet, request.POST)
    if typed.has_errors:
        return _page(request, sheet, sentences=error_sentences(sheet), status=422)
    try:
        saved = save_week(
            week=sheet.week,
            wishes=_wishes(typed),
            quiet=typed.quiet,
            not_quiet=typed.not_quiet,
            by=access.reader(request),
            now=timezone.now(),
        )
    except Refused as refused:
        return _page(request, sheet, sentences=[refused.sentence], status=422)
    changed = saved.recorded + saved.corrected + saved.withdrawn
    messages.success(request, _said(changed, ticks=len(typed.quiet) + len(typed.not_quiet)))
    return redirect(f"{reverse('customers:log-week')}?week={sheet.week}")


@require_POST
@access.needs(Right.RECORD_WORK)
def copy(request: HttpRequest) -> HttpResponse:
    """The form again, with last week's hours in its empty cells; nothing is saved yet."""
    sheet = _sheet(request, request.POST)
    lay_over(sheet, request.POST)
    filled = fill_from_week_before(sheet, access.reader(request))
    said = ngettext(
        "%(count)s empty cell was filled from the week before. Check it, then save.",
        "%(count)s empty cells were filled from the week before. Check them, then save.",
        filled,
    )
    notice = said % {"count": filled} if filled else _("The week before has nothing to fill in.")
    return _page(request, sheet, notice=notice)


@require_POST
@access.needs(Right.RECORD_WORK)
def add(request: HttpRequest) -> HttpResponse:
    """The form again, with a row for the customer that was looked for or chosen."""
    chosen = request.POST.get("choose", "")
    wanted = request.POST.get("find", "")
    found = found_customers(chosen or wanted, access.scope(request))
    exact = [one for one in found if one.code.lower() == (chosen or wanted).strip().lower()]
    added = exact or found if len(exact or found) == 1 else []
    sheet = _sheet(request, request.POST, added=added)
    lay_over(sheet, request.POST)
    notice = _("None of your customers is called so.") if wanted.strip() and not found else ""
    return _page(request, sheet, notice=notice, offered=[] if added else found, find=wanted)


def _said(changed: int, *, ticks: int) -> str:
    """How many cells and ticks of “nothing this week” were saved."""
    words = []
    if changed:
        said = ngettext("Saved: %(count)s cell.", "Saved: %(count)s cells.", changed)
        words.append(said % {"count": changed})
    if ticks:
        said = ngettext(
            "Saved: “nothing” of %(count)s customer.",
            "Saved: “nothing” of %(count)s customers.",
            ticks,
        )
        words.append(said % {"count": ticks})
    return " ".join(words) or _("There was nothing to save.")


def _sheet(request: HttpRequest, data: QueryDict, *, added: list[Customer] | None = None) -> Sheet:
    """The week that was asked for, with the rows that the page had and those to be added."""
    day = today()
    person, scope = access.reader(request), access.scope(request)
    monday = week_asked_for(data.get("week", ""), today=day)
    rows = rows_of(data)
    sheet = sheet_of(person, scope, week=monday, today=day, added=rows)
    for customer in added or []:
        rows.append((customer.pk, next_cause(sheet, customer.pk)))
        sheet = sheet_of(person, scope, week=monday, today=day, added=rows)
    return sheet


def _wishes(typed: Typed) -> list[Wish]:
    return [
        Wish(
            customer=row.customer.pk,
            day=row.cells[place].day,
            cause=row.cause,
            minutes=minutes,
            was=row.was,
        )
        for row, place, minutes in typed.cells
    ]


def _page(request: HttpRequest, sheet: Sheet, *, status: int = 200, **shown: Any) -> HttpResponse:
    weeks: list[datetime.date] = closed_weeks(on=sheet.today)
    mine = Customer.objects.filter(pk__in={row.customer.pk for row in sheet.rows})
    context = {
        "sheet": sheet,
        "causes": Activity.Cause.choices,
        "coverage": coverage_of(mine, weeks=weeks),
        "coverage_weeks": len(weeks),
        **shown,
    }
    return log_page(request, "customers/week.html", context, status=status)
