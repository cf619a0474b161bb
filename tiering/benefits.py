"""Benefits of one customer: what the tier brings in a period, what of it is used and left."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from customers.models import Activity, Customer
from firm.dates import fiscal_period
from firm.templatetags.ui import tier_label
from tiering.catalogue import STANDARD, Level, Offer, level_of, offer_of
from tiering.models import BenefitUse, Per, RuleSet, Service, ServiceLevel
from tiering.services import levels_of
from tiering.terms import Case
from tiering.version_rows import tiers_of

Logged: TypeAlias = Mapping[datetime.date, int]

MONTHS = {Per.QUARTER.value: 3, Per.HALF.value: 6, Per.YEAR.value: 12}


@dataclass(frozen=True)
class Allotment:
    """A benefit in the period `[start, end)` that the day asked for is in.

    `quota` is 0 where the customer's tier does not have it; then the period is the fiscal year.
    `used` counts the uses of the period up to that day; of the goodwill budget, `logged` of its
    minutes stand in the service log.
    """

    offer: Offer
    quota: int
    start: datetime.date
    end: datetime.date
    used: int
    logged: int = 0

    @property
    def left(self) -> int:
        return max(self.quota - self.used, 0)

    @property
    def beyond(self) -> int:
        return max(self.used - self.quota, 0)

    @property
    def quota_words(self) -> str:
        return self.offer.figure(self.quota)

    @property
    def used_words(self) -> str:
        return self.offer.figure(self.used)

    @property
    def logged_words(self) -> str:
        return self.offer.figure(self.logged)

    @property
    def left_words(self) -> str:
        return self.offer.figure(self.left)

    @property
    def beyond_words(self) -> str:
        return self.offer.figure(self.beyond)

    @property
    def last_day(self) -> datetime.date:
        return self.end - datetime.timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """A use as lists show it."""

    use: BenefitUse

    @property
    def offer(self) -> Offer:
        return _offer(self.use)

    @property
    def words(self) -> str:
        return self.offer.figure(self.use.quantity)


@dataclass(frozen=True)
class Caution:
    """What to know before a benefit is recorded, and what the customer's tier offers instead."""

    sentence: str
    alternatives: list[Allotment]


def checklist(customer: Customer, *, on: datetime.date) -> list[Allotment]:
    """What can be used, and what has been used without being the tier's."""
    return checklist_of(Case(customer, on))


def checklist_of(case: Case, *, logged: Logged | None = None) -> list[Allotment]:
    """`logged` are the minutes of `logged_of`, for who has read them."""
    if logged is None:
        logged = logged_of(case)
    return allotments(case.levels, uses_of(case), logged, on=case.on)


def logged_of(case: Case) -> Logged:
    """Minutes that the service log took from the goodwill budget, by day, in the fiscal year."""
    return {row["day"]: row["minutes"] for row in logged_days(case.customer, on=case.on)}


def logged_days(customer: Customer | OuterRef, *, on: datetime.date) -> QuerySet[Any, Any]:
    """The same as rows, for a query over customers as well."""
    year, _end = fiscal_period(on, months=12)
    rows = Activity.objects.live().filter(
        customer=customer,
        day__range=(year, on),
        favor__from_budget=True,
        favor__withdrawn_at__isnull=True,
    )
    return rows.order_by().values("day").annotate(minutes=Sum("minutes"))


def uses_of(case: Case) -> list[BenefitUse]:
    """Those that count in the fiscal year up to the day, the latest first."""
    year, _end = fiscal_period(case.on, months=12)
    rows = BenefitUse.objects.standing().filter(customer=case.customer, day__range=(year, case.on))
    return list(rows.select_related("benefit", "recorded_by").order_by("-day", "-pk"))


def allotments(
    levels: Iterable[ServiceLevel], used: list[BenefitUse], logged: Logged, *, on: datetime.date
) -> list[Allotment]:
    """`used` and `logged` are those of the fiscal year of this day."""
    found = {row.code: (_offer(row), level_of(row)) for row in levels}
    for use in reversed(used):
        found.setdefault(use.code, (_offer(use), Level(amount=0, per=Per.YEAR)))
    if logged:
        budget = STANDARD[Service.GOODWILL_BUDGET]
        found.setdefault(budget.code, (budget, Level(amount=0, per=Per.YEAR)))
    return [
        _allotment(offer, level, used, logged if offer.is_budget else {}, on)
        for offer, level in found.values()
        if offer.is_usable
    ]


def _offer(row: ServiceLevel | BenefitUse) -> Offer:
    return offer_of(row.benefit) if row.benefit else STANDARD[row.service]


def _allotment(
    offer: Offer, level: Level, used: list[BenefitUse], logged: Logged, on: datetime.date
) -> Allotment:
    """Minutes noted by hand on a day on which the log has some are the same minutes: the larger
    figure of the day counts, once.
    """
    start, end = fiscal_period(on, months=MONTHS[level.resets])
    by_hand: Counter[datetime.date] = Counter()
    for use in used:
        if use.code == offer.code and start <= use.day <= on:
            by_hand[use.day] += use.quantity
    in_log = {day: minutes for day, minutes in logged.items() if start <= day <= on}
    return Allotment(
        offer=offer,
        quota=level.amount or 0,
        start=start,
        end=end,
        used=sum(max(by_hand[day], in_log.get(day, 0)) for day in {*by_hand, *in_log}),
        logged=sum(in_log.values()),
    )


def caution(
    customer: Customer, offer: Offer, *, quantity: int, day: datetime.date
) -> Caution | None:
    """None where the tier has this benefit and enough of it is left. Never a reason to refuse."""
    found = {one.offer.code: one for one in checklist(customer, on=day)}
    own = found.get(offer.code)
    if own and own.quota and own.left >= quantity:
        return None
    return Caution(
        sentence=_used_up(own) if own and own.quota else _of_others(offer, day),
        alternatives=[one for one in found.values() if one.left and one.offer.code != offer.code],
    )


def _used_up(own: Allotment) -> str:
    return _("%(service)s: only %(left)s of %(quota)s is left in this period.") % {
        "service": own.offer.label,
        "left": own.offer.quantity(own.left) if own.left else _("nothing"),
        "quota": own.offer.quantity(own.quota),
    }


def _of_others(offer: Offer, day: datetime.date) -> str:
    rule_set = RuleSet.objects.in_force(day)
    levels = levels_of(rule_set) if rule_set else {}
    tiers = [
        tier_label(rule.tier)
        for rule in (tiers_of(rule_set) if rule_set else [])
        if offer.code in levels.get(rule.tier_id, {})
    ]
    if not tiers:
        return _("%(service)s is a benefit of no tier.") % {"service": offer.label}
    return _("%(service)s is a benefit of %(tiers)s.") % {
        "service": offer.label,
        "tiers": _(", ").join(tiers),
    }
