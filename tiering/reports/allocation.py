"""Where the hours go: share of the hours beside share of the revenue and of the margin.

Counted are the customers whose revenue the reader may see, revenue as the last evaluation has it
and work in the same window. The parts of a table add up to its total, nobody is left out. Where
no work is recorded at all there are no hours, not zero of them.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet, Sum

from customers.models import ActivitySlice, CustomerSnapshot
from firm.dates import add_months, today
from firm.models import Department
from firm.scope import FEWEST_PEOPLE, Scope
from firm.superiors import managers_of
from tiering.models import Evaluation
from tiering.reports.concentration import evaluated_in_reach

TOO_LITTLE, TOO_MUCH = Decimal("0.7"), Decimal("1.3")

_GROUPS = """
SELECT tier_rank, department_id, owner_id, count(*), sum(trailing_revenue),
       sum(work.minutes), sum(work.cost), sum(expense.cost)
  FROM ({rows}) reached(trailing_revenue, tier_rank, department_id, owner_id, id)
  LEFT JOIN (SELECT customer_id, sum(minutes) AS minutes, sum(cost) AS cost
               FROM customers_activityslice
              WHERE day >= %(start)s AND day < %(end)s GROUP BY customer_id) work
         ON work.customer_id = reached.id
  LEFT JOIN (SELECT customer_id, sum(cost) AS cost
               FROM customers_revenueentry
              WHERE superseded_by_import_id IS NULL AND cost IS NOT NULL
                AND date >= %(start)s AND date < %(end)s GROUP BY customer_id) expense
         ON expense.customer_id = reached.id
 GROUP BY tier_rank, department_id, owner_id
"""


def for_each() -> int:
    """The revenue that hours are told for: so much that they are small numbers."""
    return 1_000_000 if settings.BASE_CURRENCY == "JPY" else 10_000


class Verdict(StrEnum):
    """How a part's hours stand to its revenue."""

    TOO_LITTLE = "too_little"
    FAIR = "fair"
    TOO_MUCH = "too_much"


@dataclass
class Part:
    """Sums over some customers. Minutes are of all logged work, costs direct."""

    customers: int = 0
    revenue: Decimal = Decimal(0)
    minutes: int = 0
    cost: Decimal = Decimal(0)
    expenses: Decimal = Decimal(0)

    def __add__(self, other: "Part") -> "Part":
        return Part(
            self.customers + other.customers,
            self.revenue + other.revenue,
            self.minutes + other.minutes,
            self.cost + other.cost,
            self.expenses + other.expenses,
        )

    @property
    def margin(self) -> Decimal:
        return self.revenue - self.expenses - self.cost

    @property
    def hours(self) -> Decimal:
        return Decimal(self.minutes) / 60

    @property
    def intensity(self) -> Decimal | None:
        """Hours for each so much of revenue (`for_each`); None without revenue."""
        return self.hours * for_each() / self.revenue if self.revenue > 0 else None


@dataclass(frozen=True)
class Share:
    """A part beside the whole, in per cent; None where the whole is nothing. `key` opens its
    customers.
    """

    key: Any
    part: Part
    whole: Part

    @property
    def revenue(self) -> Decimal | None:
        return _percent(self.part.revenue, self.whole.revenue)

    @property
    def hours(self) -> Decimal | None:
        return _percent(Decimal(self.part.minutes), Decimal(self.whole.minutes))

    @property
    def margin(self) -> Decimal | None:
        return _percent(self.part.margin, self.whole.margin)

    @property
    def fairness(self) -> Decimal | None:
        """Share of the hours ÷ share of the revenue."""
        return fairness_of(self.hours, self.revenue)

    @property
    def verdict(self) -> Verdict | None:
        return verdict_of(self.fairness)


@dataclass(frozen=True)
class Allocation:
    """`people` are those whose figures the reader may see: oneself, and whom one manages.

    `teams` says of each department under which it is counted; None are the others together.
    """

    start: datetime.date
    end: datetime.date
    whole: Part
    tiers: list[Share]
    departments: list[Share]
    people: list[Share]
    teams: dict[int | None, int | None]

    @property
    def has_hours(self) -> bool:
        return self.whole.minutes > 0


def fairness_of(hours: Decimal | None, revenue: Decimal | None) -> Decimal | None:
    if hours is None or revenue is None or revenue <= 0:
        return None
    return hours / revenue


def verdict_of(fairness: Decimal | None) -> Verdict | None:
    if fairness is None:
        return None
    if fairness < TOO_LITTLE:
        return Verdict.TOO_LITTLE
    return Verdict.TOO_MUCH if fairness > TOO_MUCH else Verdict.FAIR


def allocation(scope: Scope, evaluation: Evaluation) -> Allocation:
    start = add_months(evaluation.as_of, -evaluation.rule_set.window_months)
    groups = _groups(scope, start=start, end=evaluation.as_of)
    whole = sum((part for *_keys, part in groups), Part())
    teams = _teams(groups)
    return Allocation(
        start=start,
        end=evaluation.as_of,
        whole=whole,
        tiers=_shares({rank: rank for rank, *_ in groups}, 0, groups, whole),
        departments=_shares(teams, 1, groups, whole),
        people=_shares({pk: pk for pk in _own_people(scope)}, 2, groups, whole),
        teams=teams,
    )


