"""Benefits nobody uses: of the active customers whose tier has one, how many used it at all in
the last twelve months. What hardly anybody uses is proposed for retirement.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from customers.models import Activity
from customers.models.customer import SnapshotQuerySet
from firm.dates import add_months
from firm.scope import Scope
from tiering.catalogue import Offer
from tiering.chips import Chip, chip_of
from tiering.models import BenefitUse, RuleSet, Service, ServiceLevel
from tiering.overview import in_reach
from tiering.services import levels_of, offers_of
from tiering.version_rows import load, tiers_of

MONTHS = 12
RETIRE_BELOW = 20  # per cent of the customers who have it
TOO_NEW_MONTHS = 6  # nothing is proposed of what has been offered for less


@dataclass(frozen=True)
class Part:
    """One tier that has the benefit: its customers, and those who used it."""

    chip: Chip
    rank: int
    customers: int
    users: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(100 * self.users) / self.customers if self.customers else None


@dataclass(frozen=True)
class Usage:
    """A benefit with a part for every tier of the version, None where the tier hasn't it."""

    offer: Offer
    since: datetime.date
    is_new: bool
    parts: list[Part | None]

    @property
    def customers(self) -> int:
        return sum(part.customers for part in self.parts if part)

    @property
    def users(self) -> int:
        return sum(part.users for part in self.parts if part)

    @property
    def share(self) -> Decimal | None:
        return Decimal(100 * self.users) / self.customers if self.customers else None

    @property
    def is_to_retire(self) -> bool:
        return not self.is_new and self.share is not None and self.share < RETIRE_BELOW


@dataclass(frozen=True)
class Report:
    """`chips` are the tiers of the version, in the order of each usage's parts."""

    chips: list[Chip]
    rows: list[Usage]


def report(scope: Scope, *, on: datetime.date) -> Report:
    """The least used first, of the customers in the reader's reach; by the version in force."""
    rule_set = RuleSet.objects.in_force(on)
    if rule_set is None:
        return Report([], [])
    load(rule_set, with_guards=False)
    levels, rules, known = levels_of(rule_set), tiers_of(rule_set), offers_of(rule_set)
    offered = {code for rule in rules for code in levels.get(rule.tier_id, {})}
    since, (customers, given) = _offered_since(), _customers(scope, on=on)
    users = _users(scope, on=on) | given
    found = [
        Usage(
            offer=offer,
            since=since[code],
            is_new=since[code] > add_months(on, -TOO_NEW_MONTHS),
            parts=[
                Part(
                    chip=chip_of(rule),
                    rank=rule.rank,
                    customers=customers.get(rule.rank, 0),
                    users=users.get((code, rule.rank), 0),
                )
                if code in levels.get(rule.tier_id, {})
                else None
                for rule in rules
            ],
        )
        for code, offer in known.items()
        if code in offered and offer.is_usable
    ]
    found.sort(key=lambda one: (one.share is None, one.share))
    return Report([chip_of(rule) for rule in rules], found)


def customers_without(
    scope: Scope, offer: Offer, rank: int, *, on: datetime.date
) -> SnapshotQuerySet:
    """The customers of a tier who have not used this benefit."""
    used = BenefitUse.objects.standing().filter(
        customer=OuterRef("pk"), service=offer.service, benefit=offer.benefit, **_window(on)
    )
    unused = in_reach(scope).active().filter(~Exists(used), tier_rank=rank)
    return unused.filter(~Exists(_logged(on))) if offer.is_budget else unused


def _logged(on: datetime.date) -> QuerySet[Activity]:
    """Entries of the service log that a customer was given out of the goodwill budget."""
    return Activity.objects.live().filter(
        customer=OuterRef("pk"),
        favor__from_budget=True,
        favor__withdrawn_at__isnull=True,
        **_window(on),
    )


def _window(on: datetime.date) -> dict[str, datetime.date]:
    return {"day__gt": add_months(on, -MONTHS), "day__lte": on}


def _customers(
    scope: Scope, *, on: datetime.date
) -> tuple[dict[int | None, int], dict[tuple[str, int | None], int]]:
    """Customers by rank; and those who were given of the goodwill budget, by hand or by an entry
    of the service log: a customer of both is one.
    """
    budget = Service.GOODWILL_BUDGET.value
    by_hand = BenefitUse.objects.standing().filter(
        customer=OuterRef("pk"), service=budget, **_window(on)
    )
    is_given = Exists(by_hand) | Exists(_logged(on))
    ranks = in_reach(scope).active().order_by().values("tier_rank")
    rows = ranks.annotate(count=Count("pk"), given=Count("pk", filter=is_given))
    counts = {row["tier_rank"]: row["count"] for row in rows}
    return counts, {(budget, row["tier_rank"]): row["given"] for row in rows}


def _users(scope: Scope, *, on: datetime.date) -> dict[tuple[str, int | None], int]:
    rows = (
        BenefitUse.objects.standing()
        .filter(customer__in=in_reach(scope).active().values("pk"), **_window(on))
        .order_by()
        .values_list("service", "benefit__code", "customer__snapshot__tier_rank")
        .annotate(users=Count("customer", distinct=True))
    )
    return {(service or code, rank): users for service, code, rank, users in rows}


def _offered_since() -> dict[str, datetime.date]:
    """The first day on which any published version had it, by the service's code."""
    published = Q(rule_set__state=RuleSet.State.PUBLISHED)
    rows = (
        ServiceLevel.objects.filter(published)
        .order_by("rule_set__effective_from")
        .values_list("service", "benefit__code", "rule_set__effective_from")
    )
    since: dict[str, datetime.date] = {}
    for service, code, day in rows:
        assert day is not None  # the database keeps this of published versions
        since.setdefault(service or code, day)
    return since
