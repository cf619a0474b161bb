"""A customer's tiers over time, and the revenue they follow, drawn for one chart."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from firm import charts
from firm.charts import Scale, Span
from firm.dates import add_months, first_of_month
from tiering.chips import Chip, unranked
from tiering.explanations import Explanation
from tiering.models import Tier, TierChange

MONTHS = 24
HEIGHT = 120
LANE = 26
ROOM_ABOVE = Decimal("1.12")  # for the words above the highest line
FAR_ABOVE = 4
WIDE = 25  # per cent of the chart: room for a few words


@dataclass(frozen=True)
class Stretch:
    """A tier held from one day to another; `in_grace` is the part below the keep threshold.
    `is_after_wide`: the same tier's stretch before it has room for what is to be said of it.
    """

    change: TierChange
    chip: Chip
    span: Span
    y: float
    in_grace: bool
    is_after_wide: bool = False


@dataclass(frozen=True)
class Label:
    x: float
    date: datetime.date
    anchor: str


@dataclass(frozen=True)
class Threshold:
    chip: Chip
    y: float
    amount: Decimal
    is_keep: bool


@dataclass(frozen=True)
class Curve:
    """The trailing revenue as of each month, its line, and the thresholds near it."""

    revenue: list[tuple[datetime.date, Decimal]]
    scale: Scale
    points: list[tuple[float, float]]
    thresholds: list[Threshold]

    @property
    def line(self) -> str:
        return charts.line(self.points)

    @property
    def end(self) -> tuple[float, float, Decimal]:
        """Where the line ends, and its amount there."""
        return *self.points[-1], self.revenue[-1][1]


@dataclass(frozen=True)
class TierHistory:
    """Lanes from the top tier down, a step for each move, and above them the revenue's curve.

    `mark` is where the day asked for lies; None when it is the chart's end.
    """

    lanes: list[Chip]
    stretches: list[Stretch]
    steps: list[tuple[float, float, float]]
    labels: list[Label]
    lanes_height: float
    changes: list[TierChange]
    curve: Curve | None
    mark: float | None


def history_of(
    changes: list[TierChange],
    explanation: Explanation,
    chips: Mapping[str, Chip],
    *,
    on: datetime.date,
    today: datetime.date,
    by_month: Mapping[datetime.date, Decimal] | None,
) -> TierHistory:
    """The MONTHS up to today, or what there is of them. `changes` are the customer's, the latest
    first; `by_month` is the revenue, of the window's months before the first one, too.
    """
    changes = _effective(changes, today)
    last = today + datetime.timedelta(days=1)
    first = max(add_months(first_of_month(today), -MONTHS), changes[0].as_of)
    first = min(first, add_months(first_of_month(today), -2))
    lanes = list(chips.values())
    stretches = list(_stretches(changes, chips, lanes, first=first, last=last))
    revenue = _trailing(by_month, explanation, first) if by_month else []
    return TierHistory(
        lanes=lanes,
        stretches=stretches,
        steps=[
            (after.span.x, before.y + LANE / 2, after.y + LANE / 2)
            for before, after in pairwise(stretches)
            if before.chip != after.chip
        ],
        labels=_labels(first, last),
        lanes_height=LANE * len(lanes),
        changes=[change for change in reversed(changes) if _is_move(change, changes)],
        curve=_curve(revenue, explanation, chips, first=first, last=last) if revenue else None,
        mark=charts.span(first, on, first=first, last=last).width if on < today else None,
    )


def _effective(changes: list[TierChange], today: datetime.date) -> list[TierChange]:
    """The last word on each evaluation date, in order of dates."""
    by_date: dict[datetime.date, TierChange] = {}
    for change in changes:
        if change.evaluation.business_date <= today:
            by_date.setdefault(change.as_of, change)
    return [by_date[date] for date in sorted(by_date)]


def _stretches(
    changes: list[TierChange],
    chips: Mapping[str, Chip],
    lanes: list[Chip],
    *,
    first: datetime.date,
    last: datetime.date,
) -> list[Stretch]:
    drawn: list[Stretch] = []
    ends = [*(change.as_of for change in changes[1:]), last]
    for change, end in zip(changes, ends, strict=True):
        span = charts.span(change.as_of, end, first=first, last=last)
        if span.width <= 0:
            continue
        chip = chips.get(change.earned_tier.code) or unranked(change.earned_tier.code)
        lane = lanes.index(chip) if chip in lanes else len(lanes) - 1
        in_grace = change.below_since is not None
        before = drawn[-1] if drawn else None
        if before and before.chip == chip and before.in_grace == in_grace:
            joined = Span(before.span.x, round(before.span.width + span.width, 3))
            drawn[-1] = replace(before, span=joined)
        else:
            is_after_wide = bool(before and before.chip == chip and before.span.width > WIDE)
            drawn.append(Stretch(change, chip, span, lane * LANE, in_grace, is_after_wide))
    return drawn


def _is_move(change: TierChange, changes: list[TierChange]) -> bool:
    """Whether it is worth a line: the first one, a move, or the grace period's begin or end."""
    place = changes.index(change)
    if place == 0:
        return True
    before = changes[place - 1]
    return (
        change.earned_tier_id != before.earned_tier_id or change.below_since != before.below_since
    )


