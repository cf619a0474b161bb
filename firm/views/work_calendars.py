"""Work calendars: hours in versions, days of their own, files of days, and trying them out."""

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from firm import actions, calendar_shown, formats, ics, work_calendars
from firm.access import needs, reader, scope
from firm.business_time import ONE_DAY
from firm.calendar_effects import Edit, as_if_held, effects_of
from firm.calendar_forms import (
    DaysFileForm,
    DueForm,
    NewCalendarForm,
    ShiftForm,
    SplitForm,
    TickedDaysForm,
    VersionForm,
)
from firm.dates import today
from firm.forms import CompanyDaysForm
from firm.models import CalendarDayOff, CalendarShift, CalendarVersion, CompanyDay, WorkCalendar
from firm.national_holidays import YEARS_AHEAD
from firm.refusals import refusal_in, refusal_told
from firm.roles import Right

FRIDAY = 4


@require_GET
def work_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody may read it and try it out; the address holds what is tried."""
    calendar = _calendar(pk)
    tries = {
        name: form(request.GET, prefix=name) if f"{name}-start" in request.GET else None
        for name, form in (("due", DueForm), ("split", SplitForm))
    }
    status = 422 if any(form and not form.is_valid() for form in tries.values()) else 200
    return _page(request, calendar, status, **{f"{name}_form": tries[name] for name in tries})


def _calendar(pk: int) -> WorkCalendar:
    return get_object_or_404(
        WorkCalendar.objects.prefetch_related("versions__hours", "shifts"), pk=pk
    )


def _page(
    request: HttpRequest, calendar: WorkCalendar, status: int = 200, **forms: Any
) -> HttpResponse:
    day = today()
    shifts = calendar_shown.shifts(calendar, since=day)
    coming = calendar_shown.coming_days(calendar, shifts, since=day)
    versions = calendar_shown.versions(calendar, on=day)
    given = {name: form for name, form in forms.items() if form}
    context = {
        "calendar": calendar,
        "versions": versions,
        "in_force": next((shown for shown in versions if shown.is_in_force), versions[-1]),
        "coming": coming,
        "shifts": shifts,
        "days_off": calendar.days_off.filter(day__gte=day),
        "may_edit": scope(request).may(Right.EDIT_CALENDAR),
        "today": day,
        "version_form": _version_form(versions[0].version),
        "shift_form": ShiftForm(prefix="shift"),
        "off_form": CompanyDaysForm(prefix="off"),
        **_tries(calendar, **given),
        **given,
    }
    return render(request, "firm/work_calendar.html", context, status=status)


def _version_form(latest: CalendarVersion, data: Any = None) -> VersionForm:
    """Begins as the latest version is."""
    return VersionForm(
        data,
        prefix="version",
        week=work_calendars.week_of(latest),
        initial={
            "country": latest.country,
            "off_on_company_days": latest.off_on_company_days,
        },
    )


def _tries(calendar: WorkCalendar, **forms: Any) -> dict[str, Any]:
    """The two forms to try the calendar with, and what comes out of those filled in."""
    due, split = forms.get("due_form"), forms.get("split_form")
    found: dict[str, Any] = {}
    if due and due.is_valid():
        tried = due.cleaned_data
        is_back = tried["direction"] == "back"
        found["due"] = calendar_shown.due(
            calendar, tried["start"], tried["minutes"], is_back=is_back
        )
    if split and split.is_valid():
        found["split"] = calendar_shown.divided(calendar, **split.cleaned_data)
    evening = _last_friday(ZoneInfo(calendar.zone))
    work = {"start": evening, "end": evening + datetime.timedelta(minutes=105)}
    return {
        "due_form": DueForm(prefix="due", initial={"start": evening, "minutes": 60}),
        "split_form": SplitForm(prefix="split", initial=work),
        **found,
    }


def _last_friday(zone: ZoneInfo) -> datetime.datetime:
    """An example that shows something: ten to six before a week-end."""
    day = timezone.now().astimezone(zone).date()
    friday = day - datetime.timedelta(days=(day.weekday() - FRIDAY) % 7)
    return datetime.datetime.combine(friday, datetime.time(17, 50))


@require_GET
@needs(Right.EDIT_CALENDAR)
def new_calendar(request: HttpRequest) -> HttpResponse:
    return _new_page(request, _new_form())


def _new_form(data: Any = None) -> NewCalendarForm:
    return NewCalendarForm(
        data,
        week=work_calendars.OFFICE_WEEK,
        initial={"country": settings.FIRM_COUNTRY, "off_on_company_days": True},
    )


def _new_page(request: HttpRequest, form: NewCalendarForm, status: int = 200) -> HttpResponse:
    return render(request, "firm/work_calendar_new.html", {"form": form}, status=status)


@require_POST
@needs(Right.EDIT_CALENDAR)
def create_calendar(request: HttpRequest) -> HttpResponse:
    form = _new_form(request.POST)
    if form.is_valid():
        with refusal_in(form):
            calendar = actions.add_calendar(**form.values(), by=reader(request), now=timezone.now())
            messages.success(request, _("The calendar is added."))
            return redirect("firm:work_calendar", pk=calendar.pk)
    return _new_page(request, form, status=422)


def _change(
    request: HttpRequest,
    calendar: WorkCalendar,
    form: Any,
    name: str,
    act: Callable[..., object],
    done: str,
) -> HttpResponse:
    """Act on what a form of the calendar's page says, or show it again with the reason; with
    `try` in the request, with what it would shift.
    """
    if form.is_valid():
        now = timezone.now()
        edit = partial(act, calendar=calendar, by=reader(request), now=now)
        with refusal_in(form):
            if "try" in request.POST:
                effects = effects_of(edit, now=now, **_days_of(form, calendar, now))
                return _page(request, _calendar(calendar.pk), effects=effects, **{name: form})
            edit()
            messages.success(request, done)
            return redirect("firm:work_calendar", pk=calendar.pk)
    return _page(request, calendar, status=422, **{name: form})


def _days_of(form: Any, calendar: WorkCalendar, now: datetime.datetime) -> dict[str, Any]:
    """Which days the valid form is about, as effects_of takes them."""
    if isinstance(form, CompanyDaysForm):
        days = form.days()
        return {"first": days["first"], "last": days["last"]}
    if isinstance(form, ShiftForm):
        return {"first": form.cleaned_data["day"], "last": form.cleaned_data["day"]}
    hours = form.values()
    first = hours.pop("effective_from")
    return {"first": first, "past": as_if_held(calendar, now=now, **hours)}


@require_POST
@needs(Right.EDIT_CALENDAR)
def add_version(request: HttpRequest, pk: int) -> HttpResponse:
    calendar = _calendar(pk)
    form = _version_form(list(calendar.versions.all())[-1], request.POST)

    def act(**who: Any) -> None:
        actions.add_calendar_version(**form.values(), **who)

    return _change(request, calendar, form, "version_form", act, _("The new hours are noted."))


@require_POST
@needs(Right.EDIT_CALENDAR)
def remove_version(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    calendar = _calendar(pk)
    row = get_object_or_404(calendar.versions, pk=version)

    def act(**who: Any) -> None:
        again = CalendarVersion.objects.select_related("calendar").get(pk=version)
        actions.remove_calendar_version(version=again, **who)

    first = row.effective_from
    what = _("The hours from %(day)s") % {"day": formats.full_day(first)}
    return _remove(request, calendar, act, what, first=first, past=_as_before(calendar, row))


@require_POST
@needs(Right.EDIT_CALENDAR)
def add_shift(request: HttpRequest, pk: int) -> HttpResponse:
    calendar = _calendar(pk)
    form = ShiftForm(request.POST, prefix="shift")

    def act(**who: Any) -> None:
        actions.add_shift(**form.cleaned_data, **who)

    return _change(request, calendar, form, "shift_form", act, _("The day's hours are noted."))


@require_POST
@needs(Right.EDIT_CALENDAR)
def remove_shift(request: HttpRequest, pk: int, shift: int) -> HttpResponse:
    calendar = _calendar(pk)
    row = get_object_or_404(calendar.shifts, pk=shift)
    act = partial(actions.remove_shift, calendar=calendar, day=row.day)
    return _remove(request, calendar, act, _named(row), first=row.day, last=row.day)


@require_POST
@needs(Right.EDIT_CALENDAR)
def add_days_off(request: HttpRequest, pk: int) -> HttpResponse:
    calendar = _calendar(pk)
    form = CompanyDaysForm(request.POST, prefix="off")

    def act(**who: Any) -> None:
        actions.add_days_off(**form.days(), **who)

    return _change(request, calendar, form, "off_form", act, _("The days off are added."))


@require_POST
@needs(Right.EDIT_CALENDAR)
def remove_day_off(request: HttpRequest, pk: int, day_off: int) -> HttpResponse:
    calendar = _calendar(pk)
    row = get_object_or_404(calendar.days_off, pk=day_off)

    def act(**who: Any) -> None:
        again = CalendarDayOff.objects.select_related("calendar").get(pk=day_off)
        actions.remove_day_off(day_off=again, **who)

    return _remove(request, calendar, act, _named(row), first=row.day, last=row.day)


def _named(row: CalendarShift | CalendarDayOff) -> str:
    return f"{formats.full_day(row.day)} {row.name}"


def _as_before(calendar: WorkCalendar, version: CalendarVersion) -> Edit | None:
    """The hours before this version, held against the last ninety days; None without any."""
    before = work_calendars.version_on(calendar, version.effective_from - ONE_DAY)
    if before is None:
        return None
    return as_if_held(
        calendar,
        week=work_calendars.week_of(before),
        country=before.country,
        off_on_company_days=before.off_on_company_days,
        now=timezone.now(),
    )


def _remove(
    request: HttpRequest,
    calendar: WorkCalendar,
    act: Callable[..., object],
    what: str,
    **days: Any,
) -> HttpResponse:
    """Take it away, or with `try` show what that would shift and ask. `days` as effects_of takes
    them.
    """
    now = timezone.now()
    edit = partial(act, by=reader(request), now=now)
    with refusal_told(request):
        if "try" in request.POST:
            effects = effects_of(edit, now=now, **days)
            removal = calendar_shown.Removal(what, request.path)
            return _page(request, _calendar(calendar.pk), effects=effects, removal=removal)
        edit()
        messages.success(request, _("It is removed. The weekly hours hold again."))
    return redirect("firm:work_calendar", pk=calendar.pk)


@require_POST
@needs(Right.EDIT_CALENDAR)
def read_days(request: HttpRequest) -> HttpResponse:
    """What a calendar file holds, to be ticked; nothing is written."""
    form = DaysFileForm(request.POST, request.FILES)
    found = None
    if form.is_valid():
        day = today()
        years = {
            "since": datetime.date(day.year - 1, 1, 1),
            "until": datetime.date(day.year + YEARS_AHEAD + 1, 1, 1),
        }
        with refusal_in(form, "file"):
            found = ics.whole_days(form.cleaned_data["file"].read(), **years)
    return _days_page(request, form, found)


def _days_page(request: HttpRequest, form: DaysFileForm, found: ics.Found | None) -> HttpResponse:
    calendar = form.cleaned_data.get("calendar")
    days = found.days if found else {}
    whose: Any = calendar.days_off if calendar else CompanyDay.objects
    known = set(whose.filter(day__in=days).values_list("day", flat=True))
    rows = [(day, name, day in known) for day, name in days.items()]
    context = {
        "form": form,
        "found": found,
        "rows": rows,
        "calendar": calendar,
        "first_open_day": actions.first_open_day(now=timezone.now()),
    }
    return render(request, "firm/days_file.html", context, status=200 if found else 422)


@require_POST
@needs(Right.EDIT_CALENDAR)
def add_days(request: HttpRequest) -> HttpResponse:
    form = TickedDaysForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was added: no day was ticked."))
        return redirect("firm:calendar")
    calendar = form.cleaned_data["calendar"]
    with refusal_told(request):
        count = actions.add_days(
            days=form.cleaned_data["day"],
            calendar=calendar,
            by=reader(request),
            now=timezone.now(),
        )
        messages.success(
            request,
            ngettext("%(count)d day off is added.", "%(count)d days off are added.", count)
            % {"count": count},
        )
    return redirect("firm:work_calendar", calendar.pk) if calendar else redirect("firm:calendar")
