"""The forms of a strategic score. The actions decide what is right."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models.strategic_score import HIGHEST
from firm.business_time import ONE_DAY
from firm.dates import add_months
from firm.forms import DayField
from tiering.actions.strategic_fit import LONGEST_MONTHS, Scores

USUAL_MONTHS = 6
POINTS = [(str(points), str(points)) for points in range(HIGHEST + 1)]


def _points(label: Any, help_text: Any, *, required: bool = True) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        help_text=help_text,
        choices=[("", "—"), *POINTS],
        coerce=int,
        empty_value=None,
        required=required,
    )


class ScoreForm(forms.Form):
    """Its last day is the last on which the score holds, as people say it."""

    alignment = _points(
        _("Fits our strategy"), _("0: not at all; 5: a customer we would look for.")
    )
    growth = _points(_("Room to grow"), _("0: nothing more to expect; 5: several times as much."))
    reference = _points(
        _("Opens doors to others"),
        _("0: nobody would know; 5: others come because of it."),
        required=False,
    )
    theme = forms.CharField(label=_("Strategy theme"), max_length=40, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("What the scores rest on. Whoever has the customer's file reads it."),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    last_day = DayField(
        label=_("Last day"), help_text=_("Twelve months at most. It ends by itself.")
    )

    def __init__(self, *args: Any, today: datetime.date) -> None:
        super().__init__(*args)
        last_day = self.fields["last_day"]
        last_day.initial = add_months(today, USUAL_MONTHS) - ONE_DAY
        longest = add_months(today, LONGEST_MONTHS) - ONE_DAY
        last_day.widget.attrs |= {"min": today.isoformat(), "max": longest.isoformat()}

    def values(self) -> dict[str, Any]:
        """As actions.score_strategic_fit takes them."""
        found = self.cleaned_data
        return {
            "scores": Scores(found["alignment"], found["growth"], found["reference"]),
            "theme": found["theme"],
            "reason": found["reason"],
            "valid_until": found["last_day"] + ONE_DAY,
        }


class WithdrawForm(forms.Form):
    """Stands on the page of the other form, whose reason has an id of its own."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data=data, auto_id="id_withdraw_%s")
