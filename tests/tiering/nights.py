"""Nights as rows, for tests that read what a night did."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from customers.models import Customer
from firm.dates import firm_date
from firm.models import JobRun, User
from tests.factories import NOW, a_job, a_rule_set
from tiering.models import Evaluation, HeldMove, RuleSet, Tier, TierChange
from tiering.models.standing import Reason

CUSTOMERS = {"S": 4, "A": 10, "B": 28, "C": 78}
REVENUE = {"S": "50000000", "A": "42000000", "B": "43000000", "C": "25000000"}


def a_done_night(*, now: datetime.datetime = NOW, **values: Any) -> JobRun:
    values.setdefault("business_date", firm_date(now))
    values.setdefault("key", values["business_date"].isoformat())
    return a_job(
        state=JobRun.State.DONE,
        attempt=1,
        now=now,
        started_at=now,
        finished_at=now + datetime.timedelta(seconds=2),
        **values,
    )


def a_held_night(*, by: User, moves: Sequence[Customer] = (), **facts: Any) -> JobRun:
    """Held because these customers (or none: the month is empty) would move from A to B."""
    rules = RuleSet.objects.last() or a_rule_set(by=by)
    before, after = (Tier.objects.get(code=code) for code in ("A", "B"))
    many = {"code": "many_down", "down": 31, "allowed": 12, "customers": 120, "foreseen": 0}
    empty = {"code": "month_empty", "month": "2026-06-01", "entries": 0}
    held = {
        "as_of": "2026-07-01",
        "rules": rules.number,
        "stops": [many if moves else empty],
        "down": len(moves),
        "up": 0,
        "foreseen": 0,
        "digest": "d",
        "listed": len(moves),
        "is_changed": False,
    }
    job = a_job(
        state=JobRun.State.HELD,
        business_date=firm_date(NOW),
        finished_at=NOW,
        attempt=1,
        counts={"written": 0, "held": held | facts},
    )
    for customer in moves:
        HeldMove.objects.create(
            job=job,
            customer=customer,
            before=before,
            after=after,
            is_down=True,
            reason=Reason.DOWNGRADED,
            trailing_revenue=Decimal(2_980_000),
        )
    return job


def an_evaluation(
    rules: RuleSet,
    *,
    job: JobRun | None = None,
    as_of: datetime.date | None = None,
    customers: dict[str, int] = CUSTOMERS,
    now: datetime.datetime = NOW,
    **values: Any,
) -> Evaluation:
    """An evaluation with the counts the engine writes; upgraded=…, downgraded=…, first=…."""
    job = job or a_done_night(now=now)
    assert job.business_date is not None
    moves = {key: values.pop(key, 0) for key in ("first", "upgraded", "downgraded", "grace")}
    tiers = {
        rule.tier.code: {
            "rank": rule.rank,
            "customers": customers[rule.tier.code],
            "revenue": REVENUE[rule.tier.code],
            "cost": "0",
            "enter": None if rule.enter is None else str(rule.enter),
            "keep": None if rule.keep is None else str(rule.keep),
        }
        for rule in rules.tiers.select_related("tier")
    }
    counts = {
        "customers": sum(customers.values()),
        "entries": 2412,
        "total": "160000000",
        "cuts": values.pop("cuts", {}),
        "tiers": tiers,
        "failed": values.pop("failed", []),
        **moves,
    }
    return Evaluation.objects.create(
        job=job,
        as_of=as_of or job.business_date.replace(day=1),
        business_date=job.business_date,
        known_from=job.business_date,
        cutoff=41,
        rule_set=rules,
        engine_version="1",
        counts=counts,
        evaluated_at=now,
        **values,
    )


def a_move(
    customer: Customer, evaluation: Evaluation, *, before: str, after: str, reason: Reason
) -> TierChange:
    tier = Tier.objects.get(code=after)
    return TierChange.objects.create(
        customer=customer,
        evaluation=evaluation,
        as_of=evaluation.as_of,
        raw_tier=tier,
        earned_tier=tier,
        reason=reason,
        trailing_revenue=Decimal(2_980_000),
        earned_since=evaluation.as_of,
        explanation={"before": before},
    )
