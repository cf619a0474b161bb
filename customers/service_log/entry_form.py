"""The form of an entry: of the quick log, and of a correction. It only makes friendly what
customers.service_log.entries decides.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import (
    Activity,
    Channel,
    Contact,
    Customer,
    Favor,
    Goal,
    Investment,
    ScopeExtension,
)
from customers.service_log.choices import EntryChoices
from customers.service_log.entries import EntryData, FavorData, live_favor, moment_of
from customers.service_log.lengths import BadLength, read_minutes
from firm.dates import firm_date, firm_zone
from firm.forms import DayField, NumberField
from firm.models import User
from firm.money import LARGEST

Cause = Activity.Cause
OTHER = "other"
CAUSE_CHIPS = [
    (Cause.IN_CONTRACT.value, Cause.IN_CONTRACT.label),
    (Cause.CUSTOMER_WISH.value, Cause.CUSTOMER_WISH.label),
    (Cause.OWN_REASON.value, Cause.OWN_REASON.label),
    (OTHER, gettext_lazy("Other")),
]
OTHER_CAUSES = [
    (cause.value, cause.label)
    for cause in (Cause.INVESTMENT, Cause.INCIDENT, Cause.SALES, Cause.INTERNAL)
]
MINUTE_CHIPS = [(str(minutes), str(minutes)) for minutes in (15, 30, 45, 60, 90)]
LINKED = {"contact": Contact, "goal": Goal, "investment": Investment, "extension": ScopeExtension}
# Needed together with another answer, which no single field can check: never “optional”.
NEEDED = ("minutes", "day", "time", "why")
# What is for our own eyes: left out of the form while the screen is shared.
INTERNAL = ("free", *FavorData.__dataclass_fields__, "investment")
# What the form shows on demand.
FOLDED = {
    "quantity",
    "kind",
    "direction",
    "initiator",
    "thread",
    "goal",
    "extension",
    "is_invoiced",
}


class When:
    """How the form says when: ended just now, at a time, or on a day without one."""

    NOW, AT, DAY = "now", "at", "day"
    CHOICES = (
        (NOW, gettext_lazy("Ended just now")),
        (AT, gettext_lazy("At a time")),
        (DAY, gettext_lazy("No time of day")),
    )


def _choice(label: Any, choices: Any = (), **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, **kwargs)


def _chips(label: Any, choices: Any, *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=required, widget=forms.RadioSelect
    )


def _text(label: Any, model: type[Activity] | type[Favor], name: str) -> forms.CharField:
    column: Any = model._meta.get_field(name)
    return forms.CharField(label=label, max_length=column.max_length, required=False)


class EntryForm(forms.Form):
    """`data_of_entry` is what was typed, as an entry says it; only after is_valid()."""

    cause = _chips(gettext_lazy("Cause"), CAUSE_CHIPS, required=True)
    other_cause = _chips(gettext_lazy("Which other cause"), OTHER_CAUSES)
    minutes_chip = _chips(gettext_lazy("Minutes"), MINUTE_CHIPS)
    minutes = forms.CharField(
        label=gettext_lazy("Time taken"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Minutes, or hours such as 1.5h or 1:30."),
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
    )
    when = _chips(gettext_lazy("When"), When.CHOICES, required=True)
    day = DayField(label=gettext_lazy("Date"), required=False)
    time = forms.TimeField(
        label=gettext_lazy("Start"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    channel = _choice(gettext_lazy("Channel"))
    work_item = _choice(gettext_lazy("Work item"))
    contact = _choice(gettext_lazy("Contact person"))
    note = _text(gettext_lazy("Note"), Activity, "note")

    quantity = forms.IntegerField(
        label=gettext_lazy("How many"), min_value=1, max_value=1000, required=False
    )
    kind = _choice(gettext_lazy("Kind of work"), Activity.Kind.choices)
    direction = _choice(gettext_lazy("Direction"))
    initiator = _choice(gettext_lazy("Initiative"))
    thread = _text(gettext_lazy("Conversation"), Activity, "thread")
    goal = _choice(gettext_lazy("Goal"))
    investment = _choice(gettext_lazy("Investment"))
    extension = _choice(gettext_lazy("Extension"))
    is_invoiced = forms.BooleanField(label=gettext_lazy("Invoiced"), required=False)

    free = forms.BooleanField(label=gettext_lazy("Goodwill work, free of charge"), required=False)
    usual_price = NumberField(
        label=gettext_lazy("Usual price"),
        min_value=0,
        max_value=LARGEST,
        max_digits=16,
        decimal_places=4,
        required=False,
    )
    why = _text(gettext_lazy("Why"), Favor, "why")
    category = _text(gettext_lazy("Category"), Favor, "category")
    customer_knows = forms.BooleanField(
        label=gettext_lazy("The customer knows that it is free"), required=False
    )
    told = _choice(gettext_lazy("Who else knows"))
    from_budget = forms.BooleanField(
        label=gettext_lazy("Out of the goodwill budget"), required=False
    )

    def __init__(
        self,
        *args: Any,
        customer: Customer,
        choices: EntryChoices,
        now: datetime.datetime,
        without: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.customer, self.now, self.price = customer, now, choices.price
        offered: dict[str, Iterable[Any]] = {
            "channel": Channel.choices,
            "direction": Activity.Direction.choices,
            "initiator": Activity.Initiator.choices,
            "work_item": choices.work_items,
            "contact": choices.contacts,
            "goal": choices.goals,
            "investment": choices.investments,
            "extension": choices.extensions,
            "told": choices.people,
        }
        for name, values in offered.items():
            self.fields[name].choices = [("", "—"), *values]  # type: ignore[attr-defined]
        for name in NEEDED:
            self.fields[name].is_needed = True  # type: ignore[attr-defined]
        if self["cause"].value():
            self.fields["minutes"].widget.attrs["autofocus"] = True
        for name in without:
            del self.fields[name]

    def clean_minutes(self) -> int:
        typed = self.cleaned_data["minutes"] or self.cleaned_data.get("minutes_chip", "")
        if not typed:
            raise forms.ValidationError(_("Say how long it took."))
        try:
            return read_minutes(typed)
        except BadLength:
            raise forms.ValidationError(
                _("Write minutes, or hours such as 1.5h or 1:30.")
            ) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("cause") == OTHER and not cleaned.get("other_cause"):
            self.add_error("other_cause", _("Choose which other cause it was."))
        when = cleaned.get("when")
        if when in (When.AT, When.DAY) and not (cleaned.get("day") or "day" in self.errors):
            self.add_error("day", _("Choose the day."))
        if when == When.AT and not (cleaned.get("time") or "time" in self.errors):
            self.add_error("time", _("Say when it began, or choose “No time of day”."))
        if cleaned.get("free") and not cleaned.get("why"):
            self.add_error("why", _("Say in a few words why it was given for nothing."))
        return cleaned

    @property
    def opens_more(self) -> bool:
        """Whether what is folded away has an error."""
        return bool(FOLDED & self.errors.keys())

    @property
    def data_of_entry(self) -> EntryData:
        found = self.cleaned_data
        day, started_at = self._moment(found["minutes"])
        return EntryData(
            day=day,
            started_at=started_at,
            minutes=found["minutes"],
            cause=found["other_cause"] if found["cause"] == OTHER else found["cause"],
            kind=found["kind"] or Activity.Kind.WORK,
            quantity=found["quantity"] or 1,
            is_invoiced=found["is_invoiced"],
            favor=self._favor() if found.get("free") else None,
            **{
                name: found.get(name, "")
                for name in ("channel", "direction", "initiator", "work_item", "thread", "note")
            },
            **{name: self._linked(name) for name in LINKED},
        )

    def _moment(self, minutes: int) -> tuple[datetime.date, datetime.datetime | None]:
        found = self.cleaned_data
        if found["when"] == When.DAY:
            return found["day"], None
        if found["when"] == When.AT:
            return found["day"], moment_of(found["day"], found["time"])
        ended = self.now.replace(second=0, microsecond=0)
        started_at = ended - datetime.timedelta(minutes=minutes)
        return firm_date(started_at), started_at

    def _linked(self, name: str) -> Any:
        pk = self.cleaned_data.get(name)
        return LINKED[name]._default_manager.filter(pk=pk).first() if pk else None

    def _favor(self) -> FavorData:
        found = self.cleaned_data
        told = found["told"]
        return FavorData(
            told=User.objects.filter(pk=told).first() if told else None,
            **{
                name: found[name]
                for name in ("why", "usual_price", "category", "customer_knows", "from_budget")
            },
        )


class QuickForm(EntryForm):
    """An entry's form with a key of its own, so that sending it twice records it once."""

    once = forms.UUIDField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": gettext_lazy("This form is out of date. Open it anew.")},
    )


def initial_of_now(*, now: datetime.datetime) -> dict[str, Any]:
    return {
        "when": When.NOW,
        "day": firm_date(now),
        "quantity": 1,
        "kind": Activity.Kind.WORK,
        "once": uuid.uuid4(),
    }


def initial_of(entry: Activity) -> dict[str, Any]:
    """What the entry says, in the form's words."""
    is_chip = any(entry.cause == value for value, _label in CAUSE_CHIPS)
    plain = ("channel", "work_item", "note", "quantity", "kind", "direction", "initiator")
    initial: dict[str, Any] = {
        "cause": entry.cause if is_chip else OTHER,
        "other_cause": "" if is_chip else entry.cause,
        "minutes": str(entry.minutes),
        "day": entry.day,
        "when": When.AT if entry.started_at else When.DAY,
        "time": entry.started_at.astimezone(firm_zone()).time() if entry.started_at else None,
        "thread": entry.thread,
        "is_invoiced": entry.is_invoiced,
        **{name: getattr(entry, name) for name in plain},
        **{name: getattr(entry, f"{name}_id") for name in LINKED},
    }
    if favor := live_favor(entry):
        initial |= {"free": True, "told": favor.told_id}
        for name in ("usual_price", "why", "category", "customer_knows", "from_budget"):
            initial[name] = getattr(favor, name)
    return initial


def initial_like(entry: Activity, *, now: datetime.datetime) -> dict[str, Any]:
    """The same kind of work again, ended just now, without its goodwill mark."""
    again = ("cause", "other_cause", "minutes", "channel", "work_item", "kind", "direction",
             "initiator", "contact", "quantity", "note", "goal", "investment")  # fmt: skip
    former = initial_of(entry)
    return initial_of_now(now=now) | {name: former[name] for name in again}
