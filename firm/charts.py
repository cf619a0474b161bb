"""Geometry of charts. Pure: figures in, coordinates out.

Across, everything is in per cent of the width, so that one drawing fills a phone as well as a
desk and its words are never scaled; down, in pixels of a fixed height. Lines and areas go into
an inner <svg viewBox="0 0 100 HEIGHT" preserveAspectRatio="none">, words and ticks stand outside.
"""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Number = int | float | Decimal
_STEPS = (1, 2, 2.5, 5)


@dataclass(frozen=True)
class Tick:
    """A grid line at `y`, with the value it stands for."""

    value: float
    y: float


@dataclass(frozen=True)
class Scale:
    """From values to pixels: `high` is at 0, `low` at `height`."""

    low: float
    high: float
    height: float
    ticks: tuple[Tick, ...]

    def y(self, value: Number) -> float:
        return round((self.high - float(value)) / (self.high - self.low) * self.height, 2)

    @property
    def zero(self) -> float:
        return self.y(0)


@dataclass(frozen=True)
class Bar:
    """x and width in per cent, y and height in pixels; `is_negative` hangs below zero."""

    x: float
    width: float
    y: float
    height: float
    is_negative: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 3)


@dataclass(frozen=True)
class Span:
    """A stretch of time, in per cent of the width."""

    x: float
    width: float

    @property
    def end(self) -> float:
        return round(self.x + self.width, 3)


def scale(values: Sequence[Number], *, height: float, most_ticks: int = 3) -> Scale:
    """From zero, or from below it where values are, to the highest value; ticks at round figures,
    at most so many above zero.
    """
    highest = max([0.0, *map(float, values)])
    lowest = min([0.0, *map(float, values)])
    if highest == lowest:
        highest = 1.0
    step = _round_step((highest - lowest) / (most_ticks + 1) * 1.001)
    low = math.floor(lowest / step + 1e-9) * step
    reach = highest - low
    ticks = [low + index * step for index in range(math.floor(reach / step + 1e-9) + 1)]
    return Scale(
        low=low,
        high=highest,
        height=height,
        ticks=tuple(Tick(tick, round((highest - tick) / reach * height, 2)) for tick in ticks),
    )


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 2.5, 5 × a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (*_STEPS, 10) if step * power >= least * (1 - 1e-9))


def bars(values: Sequence[Number], on: Scale, *, gap: float = 0.3) -> list[Bar]:
    """One bar a value, side by side; `gap` is the part of each place left empty."""
    place = 100 / max(len(values), 1)
    drawn = []
    for index, value in enumerate(values):
        top, bottom = sorted((on.y(value), on.zero))
        drawn.append(
            Bar(
                x=round(place * (index + gap / 2), 3),
                width=round(place * (1 - gap), 3),
                y=top,
                height=round(bottom - top, 2),
                is_negative=value < 0,
            )
        )
    return drawn


def line(points: Sequence[tuple[float, float]]) -> str:
    """For `<polyline points>`."""
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def areas(rectangles: Sequence[tuple[float, float, float, float]]) -> str:
    """Rectangles (x, y, width, height) as the one `<path d>` of an inner svg."""
    return "".join(
        f"M{x:g} {y:g}h{width:g}v{height:g}h{-width:g}z" for x, y, width, height in rectangles
    )


def span(
    start: datetime.date, end: datetime.date, *, first: datetime.date, last: datetime.date
) -> Span:
    """The part of `[start, end)` that lies in `[first, last)`."""
    days = (last - first).days
    left = min(max((start - first).days / days, 0), 1)
    right = min(max((end - first).days / days, left), 1)
    return Span(x=round(left * 100, 3), width=round((right - left) * 100, 3))


@dataclass(frozen=True)
class Group:
    """Customers next to each other in descending order of revenue; `rank` is their tier's."""

    customers: int
    revenue: Decimal
    rank: int | None


@dataclass(frozen=True)
class Band:
    """A tier's stretch under the curve: its bars as a path, its place, its customers."""

    rank: int | None
    path: str
    x: float
    width: float
    customers: int

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 3)


@dataclass(frozen=True)
class Pareto:
    """Bars are the mean revenue of each group's customers; the curve is the running share."""

    scale: Scale
    bands: tuple[Band, ...]
    curve: str
    mark_x: float
    mark_y: float
    mark_customers: int
    mark_share: float


def pareto(groups: Sequence[Group], *, height: float, mark: float = 0.2) -> Pareto | None:
    """None where nobody has revenue. `mark` is the part of the customers named on the curve.

    Revenue below zero counts as none, as it does in the share method.
    """
    customers = sum(group.customers for group in groups)
    total = float(sum(max(group.revenue, Decimal(0)) for group in groups))
    if not customers or not total:
        return None
    means = [max(float(group.revenue), 0) / group.customers for group in groups]
    on = scale(means, height=height, most_ticks=2)
    rectangles: dict[int | None, list[tuple[float, float, float, float]]] = {}
    counted: dict[int | None, int] = {}
    points, seen, summed = [(0.0, height)], 0, 0.0
    for group, mean in zip(groups, means, strict=True):
        place = 100 / customers
        gap = min(place * group.customers * 0.2, 0.12)
        x, width = 100 * seen / customers, place * group.customers
        y = on.y(mean)
        rectangles.setdefault(group.rank, []).append(
            (round(x + gap / 2, 3), y, round(width - gap, 3), round(height - y, 2))
        )
        counted[group.rank] = counted.get(group.rank, 0) + group.customers
        seen += group.customers
        summed += mean * group.customers
        points.append((round(100 * seen / customers, 3), round(height * (1 - summed / total), 2)))
    marked = max(round(customers * mark), 1)
    share = share_of_top(groups, marked)
    return Pareto(
        scale=on,
        bands=tuple(
            Band(
                rank=rank,
                path=areas(drawn),
                x=drawn[0][0],
                width=round(drawn[-1][0] + drawn[-1][2] - drawn[0][0], 3),
                customers=counted[rank],
            )
            for rank, drawn in rectangles.items()
        ),
        curve=line(points),
        mark_x=round(100 * marked / customers, 3),
        mark_y=round(height * (1 - share), 2),
        mark_customers=marked,
        mark_share=round(100 * share, 1),
    )


def share_of_top(groups: Sequence[Group], customers: int) -> float:
    """The part of all revenue that the first `customers` bring; within a group, evenly."""
    total = float(sum(max(group.revenue, Decimal(0)) for group in groups))
    left, summed = customers, 0.0
    for group in groups:
        taken = min(left, group.customers)
        summed += max(float(group.revenue), 0) * taken / group.customers
        left -= taken
        if not left:
            break
    return summed / total if total else 0.0
