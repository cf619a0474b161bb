"""Flags beside customers elsewhere: in the list and its file, on the customer's file."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from firm.scope import Scope
from tiering.flags import words
from tiering.flags.because import because
from tiering.models import Finding, FindingKind, Observation
from tiering.servicing.kinds import MEASURES, OVER, UNDER, Direction

_LEVELS = ("high", "mid", "low")


def flagged(scope: Scope, side: str, *, on: datetime.date) -> QuerySet[Finding, int]:
    """The customers with flags to see to on this side, for the list's filter."""
    kinds = OVER if side == Direction.OVER else UNDER
    seen = Finding.objects.visible_to(scope, on=on).open().filter(kind__in=kinds)
    return seen.order_by().values_list("customer", flat=True)


def by_customer(
    customers: Collection[int], scope: Scope, *, on: datetime.date
) -> dict[int, list[Finding]]:
    """What there is to see to, the heaviest first."""
    found = defaultdict(list)
    if customers:
        seen = Finding.objects.visible_to(scope, on=on).open().filter(customer__in=customers)
        for flag in sorted(seen, key=weight):
            found[flag.customer_id].append(flag)
    return found


def in_words(customers: Collection[int], scope: Scope, *, on: datetime.date) -> dict[int, str]:
    """▲ 超過 27.5 h / ▼ 未使用 2件, for the list as a file."""
    signs = {Direction.OVER: "▲", Direction.UNDER: "▼"}
    return {
        customer: " / ".join(
            f"{signs[side_of(flag)]} {words.chip(flag.kind, flag.quantity)}" for flag in flags
        )
        for customer, flags in by_customer(customers, scope, on=on).items()
    }


def on_file(customer: int, scope: Scope, *, on: datetime.date) -> list[tuple[Finding, str]]:
    """The flags of one customer that are not resolved, each with why."""
    last = Observation.objects.filter(finding=OuterRef("pk")).order_by("-pk").values("values")
    seen: Any = Finding.objects.visible_to(scope, on=on).live().filter(customer=customer)
    found = sorted(seen.annotate(told=Subquery(last[:1])), key=weight)
    return [(flag, because(flag, flag.told or {})) for flag in found]


def side_of(flag: Finding) -> Direction:
    return MEASURES[FindingKind(flag.kind)].direction


def points(flags: Collection[Finding]) -> int:
    """Of the under-served kinds among them."""
    return sum(MEASURES[FindingKind(flag.kind)].points for flag in flags)


def weight(flag: Finding) -> tuple[Any, ...]:
    """The over-served kinds first, the heaviest of them first."""
    measure = MEASURES[FindingKind(flag.kind)]
    level = _LEVELS.index(flag.severity)
    return (measure.direction is not Direction.OVER, level, -measure.points, flag.pk)
