"""The board: customers who get more than was agreed on the left, those who get less on the right.

A customer is one row a column, with all its flags. Flags of several kinds can rest on the same
work, so the amount of a row is that of its largest flag and never a sum over kinds; the sum over
the customers of a column is of these.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject

from firm.models import User
from firm.roles import Right
from firm.scope import Scope
from tiering.flags import words
from tiering.flags.filters import Question
from tiering.models import Finding
from tiering.models.finding import FindingQuerySet
from tiering.servicing.kinds import MEASURES, OVER, UNDER, Direction, Unit
from tiering.servicing.rules import STANDARD

ROWS = 25  # of a column at a time
CHIPS = 3  # of a row, the others counted behind them
NEWS = datetime.timedelta(days=7)
MINUTES = [kind for kind, measure in MEASURES.items() if measure.unit is Unit.MINUTES]

_LEVELS = {Finding.Severity.HIGH: 3, Finding.Severity.MID: 2, Finding.Severity.LOW: 1}
LEVEL = Case(*(When(severity=name, then=Value(level)) for name, level in _LEVELS.items()))
POINTS = Case(
    *(When(kind=kind, then=Value(MEASURES[kind].points)) for kind in UNDER),
    default=Value(0),
    output_field=IntegerField(),
)
SIDE = Case(
    When(kind__in=OVER, then=Value(Direction.OVER.value)), default=Value(Direction.UNDER.value)
)


class Money(StrEnum):
    """The amount by which the over-served stand in order, as far as the reader may see one."""

    LOSS = "loss"
    FEE = "forgone_fee"
    NONE = ""


def money_of(scope: Scope) -> Money:
    if scope.may(Right.MARGIN):
        return Money.LOSS
    return Money.FEE if scope.may(Right.PRICE) else Money.NONE


@dataclass(frozen=True)
class Flag:
    """One chip of a row."""

    pk: int
    kind: str
    state: str
    severity: str
    quantity: int
    since: str
    is_past: bool
    is_preliminary: bool

    @property
    def words(self) -> str:
        return words.chip(self.kind, self.quantity)


@dataclass(frozen=True)
class Row:
    """A customer in a column. `amount` is None where the reader sees none, `minutes` where no
    flag is of time.
    """

    customer_id: int
    name: str
    tier_rank: int | None
    owner: str | None
    amount: Decimal | None
    minutes: int | None
    points: int
    flags: list[Flag]
    on: datetime.date

    @property
    def first(self) -> Flag:
        return self.flags[0]

    @property
    def shown(self) -> list[Flag]:
        return self.flags[:CHIPS]

    @property
    def more(self) -> int:
        return max(0, len(self.flags) - CHIPS)

    @property
    def is_red(self) -> bool:
        return self.points >= STANDARD.red_points

    @property
    def state(self) -> str:
        """What all flags of the row have in common beside "open", in words."""
        states = {flag.state for flag in self.flags}
        common = states.pop() if len(states) == 1 else Finding.State.OPEN
        return "" if common == Finding.State.OPEN else str(Finding.State(common).label)

    @property
    def is_past(self) -> bool:
        return all(flag.is_past for flag in self.flags)

    @property
    def is_new(self) -> bool:
        """A flag of it has come in the last days."""
        since = max(datetime.date.fromisoformat(flag.since) for flag in self.flags)
        return not self.is_past and since > self.on - NEWS


@dataclass(frozen=True)
class Column:
    """`customers` and `amount` are of all pages; `red` are the under-served who come first."""

    direction: Direction
    rows: list[Row]
    customers: int
    amount: Decimal | None
    red: int
    page: int
    has_next: bool

    @property
    def rest(self) -> int:
        """Customers on later pages."""
        return max(0, self.customers - self.page * ROWS)


class Board:
    """What one person sees of a question on a day."""

    def __init__(self, question: Question, scope: Scope, *, on: datetime.date) -> None:
        self.question, self.scope, self.on = question, scope, on
        self.money = money_of(scope)
        self.flags: FindingQuerySet = question.flags(scope, on=on)

    def column(self, direction: Direction, *, page: int = 1) -> Column:
        start = (page - 1) * ROWS
        rows = list(self._rows(direction)[start : start + ROWS + 1])
        side = direction.value
        return Column(
            direction=direction,
            rows=[self._row(**row) for row in rows[:ROWS]],
            customers=self.totals[f"{side}_customers"],
            amount=self.totals[f"{side}_amount"] if self.money else None,
            red=self.totals[f"{side}_red"],
            page=page,
            has_next=len(rows) > ROWS,
        )

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Customers and amounts of both columns."""
        found: dict[str, Any] = {}
        grouped = self._grouped(self.flags.annotate(side=SIDE).values("customer", "side"))
        for direction in Direction:
            here = Q(side=direction.value)
            found |= {
                f"{direction}_customers": Count("customer", filter=here),
                f"{direction}_amount": Coalesce(Sum("amount", filter=here), Decimal(0)),
                f"{direction}_red": Count(
                    "customer", filter=here & Q(points__gte=STANDARD.red_points)
                ),
            }
        return grouped.aggregate(**found)

    def owners(self) -> QuerySet[User, tuple[int, str]]:
        """Whose customers have flags here, for the menu."""
        seen = Finding.objects.visible_to(self.scope, on=self.on).open()
        owners = seen.filter(customer__owner__isnull=False).values("customer__owner")
        people = User.objects.filter(pk__in=owners).order_by("name_kana", "name")
        return people.values_list("pk", "name")

    def _grouped(self, flags: Any) -> Any:
        return flags.order_by().annotate(amount=Max(self.money.value or "loss"), points=Sum(POINTS))

    def _rows(self, direction: Direction) -> Any:
        kinds = OVER if direction is Direction.OVER else UNDER
        grouped = self._grouped(
            self.flags.filter(kind__in=kinds).values(
                "customer_id",
                name=F("customer__name"),
                tier_rank=F("customer__snapshot__tier_rank"),
                owner=F("customer__owner__name"),
            )
        ).annotate(
            minutes=Max("quantity", filter=Q(kind__in=MINUTES)),
            level=Max(LEVEL),
            flags=JSONBAgg(
                JSONObject(
                    pk="pk",
                    kind="kind",
                    state="state",
                    severity="severity",
                    quantity="quantity",
                    since=Coalesce("reopened_on", "opened_on"),
                    is_past="is_past",
                    is_preliminary="is_preliminary",
                ),
                order_by=[LEVEL.desc(), POINTS.desc(), f"-{self.money or 'quantity'}", "pk"],
            ),
        )
        return grouped.order_by(*self._order(direction))

    def _order(self, direction: Direction) -> list[Any]:
        """The largest first; of the under-served those who are red, then the highest tier."""
        if direction is Direction.OVER:
            by_amount = ["-amount"] if self.money else []
            return [*by_amount, F("minutes").desc(nulls_last=True), "-level", "customer_id"]
        is_red = Case(When(points__gte=STANDARD.red_points, then=Value(0)), default=Value(1))
        return [is_red, F("tier_rank").asc(nulls_last=True), "-points", "customer_id"]

    def _row(self, *, flags: list[dict[str, Any]], level: int, amount: Any, **values: Any) -> Row:
        return Row(
            flags=[Flag(**flag) for flag in flags],
            amount=amount if self.money else None,
            on=self.on,
            **values,
        )
