"""Flags as they are read: the board, one flag with what it rests on, their words."""

from firm.scope import Scope
from tiering.status import frame_of


def waiting_for(scope: Scope) -> int:
    """Flags of this person's own customers that nobody has taken note of."""
    return frame_of(scope).flags.waiting
