"""The form of a scope check. Everything but the customer may be left open."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.contracts.in_force import Agreed
from customers.models import Channel, Contact
from customers.scope.matching import work_items
from customers.scope.question import Question
from customers.service_log.entries import moment_of
from customers.service_log.lengths import BadLength, read_minutes
from firm.forms import DayField

LONGEST_REQUEST = 500
MOST_MINUTES = 24 * 60


class ScopeForm(forms.Form):
    """`question_of` makes the question; only after is_valid()."""

    request = forms.CharField(
        label=gettext_lazy("What the customer asks for, in their own words"),
        max_length=LONGEST_REQUEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1, "autofocus": True}),
    )
    minutes = forms.CharField(
        label=gettext_lazy("Estimate"),
        max_length=12,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": gettext_lazy("90 or 1.5h")}
        ),
    )
    day = DayField(label=gettext_lazy("Day"), required=False)
    time = forms.TimeField(
        label=gettext_lazy("Start"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=[("", "—"), *Channel.choices], required=False
    )
    contact = forms.ChoiceField(label=gettext_lazy("Contact person"), required=False)
    work_item = forms.ChoiceField(label=gettext_lazy("Item of the contract"), required=False)
    is_incident = forms.BooleanField(label=gettext_lazy("It is an incident"), required=False)

    def __init__(
        self,
        *args: Any,
        agreed: list[Agreed],
        contacts: list[Contact],
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("auto_id", "scope_%s")
        super().__init__(*args, **kwargs)
        self.agreed = agreed
        self.contacts = {str(contact.pk): contact for contact in contacts}
        chosen = self.data.get("work_item", "") if self.is_bound else ""
        items = list(dict.fromkeys([*work_items(agreed), *([chosen] if chosen else [])]))
        offered: dict[str, Any] = {
            "work_item": [("", _("By the words")), *((name, name) for name in items)],
            "contact": [("", "—"), *((pk, one.name) for pk, one in self.contacts.items())],
        }
        for name, values in offered.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]

    def clean_minutes(self) -> int | None:
        typed = self.cleaned_data["minutes"]
        if not typed:
            return None
        try:
            minutes = read_minutes(typed)
        except BadLength:
            raise forms.ValidationError(
                _("Write minutes, or hours such as 1.5h or 1:30.")
            ) from None
        if not 1 <= minutes <= MOST_MINUTES:
            raise forms.ValidationError(_("An estimate is of one minute to 24 hours."))
        return minutes

    @property
    def all_errors(self) -> list[str]:
        """Every sentence with the name of its field."""
        return [
            f"{self.fields[name].label}: {error}" if name in self.fields else str(error)
            for name, errors in self.errors.items()
            for error in errors
        ]

    def question(self, *, today: datetime.date) -> Question:
        found = self.cleaned_data
        day = found["day"] or today
        return Question(
            on=day,
            request=found["request"],
            work_item=found["work_item"],
            channel=found["channel"],
            starts_at=moment_of(day, found["time"]) if found["time"] else None,
            minutes=found["minutes"],
            is_incident=found["is_incident"],
            contact=self.contacts.get(found["contact"]),
        )
