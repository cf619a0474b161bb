"""What the customer's file shows of goodwill work, investments and goals.

`reads(...)` are columns for the query that finds the customer, so that the panels ask nothing of
their own; `panels(...)` makes the context of templates/customers/giving_panels.html out of them.
"""

import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from customers.giving.investing import USED, Usage
from customers.giving.register import (
    EXPECTED_MONTHS,
    USUAL_PERIOD,
    Given,
    becoming_expected,
    first_day,
    marked,
)
from customers.models import Customer, Goal, Investment
from firm.roles import Right
from firm.scope import Scope

LATEST = 3  # pieces of goodwill work that are listed


def reads(*, on: datetime.date) -> dict[str, Any]:
    """Annotations for a queryset of customers."""
    since = first_day(on, months=USUAL_PERIOD)
    given = marked().filter(customer=OuterRef("pk"), day__range=(since, on))
    goals = Goal.objects.open().filter(customer=OuterRef("pk"))
    investments = Investment.objects.open().filter(customer=OuterRef("pk"))
    return {
        "goodwill_read": ArraySubquery(given.order_by("-day", "-pk").values(json=_GOODWILL)),
        "goals_read": ArraySubquery(goals.order_by("due_on", "pk").values(json=_GOAL)),
        "investments_read": ArraySubquery(
            investments.order_by("review_on", "pk").values(json=_INVESTMENT)
        ),
    }


_GOODWILL = JSONObject(
    pk="pk",
    day="day",
    minutes="minutes",
    note="note",
    work_item="work_item",
    category="favor__category",
    usual_price="favor__usual_price",
)
_GOAL = JSONObject(
    pk="pk",
    purpose="purpose",
    measure="measure",
    baseline="baseline",
    target="target",
    current="current",
    agreed_on="agreed_on",
    review_on="review_on",
)
_INVESTMENT = JSONObject(
    pk="pk", title="title", review_on="review_on", cap=F("cap_minutes"), used=USED
)


def panels(customer: Customer, scope: Scope, *, on: datetime.date) -> dict[str, Any]:
    """`customer` was read with `reads` of the same day."""
    rows = [{**row, "day": _day(row["day"])} for row in customer.goodwill_read]  # type: ignore[attr-defined]
    recent = first_day(on, months=EXPECTED_MONTHS)
    return {
        "goodwill": {
            "sum": _sum_of(rows),
            "latest": rows[:LATEST],
            "expected": becoming_expected(row["category"] for row in rows if row["day"] >= recent),
            "shows_price": scope.may(Right.PRICE),
        },
        "goals": [
            {**row, "is_due": _has_passed(row["review_on"], on)}
            for row in customer.goals_read  # type: ignore[attr-defined]
        ],
        "investments": [
            {
                **row,
                "review_on": _day(row["review_on"]),
                "usage": Usage(row["used"], row["cap"]),
                "is_overdue": _has_passed(row["review_on"], on),
            }
            for row in customer.investments_read  # type: ignore[attr-defined]
        ],
        "may_give": scope.may(Right.RECORD_WORK),
    }


def _sum_of(rows: list[dict[str, Any]]) -> Given:
    return Given(
        count=len(rows),
        minutes=sum(row["minutes"] for row in rows),
        usual_price=sum((Decimal(str(row["usual_price"])) for row in rows), Decimal(0)),
    )


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _has_passed(text: str | None, on: datetime.date) -> bool:
    return text is not None and _day(text) < on
