"""The moves of a flag as forms. What may be done is decided in tiering.actions."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from firm.dates import add_months
from firm.forms import DayField
from tiering.actions.findings import LONGEST_MONTHS, LONGEST_REASON
from tiering.models import Finding
from tiering.servicing.life import resolutions


class ReasonForm(forms.Form):
    """What is being done about it; beside it the version that the person has seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2_000)
    reason = forms.CharField(
        label=_("What is being done"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, finding: Finding, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.finding, self.today = finding, today

    def values(self) -> dict[str, Any]:
        """As the action takes them."""
        return {key: value for key, value in self.cleaned_data.items() if key != "next"}


class TakeNoteForm(ReasonForm):
    reason = forms.CharField(required=False, max_length=LONGEST_REASON)


class ResolveForm(ReasonForm):
    resolution = forms.ChoiceField(label=_("How it was resolved"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("What was agreed or changed"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resolution"].choices = [  # type: ignore[attr-defined]
            (found.value, found.label) for found in resolutions(self.finding.kind)
        ]


class AcceptForm(ReasonForm):
    until = DayField(label=_("Accepted up to and including"))
    reason = forms.CharField(
        label=_("Why it is accepted"),
        help_text=_("An investment, an agreement that is being prepared, a season."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_to_coming(self.fields["until"], today=self.today)


class AcceptPastForm(forms.Form):
    """For all past flags of a board at once."""

    until = DayField(label=_("Accepted up to and including"))
    reason = forms.CharField(
        label=_("Why they are accepted"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_to_coming(self.fields["until"], today=today)


def limit_to_coming(field: forms.Field, *, today: datetime.date) -> None:
    """The picker offers tomorrow to the longest time ahead; three months to begin with."""
    field.widget.attrs |= {
        "min": (today + datetime.timedelta(days=1)).isoformat(),
        "max": add_months(today, LONGEST_MONTHS).isoformat(),
    }
    field.initial = add_months(today, 3)
