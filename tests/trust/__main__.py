"""`make trust`: kills, repeated, and large books, with a report of what was reached against what
is asked for.

QUICK=1 makes each repetition small, to see that the loops themselves work; ONLY=deaf,notices does
the cases whose names hold one of these words. Ends with 1 where a figure falls short. The cases
of one each are part of `make test`.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firm.embedded.lease import BASE_DIR
from tests.ops.installation import Installation
from tests.trust import kills, nights, previews, properties

REPORT = BASE_DIR / "var" / "trust-report.md"

Case = Callable[..., kills.Found]
CASES = [*kills.CASES, *nights.CASES, *previews.CASES, *properties.CASES]


@dataclass
class Line:
    case: str
    reached: str
    goal: str
    passed: bool
    seconds: float

    @property
    def verdict(self) -> str:
        return "PASS" if self.passed else "FALL SHORT"


def main() -> None:
    quick = bool(os.environ.get("QUICK"))
    lines = []
    with tempfile.TemporaryDirectory(prefix="merihari-trust-") as place:
        installation = Installation(Path(place, "data"))
        installation.start()
        try:
            for case in chosen(CASES):
                started = time.monotonic()
                sys.stdout.write(f"{case.__name__.replace('_', ' ')} … ")
                sys.stdout.flush()
                found = case(installation, quick=quick)
                line = Line(*found, seconds=time.monotonic() - started)
                sys.stdout.write(f"{line.reached} ({line.goal}): {line.verdict}\n")
                lines.append(line)
        finally:
            installation.stop()
    write(lines, quick=quick)
    sys.stdout.write(f"Report: {REPORT.relative_to(BASE_DIR)}\n")
    sys.exit(any(not line.passed for line in lines))


def chosen(cases: list[Case]) -> list[Case]:
    words = os.environ.get("ONLY", "").split(",")
    return [case for case in cases if any(word in case.__name__ for word in words)]


def write(lines: list[Line], *, quick: bool) -> None:
    rows = [
        f"| {line.case} | {line.reached} | {line.goal} | {line.verdict} | {line.seconds:.0f} s |"
        for line in lines
    ]
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(
        "\n".join(
            [
                "# Trust report",
                "",
                f"{time.strftime('%Y-%m-%d %H:%M')}, {machine}, Python {platform.python_version()}"
                + (", QUICK" if quick else ""),
                "",
                "| case | reached | goal | | took |",
                "|---|---|---|---|---|",
                *rows,
                "",
            ]
        )
    )


if __name__ == "__main__":
    main()
