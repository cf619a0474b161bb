"""The form of a draft: the terms, and a row a tier. What they say is judged by rule_file.parse,
asked about one part after the other, so that each sentence stands at its field.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firm.refusals import Refused
from tiering import criteria_form, proposal, rule_file
from tiering.amount_field import AmountField
from tiering.chips import Chip
from tiering.criteria_file import read_one
from tiering.models import GuardRule, RuleSet
from tiering.rule_file import Rules, parse

MARGIN, PAYMENT_STOP = GuardRule.Fact.MARGIN, GuardRule.Fact.PAYMENT_STOP
# No firm's tier: completes a list of tiers that is asked about in part.
LOWEST = {"code": "\0", "name": "-"}


# Fields of the form that are keys of a rule file; the numbers among them are 0 where empty.
PLAIN = ("name", "method", "window_end", "drop", "nonpositive", "month_close", "rolls_up")
COUNTS = ("grace_evaluations", "dormant_after_months", "minimum_tenure_days")
BREAKER = ("down_share", "down_count", "drop_share")


def _whole(label: Any, most: int, help_text: Any = "", *, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=False, help_text=help_text
    )


def _percent(label: Any, help_text: Any = "") -> AmountField:
    return AmountField(label=label, required=False, help_text=help_text)


class TermsForm(forms.Form):
    """Everything but the tiers. An empty number is off."""

    name = forms.CharField(label=gettext_lazy("Name of the version"), max_length=80)
    method = forms.ChoiceField(
        label=gettext_lazy("Method"), choices=RuleSet.Method.choices, widget=forms.RadioSelect
    )
    window_months = _whole(gettext_lazy("Months of revenue"), rule_file.LONGEST_WINDOW, least=1)
    window_end = forms.ChoiceField(
        label=gettext_lazy("End of the period"), choices=RuleSet.WindowEnd.choices
    )
    month_close = forms.ChoiceField(
        label=gettext_lazy("Month close"), choices=RuleSet.MonthClose.choices
    )
    grace_evaluations = _whole(
        gettext_lazy("Grace period in months"),
        rule_file.LONGEST_GRACE,
        gettext_lazy("So many month ends below the keep threshold bring the downgrade."),
    )
    drop = forms.ChoiceField(label=gettext_lazy("Downgrade"), choices=RuleSet.Drop.choices)
    nonpositive = forms.ChoiceField(
        label=gettext_lazy("Revenue of zero or less"), choices=RuleSet.Nonpositive.choices
    )
    one_off = _percent(
        gettext_lazy("One-off revenue counts by (%)"), gettext_lazy("100: like any other.")
    )
    cold_start_months = _whole(gettext_lazy("First months (provisional)"), rule_file.LONGEST_WINDOW)
    dormant_after_months = _whole(
        gettext_lazy("Dormant after months without an entry"), rule_file.LONGEST_SILENCE
    )
    minimum_tenure_days = _whole(
        gettext_lazy("Days without a downgrade after entering"), rule_file.LONGEST_TENURE
    )
    rolls_up = forms.BooleanField(
        label=gettext_lazy("Judge a parent and its subsidiaries by their sum"), required=False
    )
    margin_enter = _percent(
        gettext_lazy("Margin to enter (%)"), gettext_lazy("Empty: the margin plays no part.")
    )
    margin_keep = _percent(gettext_lazy("Margin to keep (%)"))
    margin_cap = forms.ChoiceField(label=gettext_lazy("Below it at most"), required=False)
    stops_payment = forms.BooleanField(
        label=gettext_lazy("A payment stop limits the tier at once"), required=False
    )
    stop_cap = forms.ChoiceField(label=gettext_lazy("Then at most"), required=False)
    down_share = _percent(gettext_lazy("Downgrades over this share of customers (%)"))
    down_count = _whole(gettext_lazy("and over so many customers"), rule_file.MOST_MOVERS)
    drop_share = _percent(gettext_lazy("Entries or revenue down by over (%)"))

    sections = (
        (
            gettext_lazy("Revenue counted"),
            ("window_months", "window_end", "month_close", "one_off"),
        ),
        (
            gettext_lazy("Downgrade"),
            ("grace_evaluations", "drop", "nonpositive", "minimum_tenure_days"),
        ),
        (
            gettext_lazy("New, silent and related customers"),
            ("cold_start_months", "dormant_after_months", "rolls_up"),
        ),
        (
            gettext_lazy("What limits a tier"),
            ("margin_enter", "margin_keep", "margin_cap", "stops_payment", "stop_cap"),
        ),
        (gettext_lazy("Held for confirmation"), ("down_share", "down_count", "drop_share")),
    )

    def __init__(self, *args: Any, tiers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        caps = [(code, f"{code} {name}") for code, name in tiers[1:] if code]
        self.fields["margin_cap"].choices = [  # type: ignore[attr-defined]
            ("", _("the second lowest tier")),
            *caps,
        ]
        self.fields["stop_cap"].choices = [("", _("the lowest tier")), *caps]  # type: ignore[attr-defined]

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.sections]


class TierForm(forms.Form):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=20)
    name = forms.CharField(label=gettext_lazy("Tier name"), max_length=40)
    name_en = forms.CharField(
        label=gettext_lazy("Tier name in English"), max_length=40, required=False
    )
    enter = AmountField(label=gettext_lazy("Entry threshold"), required=False)
    keep = AmountField(label=gettext_lazy("Keep threshold"), required=False)
    instruction = forms.CharField(
        label=gettext_lazy("Instruction on the card"), max_length=200, required=False
    )

    def __init__(self, *args: Any, rank: int, is_last: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"prefix": f"tier{rank}"})
        self.rank, self.is_last = rank, is_last
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{field.label}, {rank}"
            if is_last and name in ("enter", "keep"):
                field.disabled = True

    @property
    def chip(self) -> Chip:
        """Of what is typed so far."""
        return Chip(str(self["code"].value() or "?"), "", "", hue=self.rank - 1)

    def row(self) -> dict[str, Any]:
        """As the rule file has it; what was typed wrong is left out."""
        found = {name: self.cleaned_data.get(name) for name in self.fields}
        for bound in ("enter", "keep"):
            if self.is_last or found[bound] is None:
                del found[bound]
        return {name: "" if value is None else value for name, value in found.items()}


class RulesForm:
    """Both together. `base` is the draft as it is saved, in the format of a rule file: what the
    form has no field for stays as it is there. `data` is what a browser sent, to be judged;
    `shown` such values to begin from.
    """

    def __init__(
        self,
        base: Mapping[str, Any],
        data: Mapping[str, Any] | None = None,
        *,
        shown: Mapping[str, Any] | None = None,
    ) -> None:
        self.base = base
        self.others: list[str] = []
        values = data if data is not None else shown or values_of(base)
        self.count = _rows(values)
        rows = [_of_rank(values, rank) for rank in range(1, self.count + 1)]
        tiers = [(str(row["code"]), str(row["name"])) for row in rows]
        self.terms = TermsForm(data, initial=dict(values.items()), tiers=tiers)
        self.tiers = [
            TierForm(data, initial=_of_rank(values, rank), rank=rank, is_last=rank == self.count)
            for rank in range(1, self.count + 1)
        ]
        labels = [f"{rank} {code}" for rank, (code, _name) in enumerate(tiers, start=1)]
        self.criteria = [
            criteria_form.CriterionForm(data, initial=row, row=number, tiers=labels)
            for number, row in enumerate(criteria_form.rows_of(values), start=1)
        ]

    @property
    def parts(self) -> list[forms.Form]:
        return [self.terms, *self.tiers, *self.criteria]

    @property
    def can_add(self) -> bool:
        return self.count < rule_file.MOST_TIERS

    @property
    def can_remove(self) -> bool:
        return self.count > 2

    @property
    def has_errors(self) -> bool:
        return self.terms.is_bound and any(form.errors for form in self.parts)

    def all_fields(self) -> list[forms.BoundField]:
        return [field for form in self.parts for field in form]

    @cached_property
    def rules(self) -> Rules | None:
        """What is typed, understood; None where something is wrong, which then stands at its
        field, or in `others` where it belongs to none.
        """
        if all(form.is_valid() for form in self.parts):
            self._check_tiers()
            self._check_criteria()
        if any(form.errors for form in self.parts):
            return None
        try:
            return parse(self.as_data())
        except Refused as refused:
            self.others.append(refused.sentence)
            return None

    def _check_tiers(self) -> None:
        """Each by itself, then against the one above."""
        rows = [form.row() for form in self.tiers]
        for at, form in enumerate(self.tiers[:-1]):
            if "enter" not in rows[at]:
                form.add_error("enter", _("Every tier but the lowest has an entry threshold."))
            elif sentence := self._refusal([rows[at], LOWEST]):
                form.add_error("keep" if "keep" in rows[at] else "enter", sentence)
            elif at and not self.tiers[at - 1].errors:
                above = {**rows[at - 1], "keep": rows[at - 1]["enter"]}
                if sentence := self._refusal([above, rows[at], LOWEST]):
                    is_twice = above["code"] == rows[at]["code"]
                    form.add_error("code" if is_twice else "enter", sentence)

    def _check_criteria(self) -> None:
        is_share = self.terms.cleaned_data["method"] == RuleSet.Method.SHARE
        for form in filter(lambda form: form.is_used, self.criteria):
            needs, rank = form.cleaned_data["needs"], form.cleaned_data["tier"]
            code = self.tiers[rank - 1].cleaned_data["code"]
            try:
                read_one(form.line(), needs=needs, code=code, is_share=is_share)
            except Refused as refused:
                form.add_error("enter", refused.sentence)

    def _refusal(self, rows: list[dict[str, Any]]) -> str | None:
        try:
            parse({"name": "-", "method": self.terms.cleaned_data["method"], "tiers": rows})
        except Refused as refused:
            return refused.sentence
        return None

    def as_data(self) -> dict[str, Any]:
        """The whole draft in the format of a rule file."""
        values = self.terms.cleaned_data
        services = {row["code"]: row.get("services", {}) for row in self.base["tiers"]}
        more = criteria_form.by_rank(self.criteria)
        rows = [form.row() | more.get(form.rank, {}) for form in self.tiers]
        return {
            **self.base,
            **{name: values[name] for name in PLAIN},
            **{name: values[name] or 0 for name in COUNTS},
            "window_months": values["window_months"] or 12,
            "one_off_weight": 1 if values["one_off"] is None else values["one_off"] / 100,
            "cold_start": {"months": values["cold_start_months"] or 0},
            "tiers": [row | {"services": services.get(row["code"], {})} for row in rows],
            "guards": list(_guards(values)),
            "breaker": {name: values[name] for name in BREAKER if values[name] is not None},
        }


def _rows(values: Mapping[str, Any]) -> int:
    text = str(values.get("rows", ""))
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return min(max(count, 2), rule_file.MOST_TIERS)


def _guards(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if values["margin_enter"] is not None:
        bounds = {"enter": values["margin_enter"], "keep": values["margin_keep"]}
        yield {"fact": MARGIN.value, "cap": values["margin_cap"] or None, **bounds}
    if values["stops_payment"]:
        yield {"fact": PAYMENT_STOP.value, "cap": values["stop_cap"] or None}


def values_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields' values, as a browser would send them, for a rule file with every key."""
    guards = {guard["fact"]: guard for guard in data["guards"]}
    margin = guards.get(MARGIN.value, {})
    return {
        **{name: data[name] for name in ("window_months", *PLAIN)},
        **{name: data[name] or None for name in COUNTS},
        "one_off": 100 * data["one_off_weight"],
        "cold_start_months": data["cold_start"]["months"] or None,
        "margin_enter": margin.get("enter"),
        "margin_keep": margin.get("keep"),
        "margin_cap": margin.get("cap", ""),
        "stops_payment": PAYMENT_STOP.value in guards,
        "stop_cap": guards.get(PAYMENT_STOP.value, {}).get("cap", ""),
        **data["breaker"],
        **_flat(data["tiers"]),
        **criteria_form.values_of(data["tiers"]),
    }