def _trailing(
    by_month: Mapping[datetime.date, Decimal], explanation: Explanation, first: datetime.date
) -> list[tuple[datetime.date, Decimal]]:
    """Revenue of the window's months before each first of a month, as the ledger has it now."""
    window = explanation.rule_set.window_months
    months = []
    month = first if first.day == 1 else add_months(first_of_month(first), 1)
    while month <= explanation.end:
        counted = (add_months(month, -back) for back in range(1, window + 1))
        months.append((month, sum((by_month.get(one, Decimal(0)) for one in counted), Decimal(0))))
        month = add_months(month, 1)
    return months


def _curve(
    revenue: list[tuple[datetime.date, Decimal]],
    explanation: Explanation,
    chips: Mapping[str, Chip],
    *,
    first: datetime.date,
    last: datetime.date,
) -> Curve:
    """A threshold far above all of the revenue would press the line to the ground: left out."""
    amounts = [amount for _month, amount in revenue]
    near = [found for found in _thresholds(explanation) if found[1] <= FAR_ABOVE * max(amounts)]
    highest = max([*amounts, *(amount for _tier, amount, _is_keep in near)]) * ROOM_ABOVE
    scale = charts.scale([*amounts, highest], height=HEIGHT, most_ticks=2)
    points = [
        (charts.span(first, month, first=first, last=last).width, scale.y(amount))
        for month, amount in revenue
    ]
    thresholds = [
        Threshold(chips.get(tier.code) or unranked(tier.code), scale.y(amount), amount, is_keep)
        for tier, amount, is_keep in near
    ]
    return Curve(revenue, scale, points, thresholds)


def _thresholds(explanation: Explanation) -> list[tuple[Tier, Decimal, bool]]:
    """The keep threshold of the tier held, and the entry threshold of the one above."""
    found = []
    for place, one in enumerate(explanation.criteria):
        if one.tier != explanation.earned_tier:
            continue
        above = explanation.criteria[place - 1] if place else None
        if above is not None and above.enter is not None:
            found.append((above.tier, above.enter, False))
        if one.keep is not None:
            found.append((one.tier, one.keep, True))
    return found


def _labels(first: datetime.date, last: datetime.date) -> list[Label]:
    """The beginning, and each half-year that is not too near it or the end."""
    labels = [Label(0, first, "start")]
    month = add_months(first_of_month(first), 1)
    while month < last:
        x = charts.span(first, month, first=first, last=last).width
        if month.month in (1, 4, 7, 10) and 15 <= x <= 85:
            labels.append(Label(x, month, "middle"))
        month = add_months(month, 1)
    return labels
