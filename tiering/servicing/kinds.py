"""The table of kinds: what each measures, in which direction, and what it needs to know."""

from dataclasses import dataclass
from enum import StrEnum

from tiering.models import FindingKind as Kind


class Direction(StrEnum):
    OVER = "over"
    UNDER = "under"


class Unit(StrEnum):
    MINUTES = "minutes"
    UNITS = "units"
    CONTACTS = "contacts"
    TIMES = "times"
    DAYS = "days"


@dataclass(frozen=True)
class Measure:
    """`points` weigh an under-served kind; `has_data` is false while nothing records it yet."""

    kind: Kind
    direction: Direction
    unit: Unit
    points: int = 0
    has_data: bool = True


_OVER, _UNDER = Direction.OVER, Direction.UNDER
MEASURES: dict[Kind, Measure] = {
    measure.kind: measure
    for measure in (
        Measure(Kind.HOURS, _OVER, Unit.MINUTES),
        Measure(Kind.COUNTS, _OVER, Unit.UNITS),
        Measure(Kind.AFTER_HOURS, _OVER, Unit.MINUTES),
        Measure(Kind.HOLIDAY, _OVER, Unit.MINUTES),
        Measure(Kind.FREQUENCY, _OVER, Unit.CONTACTS),
        Measure(Kind.CHANNEL, _OVER, Unit.CONTACTS),
        Measure(Kind.GOODWILL, _OVER, Unit.MINUTES),
        Measure(Kind.NORM_FORMING, _OVER, Unit.TIMES),
        Measure(Kind.EXCLUSION, _OVER, Unit.TIMES),
        # Nobody records which round of a revision an entry was.
        Measure(Kind.REVISIONS, _OVER, Unit.TIMES, has_data=False),
        Measure(Kind.DEMAND, _OVER, Unit.TIMES, has_data=False),
        Measure(Kind.UNUSED_HOURS, _UNDER, Unit.MINUTES, points=2),
        Measure(Kind.CONTACT_INTERVAL, _UNDER, Unit.DAYS, points=2),
        Measure(Kind.RESPONSE, _UNDER, Unit.TIMES, points=2, has_data=False),
        Measure(Kind.COMMITMENT, _UNDER, Unit.TIMES, points=3, has_data=False),
        Measure(Kind.UNUSED_BENEFIT, _UNDER, Unit.TIMES, points=1),
        Measure(Kind.NO_PROPOSAL, _UNDER, Unit.DAYS, points=1),
    )
}
OVER = tuple(kind for kind, measure in MEASURES.items() if measure.direction is _OVER)
UNDER = tuple(kind for kind, measure in MEASURES.items() if measure.direction is _UNDER)
