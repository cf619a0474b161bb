"""The life of a flag as a table: which move begins where, leads where, and asks for what."""

from dataclasses import dataclass
from enum import StrEnum

from tiering.models import Finding
from tiering.servicing.kinds import UNDER

State = Finding.State
Resolution = Finding.Resolution


class Move(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    START = "start"
    RESOLVE = "resolve"
    ACCEPT = "accept"


@dataclass(frozen=True)
class Step:
    """`audit` is the code under which the move is recorded."""

    begins: frozenset[str]
    leads_to: State
    audit: str
    asks_reason: bool = True


_TO_SEE_TO = {State.OPEN, State.ACKNOWLEDGED, State.IN_PROGRESS}
MOVES = {
    Move.ACKNOWLEDGE: Step(
        frozenset({State.OPEN}), State.ACKNOWLEDGED, "flag_acknowledged", asks_reason=False
    ),
    Move.START: Step(
        frozenset({State.OPEN, State.ACKNOWLEDGED, State.ACCEPTED}),
        State.IN_PROGRESS,
        "flag_started",
    ),
    Move.RESOLVE: Step(frozenset(_TO_SEE_TO | {State.ACCEPTED}), State.RESOLVED, "flag_resolved"),
    # Also an accepted one, until another day.
    Move.ACCEPT: Step(frozenset(_TO_SEE_TO | {State.ACCEPTED}), State.ACCEPTED, "flag_accepted"),
}

# How people resolve a flag; what subsides by itself is the night's to say.
_BY_HAND = (
    Resolution.BILLED,
    Resolution.AMENDED,
    Resolution.COVERED,
    Resolution.PROCESS_FIXED,
    Resolution.OUR_MISTAKE,
    Resolution.NOT_SO,
)
_NOTHING_TO_PAY = {Resolution.BILLED, Resolution.COVERED}


def resolutions(kind: str) -> list[Resolution]:
    """How a flag of this kind can be resolved: what was too little is not billed."""
    return [one for one in _BY_HAND if kind not in UNDER or one not in _NOTHING_TO_PAY]
