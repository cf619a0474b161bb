"""The form of the matrix: a row a service, a cell a tier, each cell two small fields at most."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firm.templatetags.ui import tier_label
from tiering.catalogue import LARGEST, Level, Measure, Offer, offers
from tiering.chips import Chip, chip_of
from tiering.models import Per, RuleSet, TierRule
from tiering.promise import FLOORS
from tiering.services import Levels, below_promise, levels_of
from tiering.version_rows import tiers_of

MINUTES, HOURS = "min", "h"
TIMES = [(MINUTES, gettext_lazy("minutes")), (HOURS, gettext_lazy("hours"))]


class CellForm(forms.Form):
    """One tier's level of one service; all empty means none."""

    def __init__(self, offer: Offer, rule: TierRule, level: Level | None, data: QueryDict | None):
        super().__init__(data, prefix=f"{offer.code}.{rule.tier_id}")
        self.offer, self.rule = offer, rule
        self.saved_words = offer.words(level) if level else ""
        where = {"aria-label": f"{offer.label}, {tier_label(rule.tier)}"}
        if offer.measure is Measure.CHOICE:
            self._offer_choice(level, where)
        else:
            self._ask_amount(level, where)

    def _offer_choice(self, level: Level | None, where: dict[str, str]) -> None:
        self.fields["choice"] = forms.ChoiceField(
            choices=[("", "—"), *self.offer.choices],
            required=False,
            initial=level.choice if level else "",
            widget=forms.Select(attrs=where),
        )

    def _ask_amount(self, level: Level | None, where: dict[str, str]) -> None:
        amount = level.amount if level else None
        in_hours = self.offer.in_minutes and amount is not None and amount % 60 == 0
        self.fields["amount"] = forms.IntegerField(
            required=False,
            min_value=1,
            initial=amount // 60 if in_hours and amount else amount,
            widget=forms.NumberInput(attrs={**where, "min": 1, "inputmode": "numeric"}),
        )
        if units := self._units():
            unit_label = _("Unit: %(cell)s") % {"cell": where["aria-label"]}
            self.fields["unit"] = forms.ChoiceField(
                choices=units,
                required=False,
                initial=self._unit(level, in_hours=in_hours),
                widget=forms.Select(attrs={"aria-label": unit_label}),
            )

    def _unit(self, level: Level | None, *, in_hours: bool) -> str:
        if self.offer.measure is Measure.COUNT:
            return level.per if level else Per.YEAR
        is_usual = level is None and self.offer.measure is not Measure.RESPONSE
        return HOURS if in_hours or is_usual else MINUTES

    def _units(self) -> list[tuple[str, Any]]:
        if self.offer.in_minutes:
            return TIMES
        return list(Per.choices) if self.offer.measure is Measure.COUNT else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("amount") and "unit" in self.fields and not cleaned.get("unit"):
            self.add_error("unit", _("Choose the unit."))
            return cleaned
        level = self.level
        if level is None or level.amount is None:
            return cleaned
        most = LARGEST[self.offer.measure]
        if level.amount > most:
            self.add_error(
                "amount",
                _("At most %(most)s.") % {"most": self.offer.quantity(most)},
            )
        elif below_promise(self.offer, level, self.rule.tier):
            self.add_error(
                "amount",
                _("At most %(most)s: one business day is promised to every customer.")
                % {"most": self.offer.quantity(FLOORS[self.offer.code])},
            )
        return cleaned

    @property
    def level(self) -> Level | None:
        if choice := self.cleaned_data.get("choice"):
            return Level(choice=choice)
        amount, unit = self.cleaned_data.get("amount"), self.cleaned_data.get("unit", "")
        if amount is None:
            return None
        if self.offer.in_minutes:
            return Level(amount=amount * (60 if unit == HOURS else 1))
        return Level(amount=amount, per=unit)

    @property
    def error(self) -> str:
        """The first thing that is wrong in this cell."""
        return next((str(one) for errors in self.errors.values() for one in errors), "")


@dataclass(frozen=True)
class FormRow:
    offer: Offer
    cells: list[CellForm]

    @property
    def error(self) -> str:
        return next((cell.error for cell in self.cells if cell.is_bound and cell.error), "")


class ServicesForm:
    """All cells of a draft; `levels` once it is valid."""

    def __init__(self, draft: RuleSet, data: QueryDict | None = None) -> None:
        rules, levels = tiers_of(draft), levels_of(draft)
        self.refusals: list[str] = []
        self.chips: list[Chip] = [chip_of(rule) for rule in rules]
        self.rows = [
            FormRow(
                offer,
                [
                    CellForm(offer, rule, levels.get(rule.tier_id, {}).get(code), data)
                    for rule in rules
                ],
            )
            for code, offer in offers().items()
        ]

    @cached_property
    def cells(self) -> list[CellForm]:
        return [cell for row in self.rows for cell in row.cells]

    def is_valid(self) -> bool:
        return all(cell.is_valid() for cell in self.cells)

    def refuse(self, sentence: str) -> None:
        self.refusals.append(sentence)

    @property
    def errors(self) -> list[str]:
        """Where something is wrong, then what the action refused."""
        wrong = [
            _("%(tier)s, %(service)s: %(error)s")
            % {
                "tier": tier_label(cell.rule.tier),
                "service": cell.offer.label,
                "error": cell.error,
            }
            for cell in self.cells
            if cell.is_bound and cell.error
        ]
        return [*wrong, *self.refusals]

    @property
    def levels(self) -> Levels:
        found: dict[int, dict[str, Level]] = {}
        for cell in self.cells:
            if cell.level is not None:
                found.setdefault(cell.rule.tier_id, {})[cell.offer.code] = cell.level
        return found
