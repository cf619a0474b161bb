"""What of a contract a request is about: by the item named, else by the contract's examples.

A request matches an example that it is like (customers/scope/likeness.py), from ENOUGH on. Where
what is left out and what is included match alike, it is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from customers.contracts.in_force import Agreed
from customers.models import ContractRevision, ScopeTerm
from customers.scope.likeness import likeness, plain

Kind = ScopeTerm.Kind
COUNTED = (Kind.COUNT, Kind.DELIVERABLE, Kind.MEETINGS)
ENOUGH = 0.6


@dataclass(frozen=True)
class Match:
    """`example` is the contract's words that the request is like; empty for a chosen item."""

    revision: ContractRevision
    term: ScopeTerm
    is_excluded: bool
    example: str
    likeness: float


def match(agreed: Iterable[Agreed], *, request: str, work_item: str = "") -> Match | None:
    """None where nothing in the contracts is about it. A chosen item stands for itself unless
    the request's words are among what it leaves out.
    """
    found = [one for one in _matches(agreed, plain(request)) if one.likeness >= ENOUGH]
    if work_item:
        chosen = _chosen(agreed, work_item)
        left_out = [one for one in found if chosen and one.term == chosen.term and one.is_excluded]
        found = left_out or ([chosen] if chosen else found)
    return max(found, key=lambda one: (one.likeness, one.is_excluded), default=None)


def work_items(agreed: Iterable[Agreed]) -> list[str]:
    """What can be chosen, in the contracts' order: counted things, then what is left out."""
    terms = [term for held in agreed for term in held.terms if term.name]
    counted = [term.name for term in terms if term.kind in COUNTED]
    excluded = [term.name for term in terms if term.kind == Kind.EXCLUSION]
    return list(dict.fromkeys([*counted, *excluded]))


def _chosen(agreed: Iterable[Agreed], name: str) -> Match | None:
    for held in agreed:
        for term in held.terms:
            if term.name == name:
                return Match(held.revision, term, term.kind == Kind.EXCLUSION, "", 1.0)
    return None


def _matches(agreed: Iterable[Agreed], request: str) -> Iterator[Match]:
    for held in agreed:
        for term in held.terms:
            excludes = term.kind == Kind.EXCLUSION
            names = [term.name] if term.name else []
            for is_excluded, examples in (
                (excludes, names),
                (excludes, term.included),
                (True, term.excluded),
            ):
                for example in examples:
                    alike = likeness(example, request)
                    yield Match(held.revision, term, is_excluded, example, alike)
