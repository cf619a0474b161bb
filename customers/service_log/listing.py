"""A customer's entries as a list: by filters, the latest first."""

import datetime
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Activity, Channel, Customer
from firm.business_time import ONE_DAY
from firm.forms import DayField
from firm.models import User

SORT = "-day"
GOODWILL = Q(favor__isnull=False, favor__withdrawn_at__isnull=True)


class LogFilter(forms.Form):
    """All optional; the address holds them."""

    person = forms.ChoiceField(label=gettext_lazy("Done by"), required=False)
    cause = forms.ChoiceField(label=gettext_lazy("Cause"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    since = DayField(label=gettext_lazy("From day"), required=False)
    until = DayField(label=gettext_lazy("To day"), required=False)
    goodwill = forms.BooleanField(label=gettext_lazy("Goodwill work only"), required=False)

    def __init__(self, *args: Any, customer: Customer, shows_goodwill: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Distinct, so that the customer's entries are read once, and not each colleague's all.
        logged = Activity.objects.filter(customer=customer).values("staff").distinct()
        people = User.objects.filter(pk__in=logged).order_by("name").values_list("pk", "name")
        offered: dict[str, Any] = {
            "person": [(str(pk), label) for pk, label in people],
            "cause": Activity.Cause.choices,
            "channel": Channel.choices,
        }
        for name, choices in offered.items():
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]
        if not shows_goodwill:
            del self.fields["goodwill"]

    def entries(self, customer: Customer) -> QuerySet[Activity]:
        """Live ones; what does not parse is left out of the question."""
        self.is_valid()
        found = self.cleaned_data
        since: datetime.date | None = found.get("since")
        until: datetime.date | None = found.get("until")
        asked = {
            "staff": found.get("person"),
            "cause": found.get("cause"),
            "channel": found.get("channel"),
            "day__gte": since,
            "day__lt": until + ONE_DAY if until else None,
        }
        entries = Activity.objects.live().filter(
            customer=customer, **{name: value for name, value in asked.items() if value}
        )
        return entries.filter(GOODWILL) if found.get("goodwill") else entries


def shown(entries: QuerySet[Activity]) -> QuerySet[Activity]:
    return entries.select_related("staff", "contact", "favor")


def header(*, shows_goodwill: bool, shows_price: bool) -> list[str]:
    columns = [
        _("Date"), _("Start"), _("Minutes"), _("Done by"), _("Cause"), _("Kind of work"),
        _("Channel"), _("Work item"), _("How many"), _("Contact person"), _("Note"),
    ]  # fmt: skip
    if shows_goodwill:
        columns += [_("Goodwill work"), *([_("Usual price")] if shows_price else [])]
    return columns


def exported(
    entries: QuerySet[Activity], *, shows_goodwill: bool, shows_price: bool
) -> Iterator[list[Any]]:
    """Rows as `header` names them, in the memory of some hundred."""
    for entry in shown(entries).order_by(SORT, "-pk").iterator(chunk_size=500):
        row: list[Any] = [
            entry.day,
            entry.started_at,
            entry.minutes,
            entry.staff.name,
            str(entry.get_cause_display()),
            str(entry.get_kind_display()),
            str(entry.get_channel_display()),
            entry.work_item,
            entry.quantity,
            entry.contact.name if entry.contact else "",
            entry.note,
        ]
        if shows_goodwill:
            favor = getattr(entry, "favor", None)
            live = favor if favor is not None and favor.withdrawn_at is None else None
            row += [live.why if live else ""]
            row += [live.usual_price if live else None] * shows_price
        yield row
