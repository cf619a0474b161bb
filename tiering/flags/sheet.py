"""One flag with what it rests on: the months' hours beside what is included, the causes of the
work, the entries, what the nights saw of it.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.consumption.hours import Hours, hours_between
from customers.models import Activity, ActivitySlice, Favor
from firm.charts import Scale, Tick, scale
from firm.dates import add_months, first_of_month
from firm.scope import Scope
from tiering.flags import words
from tiering.flags.because import because
from tiering.flags.of_customers import weight
from tiering.models import Finding, FindingKind, Observation
from tiering.servicing.kinds import MEASURES, Direction, Measure, Unit

MONTHS = 6
CHART_HEIGHT = 92
ENTRIES = 5  # of those it rests on, beside the figures
GOODWILL = "goodwill"
Cause = Activity.Cause
# What is told as one cause, in the order in which the bar has them.
CAUSES: list[tuple[str, Promise, tuple[str, ...]]] = [
    (GOODWILL, gettext_lazy("Goodwill work"), ()),
    ("wish", gettext_lazy("Customer's wish"), (Cause.CUSTOMER_WISH,)),
    ("agreed", gettext_lazy("In contract"), (Cause.IN_CONTRACT,)),
    ("ours", gettext_lazy("Our own reason"), (Cause.OWN_REASON,)),
    (
        "other",
        gettext_lazy("Others"),
        (Cause.INCIDENT, Cause.INVESTMENT, Cause.SALES, Cause.INTERNAL),
    ),
]


@dataclass(frozen=True)
class Share:
    """A cause's part of the work in the window; `x` and `share` in per cent."""

    key: str
    label: str
    minutes: int
    x: float
    share: float


@dataclass(frozen=True)
class MonthBar:
    """A month of the chart: x in per cent, y and heights in pixels. `limit` is the line of what
    is included, None without hours terms.
    """

    hours: Hours
    x: float
    width: float
    within: tuple[float, float]
    beyond: tuple[float, float] | None
    limit: float | None
    in_window: bool

    @property
    def used(self) -> int:
        return self.hours.used + self.hours.elsewhere

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 3)

    @property
    def end(self) -> float:
        return round(self.x + self.width, 3)

    @property
    def top(self) -> float:
        return (self.beyond or self.within)[0]


@dataclass(frozen=True)
class Chart:
    bars: list[MonthBar]
    ticks: tuple[Tick, ...]
    height: int = CHART_HEIGHT


@dataclass(frozen=True)
class Given:
    """Goodwill work, with what it would have cost."""

    minutes: int
    usual_price: Decimal


@dataclass(frozen=True)
class Seen:
    """What one night saw."""

    business_date: datetime.date
    words: str
    loss: Decimal


