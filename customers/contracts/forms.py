"""The contract's form: its revision, and a line a term in the units people write them in."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.actions.contracts import RevisionData
from customers.contracts.kinds import SHAPES, Kind, Period, TermLine
from customers.contracts.templates import Start
from customers.contracts.wording import hours_text
from customers.models import Channel, Contract, ContractRevision, ScopeTerm
from firm.forms import DayField, NumberField
from firm.models import WorkCalendar
from firm.money import LARGEST

HOUR = 60
EMPTY_LINES = 3
MOST_LINES = 60
REVISION_FIELDS = tuple(RevisionData.__dataclass_fields__)


def _money(label: Any, **kwargs: Any) -> NumberField:
    return NumberField(
        label=label, min_value=0, max_value=LARGEST, max_digits=16, decimal_places=4, **kwargs
    )


class RevisionForm(forms.Form):
    """What a revision says besides its terms. Amounts are net, in the base currency."""

    valid_from = DayField(label=gettext_lazy("Valid from"))
    valid_to = DayField(
        label=gettext_lazy("Ends on"),
        required=False,
        help_text=gettext_lazy("The first day without it. Empty: until it is ended."),
    )
    monthly_fee = _money(gettext_lazy("Monthly fee"))
    annual_value = _money(
        gettext_lazy("Annual value"),
        required=False,
        help_text=gettext_lazy("Where it is not twelve times the monthly fee."),
    )
    price_beyond = _money(gettext_lazy("Price of an hour beyond"), required=False)
    carry_over = forms.ChoiceField(
        label=gettext_lazy("Unused hours"), choices=ContractRevision.CarryOver.choices
    )
    carry_cap = forms.IntegerField(
        label=gettext_lazy("Cap in per cent of a month's hours"),
        min_value=1,
        max_value=1000,
        required=False,
    )
    carry_months = forms.IntegerField(
        label=gettext_lazy("For months"), min_value=1, max_value=60, required=False
    )
    carries_deficit = forms.BooleanField(
        label=gettext_lazy("Hours used beyond are carried over, too"), required=False
    )
    renews_on = DayField(label=gettext_lazy("Renewal date"), required=False)
    notice_days = forms.IntegerField(
        label=gettext_lazy("Notice (days before)"), min_value=0, max_value=730, required=False
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=2000, widget=forms.Textarea
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_capped = cleaned.get("carry_over") == ContractRevision.CarryOver.CAPPED
        if is_capped and not cleaned.get("carry_cap"):
            self.add_error("carry_cap", _("Say up to how much is carried over."))
        if not is_capped:
            cleaned["carry_cap"] = None
        return cleaned

    @property
    def data_of_revision(self) -> RevisionData:
        return RevisionData(**{name: self.cleaned_data[name] for name in REVISION_FIELDS})


class NewContractForm(RevisionForm):
    name = forms.CharField(label=gettext_lazy("Name of the contract"), max_length=120)
    template = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=Contract.Template.choices, widget=forms.HiddenInput
    )
    field_order = ["name", "template"]


class EndForm(forms.Form):
    ends_on = DayField()


class TermForm(forms.Form):
    """One term. `amount` is in hours for hours and first responses, else a count."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("contract term", "Kind"),
        choices=[("", "—"), *Kind.choices],
        required=False,
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)
    amount = NumberField(
        label=gettext_lazy("Hours or times"),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        required=False,
    )
    period = forms.ChoiceField(
        label=gettext_lazy("Per"), choices=[("", "—"), *Period.choices], required=False
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=[("", "—"), *Channel.choices], required=False
    )
    calendar = forms.ModelChoiceField(
        label=gettext_lazy("Whose hours"),
        queryset=WorkCalendar.objects.all(),
        empty_label=gettext_lazy("The firm's own"),
        required=False,
    )
    emergency = forms.BooleanField(label=gettext_lazy("Emergencies at any time"), required=False)
    included = forms.CharField(
        label=gettext_lazy("Included, for example"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    excluded = forms.CharField(
        label=gettext_lazy("Not included, for example"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, calendars: list[tuple[Any, Any]], **kwargs: Any) -> None:
        """`calendars` are the choices, asked for once for all lines."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["calendar"]
        field.choices = calendars

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, amount = cleaned.get("kind"), cleaned.get("amount")
        # A line that stood there goes with its kind; what was typed into an empty one does not.
        if not kind and self.empty_permitted and "kind" not in self.errors:
            self.add_error("kind", _("Choose the kind of this term."))
        if kind and amount is not None:
            is_time = SHAPES[kind].unit.endswith("minutes")
            if not is_time and amount != int(amount):
                self.add_error("amount", _("Times are whole numbers."))
            # To the minute that two decimals of an hour stand for, as they are shown.
            cleaned["amount"] = round(amount * HOUR) if is_time else int(amount)
        return cleaned

    @property
    def line(self) -> TermLine | None:
        """None where nothing was chosen."""
        chosen = self.cleaned_data
        if not chosen.get("kind"):
            return None
        return TermLine(
            kind=chosen["kind"],
            name=chosen["name"],
            amount=chosen["amount"],
            period=chosen["period"],
            channel=chosen["channel"],
            emergency=chosen["emergency"],
            calendar=chosen["calendar"],
            included=tuple(chosen["included"].splitlines()),
            excluded=tuple(chosen["excluded"].splitlines()),
        )


TermForms: TypeAlias = "BaseFormSet[TermForm]"
_TermFormSet = formset_factory(
    TermForm, extra=EMPTY_LINES, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
)


def term_forms(
    data: Mapping[str, Any] | None = None, lines: list[TermLine] | None = None
) -> "TermForms":
    """The lines of a form that was sent, or those to begin with and a few empty ones."""
    calendars: Any = TermForm.base_fields["calendar"]
    return _TermFormSet(
        data,
        prefix="terms",
        initial=[_initial(line) for line in lines or []] or None,
        form_kwargs={"calendars": list(calendars.choices)},
    )


def lines_of(formset: "TermForms") -> list[TermLine]:
    return [line for form in formset if (line := form.line) is not None]


def line_of(term: ScopeTerm) -> TermLine:
    return TermLine(
        kind=term.kind,
        name=term.name,
        amount=term.amount,
        period=term.period,
        channel=term.channel,
        emergency=term.emergency,
        calendar=term.calendar,
        included=tuple(term.included),
        excluded=tuple(term.excluded),
    )


def initial_of(revision: ContractRevision) -> dict[str, Any]:
    names = ("valid_from", "valid_to", *REVISION_FIELDS)
    return {name: getattr(revision, name) for name in names}


def initial_from(start: Start, *, today: datetime.date) -> dict[str, Any]:
    """A new contract begins with the next month."""
    first = (today.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    return {
        "valid_from": first,
        "carry_over": start.carry_over,
        "carry_cap": start.carry_cap,
        "carry_months": start.carry_months,
    }


def _initial(line: TermLine) -> dict[str, Any]:
    amount: Any = line.amount
    if amount is not None and SHAPES[line.kind].unit.endswith("minutes"):
        amount = Decimal(hours_text(amount))
    return {
        "kind": line.kind,
        "name": line.name,
        "amount": amount,
        "period": line.period,
        "channel": line.channel,
        "emergency": line.emergency,
        "calendar": line.calendar,
        "included": "\n".join(line.included),
        "excluded": "\n".join(line.excluded),
    }
