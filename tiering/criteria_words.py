"""What a tier asks for beside its revenue bound, in the reader's language and unit of money."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Contract
from firm import formats
from tiering import wording
from tiering.models import TierCriterion

Fact, Needs = TierCriterion.Fact, TierCriterion.Needs


class Criterion(Protocol):
    """A stored one, a line of a rule file, or one beside a customer's facts."""

    @property
    def needs(self) -> str: ...
    @property
    def fact(self) -> str: ...
    @property
    def choice(self) -> str: ...
    @property
    def enter(self) -> Decimal | None: ...
    @property
    def keep(self) -> Decimal | None: ...


def bound_words(fact: str, choice: str, bound: Decimal | None, *, unit: str) -> str:
    """A margin of 10% or more; a strategic fit of 4 or more."""
    if bound is None:
        return _("a contract of the type “%(type)s”") % {"type": Contract.Template(choice).label}
    if fact == Fact.TENURE:
        months = int(bound)
        return ngettext(
            "a month or more since the start", "%(count)s months or more since the start", months
        ) % {"count": months}
    return _AT_LEAST[fact]() % {"value": value_words(fact, bound, unit=unit)}


_AT_LEAST: dict[str, Callable[[], str]] = {
    Fact.REVENUE: lambda: _("revenue of %(value)s or more"),
    Fact.MARGIN: lambda: _("a margin of %(value)s or more"),
    Fact.STRATEGIC_FIT: lambda: _("a strategic fit of %(value)s or more"),
    Fact.CONTRACT_VALUE: lambda: _("contracts worth %(value)s a year or more"),
}


def value_words(fact: str, value: Decimal | int | None, *, unit: str) -> str:
    """10%, 3.5, ¥1.2M: of what a customer has; — where nobody knows."""
    if value is None:
        return "—"
    if fact in (Fact.REVENUE, Fact.CONTRACT_VALUE):
        return str(formats.money(Decimal(value), unit))
    if fact == Fact.MARGIN:
        return f"{wording.percent(round(Decimal(value), 1))}%"
    if fact == Fact.TENURE:
        return ngettext("%(count)s month", "%(count)s months", int(value)) % {"count": int(value)}
    return wording.percent(Decimal(value))


def words_of(one: Criterion, *, unit: str, to_keep: bool = False) -> str:
    return bound_words(one.fact, one.choice, one.keep if to_keep else one.enter, unit=unit)


def entry_with(base: str, criteria: Iterable[Criterion], *, unit: str) -> str:
    """The entry threshold's sentence with the tier's other criteria."""
    return _composed(base, criteria, unit=unit, to_keep=False)


def keep_with(base: str, criteria: Iterable[Criterion], *, unit: str) -> str:
    return _composed(base, criteria, unit=unit, to_keep=True)


def short_with(base: str, criteria: Sequence[Criterion]) -> str:
    """For a narrow place that has no room for them."""
    return _("%(entry)s · further criteria") % {"entry": base} if criteria else base


def listed(criteria: Sequence[Criterion], *, unit: str) -> str:
    """In so few words that two versions stand in one line; empty without criteria."""
    parts = [f"{label} {words}" for label, words in _labelled(criteria, unit)]
    return _("; ").join(parts)


def _labelled(criteria: Sequence[Criterion], unit: str) -> list[tuple[str, str]]:
    found = []
    for one in criteria:
        words = words_of(one, unit=unit)
        if one.keep != one.enter:
            kept = value_words(one.fact, one.keep, unit=unit)
            words = _("%(criterion)s (kept from %(kept)s)") % {"criterion": words, "kept": kept}
        found.append((str(Needs(one.needs).label), words))
    return found


def _composed(base: str, criteria: Iterable[Criterion], *, unit: str, to_keep: bool) -> str:
    found: dict[str, list[str]] = {Needs.ANY: [], Needs.ALL: []}
    for one in criteria:
        found[one.needs].append(words_of(one, unit=unit, to_keep=to_keep))
    if not base or not any(found.values()):
        return base
    words = {
        "base": base,
        "any": _(" or ").join(found[Needs.ANY]),
        "all": _(" and ").join(found[Needs.ALL]),
    }
    if not found[Needs.ALL]:
        return _("%(base)s, or %(any)s") % words
    if not found[Needs.ANY]:
        return _("%(base)s, and besides %(all)s") % words
    return _("%(base)s, or %(any)s; in each case besides %(all)s") % words
