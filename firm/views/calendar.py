"""The firm's days off and the months it has closed."""

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from firm import actions, calendar_shown, formats, queries
from firm.access import needs, reader, scope
from firm.calendar_effects import Effects, effects_of
from firm.calendar_forms import DaysFileForm
from firm.calendar_shown import Removal
from firm.dates import add_months, today
from firm.forms import CompanyDaysForm, HolidayForm, MonthForm
from firm.models import CompanyDay, Holiday
from firm.refusals import refusal_in, refusal_of, refusal_told
from firm.roles import Right

MONTHS_SHOWN = 13
YEARS = {str(year) for year in range(1950, 2101)}


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Everybody may read it; the buttons are for those who may change it."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **forms: Any) -> HttpResponse:
    year = _year(request)
    months = queries.recent_months(on=today(), count=MONTHS_SHOWN)
    closed = [month.first for month in months if month.closed]
    to_close = add_months(closed[0], 1) if closed else queries.next_month_to_close(on=today())
    calendars = calendar_shown.calendars(on=today())
    by, now = reader(request), timezone.now()
    context = {
        "year": year,
        "days_off": queries.days_off(year, country=settings.FIRM_COUNTRY),
        "months": months,
        "to_close": to_close,
        "cannot_close": refusal_of(actions.check_can_close_month, month=to_close, by=by, now=now),
        "latest_closed": closed[0] if closed else None,
        "may_close": scope(request).may(Right.CLOSE_MONTHS),
        "may_edit": scope(request).may(Right.EDIT_CALENDAR),
        "company_days_form": CompanyDaysForm(prefix="own"),
        "holiday_form": HolidayForm(prefix="holiday"),
        "calendars": calendars,
        "days_file_form": DaysFileForm(calendars=[shown.calendar for shown in calendars]),
        **forms,
    }
    return render(request, "firm/calendar.html", context, status=status)


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    return int(text) if text in YEARS else today().year


@require_POST
@needs(Right.EDIT_CALENDAR)
def add_holiday(request: HttpRequest) -> HttpResponse:
    form = HolidayForm(request.POST, prefix="holiday")
    if form.is_valid():
        day = form.cleaned_data["day"]
        edit = partial(actions.add_holiday, **form.cleaned_data, **_who(request))
        with refusal_in(form, "day"):
            if "try" in request.POST:
                return _page(request, holiday_form=form, effects=_effects(edit, day, day))
            edit()
            return _back(request, day, _("The holiday is added."))
    return _page(request, status=422, holiday_form=form)


@require_POST
@needs(Right.EDIT_CALENDAR)
def remove_holiday(request: HttpRequest, pk: int) -> HttpResponse:
    holiday = get_object_or_404(Holiday, pk=pk)

    def edit() -> None:
        actions.remove_holiday(holiday=Holiday.objects.get(pk=pk), **_who(request))

    return _remove(request, holiday, edit, _("The holiday is removed."))


@require_POST
@needs(Right.EDIT_CALENDAR)
def add_company_days(request: HttpRequest) -> HttpResponse:
    form = CompanyDaysForm(request.POST, prefix="own")
    if form.is_valid():
        days = form.days()
        edit = partial(actions.add_company_days, **days, **_who(request))
        with refusal_in(form, "last"):
            if "try" in request.POST:
                effects = _effects(edit, days["first"], days["last"])
                return _page(request, company_days_form=form, effects=effects)
            edit()
            return _back(request, days["first"], _("The company days are added."))
    return _page(request, status=422, company_days_form=form)


@require_POST
@needs(Right.EDIT_CALENDAR)
def remove_company_day(request: HttpRequest, pk: int) -> HttpResponse:
    day = get_object_or_404(CompanyDay, pk=pk)

    def edit() -> None:
        actions.remove_company_day(day=CompanyDay.objects.get(pk=pk), **_who(request))

    return _remove(request, day, edit, _("The company day is removed."))


def _remove(
    request: HttpRequest, row: Holiday | CompanyDay, edit: Callable[[], object], done: str
) -> HttpResponse:
    """Take the day away, or with `try` show what that would shift and ask."""
    if "try" not in request.POST:
        edit()
        return _back(request, row.day, done)
    removal = Removal(f"{formats.full_day(row.day)} {row.name}", request.get_full_path())
    return _page(request, effects=_effects(edit, row.day, row.day), removal=removal)


@require_POST
@needs(Right.CLOSE_MONTHS)
def close_month(request: HttpRequest) -> HttpResponse:
    return _act_on_month(request, actions.close_month, _("The month is closed."))


@require_POST
@needs(Right.CLOSE_MONTHS)
def reopen_month(request: HttpRequest) -> HttpResponse:
    return _act_on_month(request, actions.reopen_month, _("The month is open again."))


def _act_on_month(request: HttpRequest, action: Any, done: str) -> HttpResponse:
    form = MonthForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422)
    with refusal_told(request):
        action(**form.cleaned_data, by=reader(request), now=timezone.now())
        messages.success(request, done)
    return redirect("firm:calendar")


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": reader(request), "now": timezone.now()}


def _effects(edit: Callable[[], object], first: datetime.date, last: datetime.date) -> Effects:
    """What the edit would shift; it is not made."""
    return effects_of(edit, first=first, last=last, now=timezone.now())


def _back(request: HttpRequest, day: datetime.date, done: str) -> HttpResponse:
    messages.success(request, done)
    return redirect(f"{reverse('firm:calendar')}?year={day.year}")