def by_tier(
    scope: Scope, evaluation: Evaluation
) -> tuple[datetime.date, datetime.date, list[Share]]:
    """The table by tier alone, with its period `[start, end)`."""
    start = add_months(evaluation.as_of, -evaluation.rule_set.window_months)
    groups = _groups(scope, start=start, end=evaluation.as_of)
    whole = sum((part for *_keys, part in groups), Part())
    shares = _shares({rank: rank for rank, *_ in groups}, 0, groups, whole)
    return start, evaluation.as_of, shares


def customers_of(
    scope: Scope, found: Allocation, *, by: str, key: int | None
) -> QuerySet[CustomerSnapshot]:
    """The customers behind a line whose file the reader has; `by` is tier, department, person."""
    rows = evaluated_in_reach(scope).visible_to(scope)
    if by == "tier":
        return rows.filter(tier_rank=key)
    if by == "person":
        return rows.filter(owner=key) if key in _own_people(scope) else rows.none()
    members = [department for department, team in found.teams.items() if team == key]
    condition = Q(department__in=[one for one in members if one is not None])
    return rows.filter(condition | Q(department=None) if None in members else condition)


def work_of(customers: Sequence[int], found: Allocation) -> dict[int, Part]:
    """Minutes and costs of these customers in the report's window."""
    worked = ActivitySlice.objects.filter(
        customer__in=customers, day__gte=found.start, day__lt=found.end
    )
    sums = worked.values("customer").annotate(minutes=Sum("minutes"), direct=Sum("cost"))
    return {
        row["customer"]: Part(minutes=row["minutes"], cost=row["direct"]) for row in sums.order_by()
    }


def _own_people(scope: Scope) -> list[int]:
    """Oneself and those whose nearest superior one is: nobody else reads a person's figures."""
    managers = managers_of(scope.people - {scope.person_id}, on=today())
    below = [person for person, manager in managers.items() if manager == scope.person_id]
    return [scope.person_id, *sorted(below)]


def _groups(
    scope: Scope, *, start: datetime.date, end: datetime.date
) -> list[tuple[int, int | None, int | None, Part]]:
    """Tier, department and account manager of some customers, and their sums."""
    rows = evaluated_in_reach(scope)
    if rows.query.is_empty():
        return []
    inner, params = rows.values_list(
        "trailing_revenue", "tier_rank", "department_id", "owner_id", "pk"
    ).query.sql_with_params()
    sql = _GROUPS.format(rows=inner).replace("%(start)s", "%s").replace("%(end)s", "%s")
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, start, end, start, end])
        return [
            (rank, department, owner, _part(customers, revenue, minutes, cost, expenses))
            for rank, department, owner, customers, revenue, minutes, cost, expenses in (
                cursor.fetchall()
            )
        ]


def _part(customers: int, revenue: Decimal, *sums: Any) -> Part:
    minutes, cost, expenses = (one or 0 for one in sums)
    return Part(customers, revenue, int(minutes), Decimal(cost), Decimal(expenses))


def _shares(
    lines: Mapping[Any, Any], column: int, groups: Sequence[tuple[Any, ...]], whole: Part
) -> list[Share]:
    """A share for each line, in the order of the lines; those of no line are left out."""
    parts: dict[Any, Part] = {line: Part() for line in dict.fromkeys(lines.values())}
    for group in groups:
        if group[column] in lines:
            line = lines[group[column]]
            parts[line] += group[3]
    found = [Share(line, part, whole) for line, part in parts.items() if part.customers]
    return sorted(found, key=lambda share: (share.key is None, share.key))


def _teams(groups: Sequence[tuple[Any, ...]]) -> dict[int | None, int | None]:
    """By department the one it is counted under: itself, one above, or None for "the others".

    A department with too few account managers is counted under the one above it, at the top with
    the others; and if these are too few as well, the smallest of the rest joins them.
    """
    above = dict(Department.objects.values_list("pk", "parent_id"))
    teams: dict[int | None, int | None] = {department: department for _, department, _, _ in groups}
    owners: dict[int | None, set[int]] = {}
    for _rank, department, owner, _part in groups:
        owners.setdefault(department, set()).update({owner} - {None})

    def people(team: int | None) -> int:
        return len(set().union(*(owners[one] for one, other in teams.items() if other == team)))

    while small := [
        team for team in set(teams.values()) if team is not None and people(team) < FEWEST_PEOPLE
    ]:
        # The lowest first: what it hands on may be enough for the one above.
        lowest = max(small, key=lambda team: (_depth(team, above), team))
        _hand_on(teams, lowest, above[lowest])
    named = [team for team in set(teams.values()) if team is not None]
    rest = sorted(named, key=lambda team: (people(team), team))
    if rest and None in teams.values() and people(None) < FEWEST_PEOPLE:
        _hand_on(teams, rest[0], None)
    return teams


def _hand_on(teams: dict[int | None, int | None], team: int, to: int | None) -> None:
    for department, counted in teams.items():
        if counted == team:
            teams[department] = to


def _depth(department: int | None, above: Mapping[int, int | None]) -> int:
    depth = 0
    while department is not None:
        department, depth = above[department], depth + 1
    return depth


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return 100 * part / whole if whole > 0 else None
