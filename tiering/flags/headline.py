"""The headline chart: the tiers' shares of the revenue over their shares of the hours.

Everything across is in per cent of the width (firm/charts.py), so that the words are never scaled.
"""

import datetime
from dataclasses import dataclass

from firm.roles import Right
from firm.scope import Scope
from tiering.chips import Chip
from tiering.current import Current
from tiering.reports.allocation import Share, by_tier

HAIRLINE = 0.12  # between two tiers of a bar
NARROW = 18  # per cent of a bar below which its figure does not fit on a phone


@dataclass(frozen=True)
class Piece:
    """A tier's part of a bar."""

    x: float
    width: float

    @property
    def end(self) -> float:
        return round(self.x + self.width, 2)

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)

    @property
    def is_narrow(self) -> bool:
        return self.width < NARROW


@dataclass(frozen=True)
class Band:
    """One tier: `above` its revenue, `below` its hours."""

    chip: Chip
    share: Share
    above: Piece
    below: Piece

    @property
    def middle(self) -> float:
        return round((self.above.middle + self.below.middle) / 2, 2)

    @property
    def sign(self) -> str:
        return {"too_little": "under", "too_much": "over"}.get(self.share.verdict or "", "")


@dataclass(frozen=True)
class Headline:
    """`least` and `most` are the tiers that get too little and too much, where there are any."""

    start: datetime.date
    end: datetime.date
    bands: list[Band]

    @property
    def last_day(self) -> datetime.date:
        return self.end - datetime.timedelta(days=1)

    @property
    def least(self) -> Band | None:
        return min(self._of("under"), key=_fairness, default=None)

    @property
    def most(self) -> Band | None:
        return max(self._of("over"), key=_fairness, default=None)

    def _of(self, sign: str) -> list[Band]:
        return [band for band in self.bands if band.sign == sign]


def headline_of(scope: Scope, current: Current) -> Headline | None:
    """Of the customers whose revenue the reader may see; None without revenue or hours."""
    if not scope.may(Right.REVENUE):
        return None
    start, end, shares = by_tier(scope, current.evaluation)
    known = [share for share in shares if share.key in current.chips]
    if not known or any(share.revenue is None or share.hours is None for share in known):
        return None
    above = _pieces([float(share.revenue or 0) for share in known])
    below = _pieces([float(share.hours or 0) for share in known])
    bands = [
        Band(current.chips[share.key], share, *pieces)
        for share, *pieces in zip(known, above, below, strict=True)
    ]
    return Headline(start, end, bands)


def _pieces(shares: list[float]) -> list[Piece]:
    pieces, x = [], 0.0
    for share in shares:
        pieces.append(Piece(round(x, 2), round(max(share - HAIRLINE, 0), 2)))
        x += share
    return pieces


def _fairness(band: Band) -> float:
    return float(band.share.fairness or 0)
