"""The back-test as a chart: customers of one tier at each month end, by the rules in force and by
the draft.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from firm import formats
from tiering.chips import Chip
from tiering.previews.shown import Shown

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 150, 28, 96, 12, 24


@dataclass(frozen=True)
class Line:
    """A step line: `path` is an SVG path, `y` where it ends, `last` the number there."""

    path: str
    y: int
    last: int


@dataclass(frozen=True)
class Month:
    """Customers of the chart's tier, and changes of tier, by the rules in force and by the
    draft; None where no rules were in force.
    """

    month: datetime.date
    present: int | None
    draft: int
    present_changes: int | None
    draft_changes: int


@dataclass(frozen=True)
class Chart:
    chip: Chip
    present: Line | None
    draft: Line
    months: list[Month]
    gridlines: list[tuple[int, int]]
    present_changes: int | None
    draft_changes: int
    present_returned: int | None
    draft_returned: int

    @property
    def view_box(self) -> str:
        return f"0 0 {WIDTH} {HEIGHT}"

    @property
    def label_x(self) -> int:
        return WIDTH - RIGHT + 6

    @property
    def plot_right(self) -> int:
        return WIDTH - RIGHT

    @property
    def plot_left(self) -> int:
        return LEFT

    @property
    def axis_y(self) -> int:
        return HEIGHT - 6

    @property
    def ends(self) -> tuple[str, str]:
        return formats.month(self.months[0].month), formats.month(self.months[-1].month)


def chart_of(shown: Shown) -> Chart | None:
    """None while the back-test is not there, or where the ledger is too young for one."""
    found = shown.result.get("back_test")
    if not found or not found["draft"]["months"]:
        return None
    tier = _tier(shown, found)
    months = _months(found, str(tier))
    drafts = [month.draft for month in months]
    presents = [month.present for month in months if month.present is not None]
    low, high = min(drafts + presents), max(drafts + presents)
    low, high = (low, high) if high > low else (max(low - 1, 0), high + 1)
    present = found.get("present")
    draft_line = _line(drafts, low, high)
    return Chart(
        chip=shown.draft_chips[tier],
        present=_apart(_line(presents, low, high), draft_line) if presents else None,
        draft=draft_line,
        months=months,
        gridlines=[(_y(value, low, high), value) for value in sorted({low, high})],
        present_changes=_changes(present) if present else None,
        draft_changes=_changes(found["draft"]),
        present_returned=present["there_and_back"] if present else None,
        draft_returned=found["draft"]["there_and_back"],
    )


def _tier(shown: Shown, found: dict[str, Any]) -> int:
    """The tier in which the two differ most; the second from the top where they don't."""
    tiers = list(shown.draft_chips)
    present = found.get("present")
    if not present:
        return tiers[0]

    def apart(tier: int) -> int:
        pairs = zip(found["draft"]["months"], present["months"], strict=True)
        return sum(abs(a[2].get(str(tier), 0) - b[2].get(str(tier), 0)) for a, b in pairs)

    return max(tiers[:-1], key=lambda tier: (apart(tier), tier == tiers[min(1, len(tiers) - 2)]))


def _months(found: dict[str, Any], tier: str) -> list[Month]:
    present = found.get("present")
    rows = []
    for place, (as_of, changes, tiers) in enumerate(found["draft"]["months"]):
        beside = present["months"][place] if present else None
        rows.append(
            Month(
                # An evaluation on the first counts the month that has just ended.
                month=datetime.date.fromisoformat(as_of) - datetime.timedelta(days=1),
                present=beside[2].get(tier, 0) if beside else None,
                draft=tiers.get(tier, 0),
                present_changes=beside[1] if beside else None,
                draft_changes=changes,
            )
        )
    return rows


def _changes(one: dict[str, Any]) -> int:
    return sum(changes for _as_of, changes, _tiers in one["months"])


def _line(values: list[int], low: int, high: int) -> Line:
    step = (WIDTH - LEFT - RIGHT) / len(values)
    y = [_y(value, low, high) for value in values]
    path = f"M{LEFT} {y[0]}"
    for place, height in enumerate(y, start=1):
        path += f"V{height}H{round(LEFT + place * step)}"
    return Line(path=path, y=y[-1], last=values[-1])


def _apart(line: Line, other: Line) -> Line:
    """Its label a line's height away from the other's."""
    if abs(line.y - other.y) >= 14:
        return line
    return Line(line.path, other.y - 14 if line.y <= other.y else other.y + 14, line.last)


def _y(value: int, low: int, high: int) -> int:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low))
