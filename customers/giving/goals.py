"""Goals as pages show them, and where one is missing or is to be looked at again."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from customers.models import Customer, CustomerSnapshot, Goal
from firm.dates import add_months
from firm.models import AuditEvent, User
from firm.scope import Scope

TOP_RANKS = 2  # the tiers whose customers should have a goal agreed with them
FRESH_MONTHS = 6  # for so long an agreement is a young one


@dataclass(frozen=True)
class Version:
    """What a goal says, or said, and who wrote it: `goal` is the row or one of its history."""

    goal: Any
    by: User | None


def versions_of(goal: Goal) -> list[Version]:
    """The present one first."""
    acts = AuditEvent.objects.filter(subject_kind="goal", subject_id=goal.pk)
    authors = {act.at: act.actor for act in acts.select_related("actor")}
    before = goal.events.order_by("-pgh_id")  # type: ignore[attr-defined]
    return [Version(row, authors.get(row.changed_at)) for row in (goal, *before)]


def without_agreement(scope: Scope, *, on: datetime.date) -> QuerySet[CustomerSnapshot]:
    """Active customers of the top tiers whose file the reader has, without an open goal that was
    agreed within six months.
    """
    young = Goal.objects.open().filter(
        customer=OuterRef("customer"), agreed_on__gt=add_months(on, -FRESH_MONTHS)
    )
    rows = CustomerSnapshot.objects.visible_to(scope).filter(status=Customer.Status.ACTIVE)
    return rows.filter(~Exists(young), tier_rank__lte=TOP_RANKS)


def past_review(scope: Scope, *, on: datetime.date) -> QuerySet[Goal]:
    theirs = Customer.objects.visible_to(scope)
    rows = Goal.objects.past_review(on).filter(customer__in=theirs)
    return rows.select_related("customer", "agreed_with")
