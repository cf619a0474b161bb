"""The terms that hold for a customer on a day, each with its source: what is agreed in the
contract, else what the tier brings, else the promise to every customer.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from tiering.catalogue import STANDARD, Level, level_of, offer_of
from tiering.models import RuleSet, ServiceLevel, Tier
from tiering.promise import FLOORS, PROMISED_TERMS
from tiering.standings import standing_on


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


def effective_terms(customer: Customer, *, on: datetime.date) -> list[Term]:
    """In the catalogue's order, then the firm's own benefits, then what is promised to all."""
    found: dict[str, list[tuple[Source, Given]]] = {code: [] for code in STANDARD}
    for source, terms_of in SOURCES:
        for code, given in terms_of(customer, on).items():
            found.setdefault(code, []).append((source, given))
    return [
        Term(code, *givens[0], beaten=tuple(givens[1:])) for code, givens in found.items() if givens
    ]


def tier_in_force(customer: Customer, *, on: datetime.date) -> Tier | None:
    change = standing_on(customer.pk, on=on)
    return change.earned_tier if change else None


def levels_on(customer: Customer, *, on: datetime.date) -> list[ServiceLevel]:
    """What the customer's tier brings by the version in force on this day."""
    rule_set, tier = RuleSet.objects.in_force(on), tier_in_force(customer, on=on)
    if rule_set is None or tier is None:
        return []
    return list(rule_set.service_levels.filter(tier=tier).select_related("benefit").order_by("pk"))


def _of_contract(customer: Customer, on: datetime.date) -> Mapping[str, Given]:
    """No contract is kept yet; its revisions will speak here, before everybody else."""
    return {}


def _of_tier(customer: Customer, on: datetime.date) -> Mapping[str, Given]:
    return {row.code: _given(row) for row in levels_on(customer, on=on)}


def _given(row: ServiceLevel) -> Given:
    offer = offer_of(row.benefit) if row.benefit else STANDARD[row.service]
    level = level_of(row)
    return Given(offer.label, offer.words(level), level)


def _of_promise(customer: Customer, on: datetime.date) -> Mapping[str, Given]:
    return {
        code: Given(str(label), str(words), Level(FLOORS[code]) if code in FLOORS else None)
        for code, label, words in PROMISED_TERMS
    }


Terms = Callable[[Customer, datetime.date], Mapping[str, Given]]
SOURCES: tuple[tuple[Source, Terms], ...] = (
    (Source.CONTRACT, _of_contract),
    (Source.TIER, _of_tier),
    (Source.PROMISE, _of_promise),
)
