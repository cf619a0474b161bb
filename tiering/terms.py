"""The terms that hold for a customer on a day, each with its source: what is agreed in the
contract, else what the tier brings, else the promise to every customer.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from tiering.catalogue import STANDARD, Level, level_of, offer_of
from tiering.models import RuleSet, ServiceLevel
from tiering.promise import FLOORS, PROMISED_TERMS
from tiering.standings import tier_on


class Source(models.TextChoices):
    """From the strongest down."""

    CONTRACT = "contract", _("Contract")
    TIER = "tier", _("Tier")
    PROMISE = "promise", pgettext_lazy("source of a term", "Standard")


@dataclass(frozen=True)
class Given:
    """A term as one source has it; `level` is None where it is words alone."""

    label: str
    words: str
    level: Level | None = None


@dataclass(frozen=True)
class Term:
    """`beaten` is what the weaker sources would have given instead, the strongest first."""

    code: str
    source: Source
    given: Given
    beaten: tuple[tuple[Source, Given], ...]

    @property
    def label(self) -> str:
        return self.given.label


@dataclass
class Case:
    """A customer on a day; what the tier brings is asked for once."""

    customer: Customer
    on: datetime.date

    @cached_property
    def levels(self) -> list[ServiceLevel]:
        """Of the tier and of the version of the rules in force on this day."""
        rule_set = RuleSet.objects.in_force(self.on)
        tier = tier_on(self.customer.pk, on=self.on).tier
        if rule_set is None or tier is None:
            return []
        levels = rule_set.service_levels.filter(tier=tier).select_related("benefit")
        return list(levels.order_by("pk"))


def effective_terms(customer: Customer, *, on: datetime.date) -> list[Term]:
    """In the catalogue's order, then the firm's own benefits, then what is promised to all."""
    return terms_of(Case(customer, on))


def terms_of(case: Case) -> list[Term]:
    found: dict[str, list[tuple[Source, Given]]] = {code: [] for code in STANDARD}
    for source, given_by in SOURCES:
        for code, given in given_by(case).items():
            found.setdefault(code, []).append((source, given))
    return [
        Term(code, *givens[0], beaten=tuple(givens[1:])) for code, givens in found.items() if givens
    ]


def _of_contract(case: Case) -> Mapping[str, Given]:
    """No contract is kept yet; its revisions will speak here, before everybody else."""
    return {}


def _of_tier(case: Case) -> Mapping[str, Given]:
    return {row.code: _given(row) for row in case.levels}


def _given(row: ServiceLevel) -> Given:
    offer = offer_of(row.benefit) if row.benefit else STANDARD[row.service]
    level = level_of(row)
    return Given(offer.label, offer.words(level), level)


def _of_promise(case: Case) -> Mapping[str, Given]:
    return {
        code: Given(str(label), str(words), Level(FLOORS[code]) if code in FLOORS else None)
        for code, label, words in PROMISED_TERMS
    }


SOURCES: tuple[tuple[Source, Callable[[Case], Mapping[str, Given]]], ...] = (
    (Source.CONTRACT, _of_contract),
    (Source.TIER, _of_tier),
    (Source.PROMISE, _of_promise),
)
