"""The forms of manual overrides and payment stops. The actions decide what is right."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from firm.business_time import ONE_DAY
from firm.dates import add_months
from firm.forms import DayField
from tiering.models import Tier
from tiering.models.override import LONGEST_MONTHS

USUAL_MONTHS = 3


class OverrideForm(forms.Form):
    """Its last day is the last on which the override holds, as people say it."""

    tier = forms.ModelChoiceField(label=_("Tier that is to hold"), queryset=Tier.objects.none())
    starts_on = DayField(label=_("From day"))
    last_day = DayField(
        label=_("Last day"), help_text=_("Twelve months at most. It ends by itself.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Whoever decides reads it, and so does everybody with the customer's file."),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, tiers: list[Tier], today: datetime.date) -> None:
        super().__init__(*args)
        tier: Any = self.fields["tier"]
        tier.queryset = Tier.objects.filter(pk__in=[one.pk for one in tiers])
        tier.choices = [("", _("Choose a tier")), *((one.pk, f"{one.code} {one}") for one in tiers)]
        self.fields["starts_on"].initial = today
        self.fields["last_day"].initial = add_months(today, USUAL_MONTHS) - ONE_DAY
        longest = add_months(today, LONGEST_MONTHS) - ONE_DAY
        for name in ("starts_on", "last_day"):
            self.fields[name].widget.attrs["min"] = today.isoformat()
        self.fields["starts_on"].widget.attrs["max"] = longest.isoformat()

    def values(self) -> dict[str, Any]:
        """As actions.request_override takes them."""
        found = self.cleaned_data
        return {
            "tier": found["tier"],
            "starts_on": found["starts_on"],
            "ends_on": found["last_day"] + ONE_DAY,
            "reason": found["reason"],
        }


class NoteForm(forms.Form):
    """Why. A decision may be without where it approves, which the action says."""

    note = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, needed: bool) -> None:
        super().__init__(*args)
        self.fields["note"].required = needed


class StopForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )
