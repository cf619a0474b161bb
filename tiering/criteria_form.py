"""The rows of the editor in which a tier asks for more than revenue, or takes something instead."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Contract
from firm import formats
from firm.models import User
from tiering.amount_field import AmountField
from tiering.criteria_file import Fact, Needs

MOST_ROWS = 40
FIELDS = ("tier", "needs", "fact", "enter", "keep")
TYPE = f"{Fact.CONTRACT_TYPE}:"  # before the type, where a fact is chosen


def _facts() -> list[tuple[Any, Any]]:
    """Each with its unit; a contract type is one choice a type."""
    money = {"unit": formats.money_head(User.MoneyUnit.YEN)}
    units = {
        Fact.REVENUE: _("Revenue, by share only (%(unit)s)") % money,
        Fact.MARGIN: gettext_lazy("Margin (%)"),
        Fact.STRATEGIC_FIT: gettext_lazy("Strategic fit (0 to 5)"),
        Fact.TENURE: gettext_lazy("Months since the start"),
        Fact.CONTRACT_VALUE: _("Contracted annual value (%(unit)s)") % money,
    }
    types = [(f"{TYPE}{value}", label) for value, label in Contract.Template.choices]
    return [
        ("", gettext_lazy("— none —")),
        *((fact.value, label) for fact, label in units.items()),
        (gettext_lazy("Contract type"), types),
    ]


class CriterionForm(forms.Form):
    """One criterion of the tier of a rank; a row without a fact is none."""

    tier = forms.TypedChoiceField(
        label=gettext_lazy("Tier"), coerce=int, required=False, empty_value=None
    )
    needs = forms.ChoiceField(
        label=gettext_lazy("How it counts"), choices=Needs.choices, required=False
    )
    fact = forms.ChoiceField(label=gettext_lazy("Fact"), choices=_facts, required=False)
    enter = AmountField(label=gettext_lazy("To enter"), required=False)
    keep = AmountField(label=gettext_lazy("To keep"), required=False)

    def __init__(self, *args: Any, row: int, tiers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"prefix": f"more{row}"})
        self.row = row
        self.fields["tier"].choices = list(enumerate(tiers[:-1], start=1))  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}, {row}"

    def clean(self) -> dict[str, Any]:
        if self.is_used:
            for name in ("tier", "needs"):
                if not self.cleaned_data.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return self.cleaned_data

    @property
    def is_used(self) -> bool:
        return bool(self.cleaned_data.get("fact"))

    def line(self) -> dict[str, Any]:
        """As the rule file has it."""
        fact = self.cleaned_data["fact"]
        bounds = {name: self.cleaned_data.get(name) for name in ("enter", "keep")}
        given = {name: value for name, value in bounds.items() if value is not None}
        if fact.startswith(TYPE):
            return {"fact": Fact.CONTRACT_TYPE.value, "is": fact.removeprefix(TYPE), **given}
        return {"fact": fact, **given}


def rows_of(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """As the fields have them."""
    return [_row(values, number) for number in range(1, _count(values) + 1)]


def with_empty(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those that name a fact, and one to fill in."""
    return [*(row for row in rows if row["fact"]), {}][:MOST_ROWS]


def _row(values: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {name: values.get(f"more{number}-{name}", "") for name in FIELDS}


def _count(values: Mapping[str, Any]) -> int:
    text = str(values.get("more", ""))
    return min(int(text), MOST_ROWS) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def flat(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rows as a browser would send them."""
    found: dict[str, Any] = {"more": len(rows)}
    for number, row in enumerate(rows, start=1):
        found |= {f"more{number}-{name}": row.get(name, "") for name in FIELDS}
    return found


def values_of(tiers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of the tiers of a rule file."""
    return flat(with_empty(list(_shown(tiers))))


def _shown(tiers: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for rank, tier in enumerate(tiers, start=1):
        for needs in Needs.values:
            for one in tier.get(needs, []):
                fact = f"{TYPE}{one['is']}" if "is" in one else one["fact"]
                bounds = {name: one.get(name, "") for name in ("enter", "keep")}
                yield {"tier": rank, "needs": needs, "fact": fact, **bounds}


def without_tier(values: Mapping[str, Any], rank: int) -> dict[str, Any]:
    """The rows after the tier of this rank is gone: its own with it, the others one up."""
    kept = []
    for row in rows_of(values):
        text = str(row["tier"])
        own = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        if own != rank:
            kept.append(row | {"tier": own - (own > rank)})
    return flat(with_empty(kept))


def by_rank(forms_: Sequence[CriterionForm]) -> dict[int, dict[str, list[dict[str, Any]]]]:
    """The criteria typed, by tier, as the rule file has them."""
    found: dict[int, dict[str, list[dict[str, Any]]]] = {}
    for form in forms_:
        if form.is_used:
            tier = found.setdefault(form.cleaned_data["tier"], {})
            tier.setdefault(form.cleaned_data["needs"], []).append(form.line())
    return found
