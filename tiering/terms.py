"""The terms that hold for a customer on a day, each with its source: what is agreed in the
contract, else what the tier brings, else the promise to every customer.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from customers.models import Customer, ScopeTerm
from tiering.catalogue import STANDARD, Level, Offer, level_of, offer_of
from tiering.models import RuleSet, Service, ServiceLevel, Tier
from tiering.promise import FLOORS, PROMISED_TERMS
from tiering.standings import tier_on

Kind = ScopeTerm.Kind
# Which service of the catalogue a term of a contract is about.
_SERVICES: dict[str, Service] = {
    Kind.RESPONSE: Service.FIRST_RESPONSE,
    Kind.CONTACT_LEAST: Service.CONTACT_INTERVAL,
}
TIMES_A_YEAR = {"week": 52, "month": 12, "quarter": 4, "half": 2, "year": 1}


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
    def tier(self) -> Tier | None:
        return tier_on(self.customer.pk, on=self.on).tier

    @cached_property
    def levels(self) -> list[ServiceLevel]:
        """Of the tier and of the version of the rules in force on this day."""
        if self.tier is None:
            return []
        levels = ServiceLevel.objects.filter(
            rule_set__in=RuleSet.objects.on(self.on), tier=self.tier
        )
        return list(levels.select_related("benefit").order_by("pk"))

    @cached_property
    def agreed(self) -> list[ScopeTerm]:
        """What the revisions of this day say of the catalogue's services."""
        terms = ScopeTerm.objects.filter(
            Q(revision__valid_to__isnull=True) | Q(revision__valid_to__gt=self.on),
            revision__contract__customer=self.customer,
            revision__valid_from__lte=self.on,
            kind__in=_SERVICES,
        )
        return list(terms)


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
    """Of several contracts the one that promises the customer most."""
    found = {}
    agreed = [term for term in case.agreed if term.kind in _SERVICES and term.amount]
    for term in sorted(agreed, key=_generosity):
        offer = STANDARD[_SERVICES[term.kind]]
        found[offer.code] = Given(offer.label, *_agreed(term, offer))
    return found


def _generosity(term: ScopeTerm) -> int:
    """The more the better for the customer: a quick response, frequent contact."""
    assert term.amount is not None
    if term.kind == Kind.RESPONSE:
        return -term.amount
    return term.amount * TIMES_A_YEAR[term.period]


def _agreed(term: ScopeTerm, offer: Offer) -> tuple[str, Level | None]:
    assert term.amount is not None
    if term.kind == Kind.RESPONSE:
        level = Level(term.amount)
        return offer.words(level), level
    words = ngettext(
        "At least %(count)s time %(period)s",
        "At least %(count)s times %(period)s",
        term.amount,
    )
    return words % {"count": term.amount, "period": term.get_period_display()}, None


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
