"""What the reports ask their readers for."""

import datetime
from typing import Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firm.dates import add_months, today
from firm.forms import DayField
from tiering.reports.flow import Held

MONTHS = 12  # between the dates where the reader names none


class FlowForm(forms.Form):
    """Two dates in an address, `from` and `until`, and which `tier` of them, the earned one where
    it does not say. Without dates it stands for the last year.
    """

    until = DayField(label=gettext_lazy("To"))
    tier = forms.ChoiceField(label=gettext_lazy("Which tier"), choices=Held.choices, required=False)

    def __init__(self, data: QueryDict | None = None, *, tier: str = "") -> None:
        now = today()
        initial = {"from": add_months(now, -MONTHS), "until": now, "tier": tier or Held.EARNED}
        super().__init__(data, initial=initial)
        self.fields = {"from": DayField(label=gettext_lazy("From")), **self.fields}

    @classmethod
    def asked(cls, data: QueryDict) -> Self:
        """Bound where the address names a date."""
        if {"from", "until"} & set(data):
            return cls(data)
        tier = data.get("tier", "")
        return cls(tier=tier if tier in Held.values else "")

    def clean(self) -> None:
        start, end = self.cleaned_data.get("from"), self.cleaned_data.get("until")
        if end and end > today():
            self.add_error("until", _("What will hold after today is not known yet."))
        elif start and end and start >= end:
            self.add_error("until", _("The second date has to be after the first."))

    @property
    def is_asked(self) -> bool:
        """Whether there are two dates to answer for."""
        return not self.is_bound or self.is_valid()

    @property
    def start(self) -> datetime.date:
        return self._date("from")

    @property
    def end(self) -> datetime.date:
        return self._date("until")

    @property
    def held(self) -> Held:
        found = (self.cleaned_data if self.is_bound else self.initial)["tier"]
        return Held(found or Held.EARNED)

    @property
    def query(self) -> str:
        dates = f"?from={self.start}&until={self.end}"
        return dates if self.held == Held.EARNED else f"{dates}&tier={self.held}"

    def _date(self, name: str) -> datetime.date:
        found: datetime.date = (self.cleaned_data if self.is_bound else self.initial)[name]
        return found
