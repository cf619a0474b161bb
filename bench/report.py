"""What `make bench` prints: each goal of the design with what was measured, PASS or FALL SHORT.

Times differ from machine to machine; the ratios, taken side by side in one run, are what counts.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """`measured` against `limit`; a limit is an upper one unless `at_least`."""

    number: str
    name: str
    measured: float
    limit: float
    at_least: bool = False
    unit: str = "×"

    @property
    def is_met(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    def line(self) -> str:
        verdict = "PASS      " if self.is_met else "FALL SHORT"
        sign = "≥" if self.at_least else "≤"
        return (
            f"{verdict}  {self.number:>3}  {self.name:<58} {self.measured:>9,.2f} {self.unit}"
            f"   goal {sign} {self.limit:g} {self.unit}"
        )


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def side_by_side(
    works: dict[str, Callable[[], object]],
    *,
    rounds: int = 5,
    before: dict[str, Callable[[], object]] | None = None,
) -> dict[str, float]:
    """The median seconds of each, taken in turns, so that a slow minute slows all of them.

    What `before` holds under a name is done before that one each time, and not counted.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for _round in range(rounds):
        for name, work in works.items():
            (before or {}).get(name, lambda: None)()
            times[name].append(timed(work))
    return {name: statistics.median(taken) for name, taken in times.items()}


def note(text: str) -> None:
    print(f"            {text}", flush=True)


def show(goals: list[Goal]) -> bool:
    """Print them; whether all are met."""
    for goal in goals:
        print(goal.line(), flush=True)
    return all(goal.is_met for goal in goals)