def _flat(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"rows": len(rows)}
    for rank, row in enumerate(rows, start=1):
        for name in TierForm.base_fields:
            found[f"tier{rank}-{name}"] = row.get(name, "")
    return found


def _of_rank(values: Mapping[str, Any], rank: int) -> dict[str, Any]:
    return {name: values.get(f"tier{rank}-{name}", "") for name in TierForm.base_fields}


def _edit_rows(values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    others = {name: value for name, value in values.items() if not name.startswith("tier")}
    return {**others, **_flat(rows)}


def with_row(values: Mapping[str, Any]) -> dict[str, Any]:
    """One empty tier more, above the lowest."""
    rows = [_of_rank(values, rank) for rank in range(1, _rows(values) + 1)]
    if len(rows) < rule_file.MOST_TIERS:
        rows.insert(-1, {})
    return _edit_rows(values, rows)


def without_row(values: Mapping[str, Any], rank: int) -> dict[str, Any]:
    """The tier and its criteria."""
    rows = [_of_rank(values, at) for at in range(1, _rows(values) + 1) if at != rank]
    if len(rows) < 2:
        return dict(values.items())
    return _edit_rows(values, rows) | criteria_form.without_tier(values, rank)


def with_criterion(values: Mapping[str, Any]) -> dict[str, Any]:
    """One empty criterion more."""
    rows = criteria_form.with_empty(criteria_form.rows_of(values))
    return dict(values.items()) | criteria_form.flat(rows)


def with_cuts(values: Mapping[str, Any]) -> dict[str, Any]:
    """The thresholds proposed from the firm's own revenue: amounts, or shares by that method."""
    rows = [_of_rank(values, rank) for rank in range(1, _rows(values) + 1)]
    if values.get("method") == RuleSet.Method.SHARE:
        for row, share in zip(rows, proposal.lines(len(rows) - 1), strict=False):
            row["enter"], row["keep"] = share, min(share + proposal.SHARE_KEPT, 100)
    else:
        for row, cut in zip(rows, proposal.cuts(len(rows) - 1), strict=False):
            row["enter"], row["keep"] = cut.enter, cut.keep
    return _edit_rows(values, rows)
