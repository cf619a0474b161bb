"""Nights of detection in tests, and what they left."""

import datetime
from typing import Any

from customers.models import Activity, Customer
from firm.models import User
from tests.factories import NOW, a_job, an_activity
from tiering.models import Evaluation, Finding, Observation, RuleSet, Tier, TierChange
from tiering.servicing.differences import Outcome
from tiering.servicing.engine import detect
from tiering.servicing.rules import STANDARD, Rules

# The night of this Wednesday; April, May and June are closed.
NIGHT = datetime.date(2026, 7, 15)
LONG_BEFORE = datetime.date(2026, 1, 10)
MONTHS = tuple(datetime.date(2026, month, 1) for month in (4, 5, 6))


def a_night(on: datetime.date = NIGHT, *, rules: Rules = STANDARD) -> Outcome:
    """As the nightly job detects."""
    return detect(job=a_job("detection"), on=on, rules=rules, progress=lambda _done, _total: None)


def flag(customer: Customer, kind: str) -> Finding | None:
    return Finding.objects.filter(customer=customer, kind=kind).first()


def flags(customer: Customer) -> set[str]:
    """The kinds of the live ones."""
    return set(Finding.objects.live().filter(customer=customer).values_list("kind", flat=True))


def last_seen(finding: Finding) -> Observation:
    return finding.observations.latest("pk")


def worked(
    customer: Customer, day: datetime.date, *, minutes: int, staff: User, **values: Any
) -> list[Activity]:
    """Entries that make up these minutes, a day each at most, from this day on."""
    made = []
    while minutes:
        part = min(minutes, 600)
        made.append(an_activity(customer, day, staff=staff, minutes=part, **values))
        minutes, day = minutes - part, day + datetime.timedelta(days=1)
    return made


def in_tier(
    customer: Customer,
    code: str,
    *,
    rules: RuleSet,
    since: datetime.date = datetime.date(2025, 1, 1),
) -> None:
    """The customer has earned this tier, and has it since then."""
    tier = Tier.objects.get(code=code)
    evaluation = Evaluation.objects.create(
        job=a_job(), as_of=since, business_date=since, known_from=since, cutoff=0, rule_set=rules,
        engine_version="1", evaluated_at=NOW,
    )  # fmt: skip
    TierChange.objects.create(
        customer=customer, evaluation=evaluation, as_of=since, raw_tier=tier, earned_tier=tier,
        reason="initial", trailing_revenue=0, earned_since=since,
    )  # fmt: skip