class Sheet:
    """Of a flag of which `one_customers` has loaded all that the reader may see."""

    def __init__(self, finding: Finding, siblings: Sequence[Finding]) -> None:
        self.finding, self.siblings = finding, siblings
        self.customer = finding.customer
        self.measure: Measure = MEASURES[FindingKind(finding.kind)]

    @property
    def direction(self) -> Direction:
        return self.measure.direction

    @property
    def quantity(self) -> str:
        return words.quantity(self.finding.kind, self.finding.quantity)

    @property
    def label(self) -> str:
        """What the quantity is."""
        if self.measure.unit is Unit.DAYS:
            return _("Late by")
        return _("Beyond") if self.direction is Direction.OVER else _("Not given")

    @property
    def because(self) -> str:
        return because(self.finding, self.last.values if self.last else {})

    @property
    def seen(self) -> list[Seen]:
        """What the nights saw, the latest first; one that saw nothing any more included."""
        return [
            Seen(row.business_date, words.quantity(self.finding.kind, row.quantity), row.loss)
            for row in self.observations
        ]

    @property
    def steps(self) -> str:
        return words.steps(self.finding.kind)

    @property
    def last(self) -> Observation | None:
        """The last time that a night saw something of it."""
        seen = [row for row in self.observations if row.quantity]
        return next(iter(seen or self.observations), None)

    @property
    def subsided_on(self) -> datetime.date | None:
        """The night that saw nothing of it any more, where that has resolved it."""
        if self.finding.resolution != Finding.Resolution.SUBSIDED or not self.observations:
            return None
        return self.observations[0].business_date

    @cached_property
    def observations(self) -> list[Observation]:
        """What nights saw, the latest first."""
        return list(self.finding.observations.order_by("-pk")[:MONTHS])

    @property
    def evidence(self) -> list[int]:
        return self.last.evidence if self.last else []

    @property
    def is_cut(self) -> bool:
        """Whether it may rest on more entries than are kept."""
        return len(self.evidence) >= Observation.MOST_EVIDENCE

    def entries(self) -> QuerySet[Activity]:
        """Those it rests on, but for what has been withdrawn since, the latest first."""
        found = Activity.objects.live().filter(pk__in=self.evidence)
        marked = Favor.objects.filter(activity=OuterRef("pk"), withdrawn_at__isnull=True)
        return found.annotate(is_goodwill=Exists(marked)).order_by("-day", "-started_at", "-pk")

    def causes(self) -> list[Share]:
        """Of all work in the window, by cause; goodwill work is told apart from its cause."""
        window = self.finding
        marked = Favor.objects.filter(activity=OuterRef("activity"), withdrawn_at__isnull=True)
        rows = (
            ActivitySlice.objects.filter(
                customer=window.customer_id,
                day__gte=window.window_from,
                day__lt=window.window_until,
            )
            .annotate(is_goodwill=Exists(marked))
            .values_list("activity__cause", "is_goodwill")
            .annotate(minutes=Sum("minutes"))
            .order_by()
        )
        return _shares(list(rows))

    def given(self, *, on: datetime.date) -> Given | None:
        """The goodwill work of the last months, beside what is beyond; None without any."""
        if self.direction is not Direction.OVER:
            return None
        marked = Favor.objects.filter(
            withdrawn_at__isnull=True,
            activity__withdrawn_at__isnull=True,
            activity__customer=self.customer,
            activity__day__gt=add_months(on, -MONTHS),
        )
        sums = marked.aggregate(minutes=Sum("activity__minutes"), price=Sum("usual_price"))
        return Given(sums["minutes"], sums["price"]) if sums["minutes"] else None

    def chart(self, *, on: datetime.date) -> Chart | None:
        """The last months up to that day; None without hours terms in any of them."""
        since = add_months(first_of_month(on), 1 - MONTHS)
        months = hours_between([self.customer.pk], since=since, on=on)
        if not any(month.has_terms for month in months):
            return None
        return _chart(months, self.finding)


def of_customer(
    pk: int, scope: Scope, *, on: datetime.date
) -> tuple[Finding | None, list[Finding]]:
    """The flag, and those of its customer that are not resolved, this one included."""
    seen = (
        Finding.objects.visible_to(scope, on=on)
        .filter(customer__findings=pk)
        .select_related("customer__snapshot", "customer__owner", "customer__backup", "decided_by")
    )
    found = sorted(seen, key=weight)
    finding = next((row for row in found if row.pk == pk), None)
    return finding, [row for row in found if row.state != Finding.State.RESOLVED or row.pk == pk]


def _shares(rows: list[tuple[str, bool, int]]) -> list[Share]:
    total = sum(minutes for *_keys, minutes in rows)
    shares, x = [], 0.0
    for key, label, causes in CAUSES:
        minutes = sum(
            amount
            for cause, is_goodwill, amount in rows
            if (is_goodwill if key == GOODWILL else not is_goodwill and cause in causes)
        )
        if minutes:
            share = round(100 * minutes / total, 2)
            shares.append(Share(key, str(label), minutes, round(x, 2), share))
            x += share
    return shares


def _chart(months: list[Hours], finding: Finding) -> Chart:
    highest = [max(month.used + month.elsewhere, month.included) for month in months]
    drawn = scale([Decimal(minutes) / 60 for minutes in highest], height=CHART_HEIGHT, most_ticks=2)
    place = 100 / len(months)
    bars = [
        _bar(month, drawn, x=round(place * index + place * 0.14, 3), width=round(place * 0.72, 3),
             finding=finding)
        for index, month in enumerate(months)
    ]  # fmt: skip
    return Chart(bars, drawn.ticks)


def _bar(month: Hours, drawn: Scale, *, x: float, width: float, finding: Finding) -> MonthBar:
    used = month.used + month.elsewhere
    within = min(used, month.included) if month.has_terms else used
    top, limit = drawn.y(Decimal(within) / 60), drawn.y(Decimal(month.included) / 60)
    beyond = None
    if used > within:
        higher = drawn.y(Decimal(used) / 60)
        beyond = (higher, round(top - higher, 2))
    return MonthBar(
        hours=month,
        x=x,
        width=width,
        within=(top, round(drawn.zero - top, 2)),
        beyond=beyond,
        limit=limit if month.has_terms else None,
        in_window=month.last_day >= finding.window_from and month.month < finding.window_until,
    )
