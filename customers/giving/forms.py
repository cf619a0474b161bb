"""Forms of goodwill work, investments and goals. They make friendly what the actions decide."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.contracts.wording import hours_text
from customers.giving.register import PERIODS, USUAL_PERIOD
from customers.models import Activity, Contact, Customer, Investment
from firm.forms import DayField, NumberField
from firm.models import User
from firm.money import LARGEST

PERIOD_CHOICES = [
    (3, gettext_lazy("Last 3 months")),
    (6, gettext_lazy("Last 6 months")),
    (12, gettext_lazy("Last 12 months")),
    (24, gettext_lazy("Last 24 months")),
]
HOUR = 60
LONGEST_CAP_HOURS = 2000


def _money(label: Any, **kwargs: Any) -> NumberField:
    return NumberField(
        label=label, min_value=0, max_value=LARGEST, max_digits=16, decimal_places=4, **kwargs
    )


def _hours(label: Any, **kwargs: Any) -> NumberField:
    return NumberField(
        label=label,
        min_value=Decimal("0.25"),
        max_value=LONGEST_CAP_HOURS,
        max_digits=6,
        decimal_places=2,
        **kwargs,
    )


def _minutes(hours: Decimal) -> int:
    return int((hours * HOUR).quantize(Decimal(1), ROUND_HALF_UP))


class PeriodForm(forms.Form):
    """The filter of the register; what does not parse counts as the usual six months."""

    periods = PERIOD_CHOICES

    months = forms.TypedChoiceField(
        label=gettext_lazy("Period"),
        coerce=int,
        required=False,
        choices=PERIOD_CHOICES,
    )
    category = forms.CharField(label=gettext_lazy("Category"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.full_clean()

    @property
    def chosen_months(self) -> int:
        found = getattr(self, "cleaned_data", {}).get("months")
        return found if found in PERIODS else USUAL_PERIOD

    @property
    def chosen_category(self) -> str:
        return str(getattr(self, "cleaned_data", {}).get("category", ""))


class GoodwillForm(forms.Form):
    """The mark on one entry."""

    usual_price = _money(gettext_lazy("Usual price"))
    why = forms.CharField(
        label=gettext_lazy("Why for nothing"),
        max_length=200,
        help_text=gettext_lazy("For us; it is not printed for the customer."),
    )
    category = forms.CharField(
        label=gettext_lazy("Category"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("The same word for the same kind of thing, e.g. Small corrections"),
        widget=forms.TextInput(attrs={"list": "categories"}),
    )
    customer_knows = forms.BooleanField(
        label=gettext_lazy("The customer knows that it was given"), required=False
    )
    told = forms.ModelChoiceField(
        label=gettext_lazy("Who of us knows as well"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody else"),
    )
    from_budget = forms.BooleanField(
        label=gettext_lazy("Out of the goodwill budget"),
        required=False,
        help_text=gettext_lazy("It does not count against the contract's hours."),
    )

    def __init__(self, *args: Any, entry: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told: Any = self.fields["told"]
        told.queryset = User.objects.active().exclude(pk=entry.staff_id).order_by("name")
        told.label_from_instance = lambda person: person.name


class InvestmentForm(forms.Form):
    """What may be changed at any time."""

    title = forms.CharField(label=gettext_lazy("Investment"), max_length=120)
    expectation = forms.CharField(
        label=gettext_lazy("What is expected of it"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("As one will see it: an order, a renewal, a reference."),
    )
    expected_return = _money(gettext_lazy("Expected return"), required=False)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Who answers for it"), queryset=User.objects.none()
    )

    def __init__(self, *args: Any, shows_money: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.active().order_by("name")
        owner.label_from_instance = lambda person: person.name
        if not shows_money:
            del self.fields["expected_return"]


class NewInvestmentForm(InvestmentForm):
    cap = _hours(gettext_lazy("At most (hours)"))
    review_on = DayField(
        label=gettext_lazy("Review date"),
        help_text=gettext_lazy("Within twelve months. Then it gets its verdict."),
    )

    @property
    def values(self) -> dict[str, Any]:
        """As actions.open_investment takes them."""
        found = dict(self.cleaned_data)
        return {"cap_minutes": _minutes(found.pop("cap")), **found}


class VerdictForm(forms.Form):
    """Paid back, stopped, or extended: then with a new review date."""

    EXTEND = "extend"

    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"),
        widget=forms.RadioSelect,
        choices=[
            (Investment.State.PAID_BACK.value, gettext_lazy("It has paid back")),
            (EXTEND, gettext_lazy("It goes on until a new review")),
            (Investment.State.STOPPED.value, gettext_lazy("It is stopped")),
        ],
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)
    review_on = DayField(label=gettext_lazy("Next review date"), required=False)
    cap = _hours(
        gettext_lazy("New cap (hours)"),
        required=False,
        help_text=gettext_lazy("Empty: as it is."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == self.EXTEND and not cleaned.get("review_on"):
            self.add_error("review_on", _("Say when it is reviewed next."))
        return cleaned

    @property
    def cap_minutes(self) -> int | None:
        cap = self.cleaned_data["cap"]
        return None if cap is None else _minutes(cap)


class GoalForm(forms.Form):
    """A goal of one customer; `agreed_with` offers the customer's contacts."""

    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=200,
        help_text=gettext_lazy("What it is good for, in the customer's words."),
    )
    measure = forms.CharField(
        label=gettext_lazy("Measure"),
        max_length=120,
        help_text=gettext_lazy("What shows it, e.g. Share of inquiries"),
    )
    baseline = forms.CharField(label=gettext_lazy("At the start"), max_length=40, required=False)
    current = forms.CharField(label=gettext_lazy("Now"), max_length=40, required=False)
    target = forms.CharField(label=gettext_lazy("Target"), max_length=40)
    due_on = DayField(label=gettext_lazy("Until"), required=False)
    agreed_with = forms.ModelChoiceField(
        label=gettext_lazy("Agreed with"),
        queryset=Contact.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )
    agreed_on = DayField(label=gettext_lazy("Agreed on"), required=False)
    review_on = DayField(label=gettext_lazy("Looked at again on"), required=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact: Any = self.fields["agreed_with"]
        contact.queryset = customer.contacts.order_by("name")
        contact.label_from_instance = lambda found: found.name


GOAL_FIELDS = tuple(GoalForm.base_fields)


class OutcomeForm(forms.Form):
    """How a goal ended."""

    REACH, DROP = "reach", "drop"

    end = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        widget=forms.RadioSelect,
        choices=[(REACH, gettext_lazy("It is reached")), (DROP, gettext_lazy("It is dropped"))],
    )
    outcome = forms.CharField(
        label=gettext_lazy("How one sees it, or why"), max_length=200, required=False
    )


def hours_of(minutes: int) -> Decimal:
    """For the initial value of a field in hours."""
    return Decimal(hours_text(minutes))
