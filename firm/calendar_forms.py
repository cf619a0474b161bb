"""Forms about working hours: a week, a day of its own, days off, a file of days, and try-outs."""

import datetime
from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firm import hours
from firm.business_time import Hours, Week
from firm.dates import EARLIEST, LATEST
from firm.forms import DayField
from firm.models import WorkCalendar

LONGEST_TRY = datetime.timedelta(days=366)


class HoursField(forms.CharField):
    """Several spans of a day, as firm.hours.read takes them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=80, required=kwargs.pop("required", False), **kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return hours.read(super().to_python(value) or "")
        except ValueError:
            raise forms.ValidationError(
                _("Write hours like 09:00-12:00, 13:00-18:00, without overlaps.")
            ) from None

    def prepare_value(self, value: Any) -> Any:
        return hours.written(value) if isinstance(value, tuple) else value


class MomentField(forms.CharField):
    """A date and a time of day on the calendar's own clocks, hence without a zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> Any:
        try:
            moment = datetime.datetime.fromisoformat(super().to_python(value) or "")
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo or not EARLIEST <= moment.date() <= LATEST:
            raise forms.ValidationError(_("Enter a date and a time."))
        return moment.replace(second=0, microsecond=0)


class WeekForm(forms.Form):
    """Hours and breaks of each weekday, and which days off the week observes."""

    country = forms.CharField(
        label=gettext_lazy("National holidays of"),
        help_text=gettext_lazy("Two letters, such as JP or US. Empty: open on national holidays."),
        max_length=2,
        required=False,
    )
    off_on_company_days = forms.BooleanField(
        label=gettext_lazy("Closed on company days"), required=False
    )

    def __init__(self, *args: Any, week: Week, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(hours.weekday_names()):
            said = {"day": name}
            self.fields[f"hours_{number}"] = HoursField(
                label=_("Hours on %(day)s") % said, initial=week.hours[number]
            )
            self.fields[f"breaks_{number}"] = HoursField(
                label=_("Breaks on %(day)s") % said, initial=week.breaks[number]
            )

    def days(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [
            (name, self[f"hours_{number}"], self[f"breaks_{number}"])
            for number, name in enumerate(hours.weekday_names())
        ]

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def values(self) -> dict[str, Any]:
        """As the actions take them."""
        found = dict(self.cleaned_data)
        spans: list[tuple[tuple[Hours, ...], ...]] = [
            tuple(found.pop(f"{kind}_{number}") for number in range(7))
            for kind in ("hours", "breaks")
        ]
        return {**found, "week": Week(*spans)}


class VersionForm(WeekForm):
    effective_from = DayField(label=gettext_lazy("From day"))


class NewCalendarForm(WeekForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone)
        self.fields["zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]
        self.fields["zone"].initial = settings.FIRM_TIME_ZONE


class ShiftForm(forms.Form):
    day = DayField(label=gettext_lazy("Day"))
    spans = HoursField(
        label=gettext_lazy("Hours"), help_text=gettext_lazy("09:00-12:00"), required=True
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)


class DaysFileForm(forms.Form):
    """A calendar file, and whose days off it holds; empty means the firm's."""

    file = forms.FileField(
        label=gettext_lazy("Calendar file"),
        help_text=gettext_lazy("An .ics file; its whole-day entries are read."),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )
    calendar = forms.ModelChoiceField(
        label=gettext_lazy("Days off of"),
        queryset=WorkCalendar.objects.filter(is_firms=False),
        required=False,
    )

    def __init__(
        self, *args: Any, calendars: Iterable[WorkCalendar] | None = None, **kwargs: Any
    ) -> None:
        """`calendars` are those a page has read already."""
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["calendar"]
        choice.empty_label = _("The firm: company days")
        if calendars is not None:
            others = [(row.pk, row.name) for row in calendars if not row.is_firms]
            choice.widget.choices = [("", choice.empty_label), *others]


class TickedDaysForm(forms.Form):
    """The days of a file that were ticked: `2026-08-13 夏季休業`, several times."""

    calendar = forms.ModelChoiceField(queryset=WorkCalendar.objects.all(), required=False)
    day = forms.TypedMultipleChoiceField(required=False)

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        ticked: Any = self.fields["day"]
        ticked.choices = [(text, text) for text in data.getlist("day")]

    def clean_day(self) -> dict[datetime.date, str]:
        found = {}
        for text in self.cleaned_data["day"]:
            day, _space, name = text.partition(" ")
            found[DayField().clean(day)] = name[:80]
        if not found:
            raise forms.ValidationError(_("Tick at least one day."))
        return found


class DueForm(forms.Form):
    """From a moment so many business minutes on, or back."""

    start = MomentField(label=gettext_lazy("Starts at"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Business minutes"), min_value=0, max_value=100_000
    )
    direction = forms.ChoiceField(
        label=gettext_lazy("After or before"),
        choices=[("on", gettext_lazy("after it")), ("back", gettext_lazy("before it"))],
        required=False,
    )


class SplitForm(forms.Form):
    start = MomentField(label=gettext_lazy("Starts at"))
    end = MomentField(label=gettext_lazy("Ends at"))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        start, end = found.get("start"), found.get("end")
        if start and end and end - start > LONGEST_TRY:
            self.add_error("end", _("At most a year goes at once."))
        return found
