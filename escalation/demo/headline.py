"""The headline chart of the first screen: revenue over customers, joined by tier bands.

Hours take the customers' place as soon as there is a service log.
"""

from dataclasses import dataclass
from decimal import Decimal

from firm import formats
from tiering.models import Evaluation, Tier

NAME_BELOW, EACH_BELOW = 26, 46  # baselines of a band's words, from the revenue bar down
ASCENT = 11  # how far letters stand above their baseline
PADDING = 8
HAIRLINE = 1  # between two tiers of a bar


@dataclass(frozen=True)
class Share:
    """What one tier holds; shares in per cent, `hue` 0 the top tier's."""

    tier: Tier
    hue: int
    customers: int
    revenue: Decimal
    customers_share: float
    revenue_share: float

    @property
    def each(self) -> Decimal:
        """Revenue of twelve months per customer."""
        return self.revenue / self.customers

    @property
    def each_text(self) -> str:
        return str(formats.money(self.each, "thousand"))


@dataclass(frozen=True)
class Frame:
    """Where the chart stands on its canvas, in SVG units. Labels stand left of the bars, or
    above and below them where there is no `left`.
    """

    width: int
    left: int
    top: int
    bar: int
    band: int
    foot: int

    @property
    def inner(self) -> int:
        return self.width - self.left

    @property
    def band_top(self) -> int:
        return self.top + self.bar

    @property
    def band_bottom(self) -> int:
        return self.band_top + self.band

    @property
    def height(self) -> int:
        return self.band_bottom + self.bar + self.foot

    @property
    def revenue_text_y(self) -> float:
        return self.top + self.bar / 2 + 4

    @property
    def customers_text_y(self) -> float:
        return self.band_bottom + self.bar / 2 + 4

    @property
    def revenue_label_y(self) -> float:
        return self.revenue_text_y if self.left else self.top - 6

    @property
    def customers_label_y(self) -> float:
        return self.customers_text_y if self.left else self.height - 3


WIDE = Frame(width=704, left=84, top=0, bar=30, band=118, foot=0)
NARROW = Frame(width=350, left=0, top=18, bar=28, band=84, foot=18)


@dataclass(frozen=True)
class Piece:
    """A tier's part of a bar."""

    x: float
    end: float

    @property
    def width(self) -> float:
        return round(self.end - self.x - HAIRLINE, 1)

    @property
    def text_x(self) -> float:
        """Indented, but for a piece that is hardly wider than its figure."""
        return round(self.x + min(PADDING, self.width / 3), 1)


@dataclass(frozen=True)
class Band:
    share: Share
    revenue: Piece
    customers: Piece
    polygon: str
    height: int

    @property
    def hue(self) -> int:
        return self.share.hue

    @property
    def name_x(self) -> float:
        return self._left_at(NAME_BELOW)

    @property
    def each_x(self) -> float:
        return self._left_at(EACH_BELOW)

    def _left_at(self, below: int) -> float:
        """Bands lean to the left: words keep clear of the edge at their upper end."""
        part = (below - ASCENT) / self.height
        return round(self.revenue.x + part * (self.customers.x - self.revenue.x) + PADDING, 1)


@dataclass(frozen=True)
class Chart:
    frame: Frame
    bands: tuple[Band, ...]

    @property
    def name_y(self) -> int:
        return self.frame.band_top + NAME_BELOW

    @property
    def each_y(self) -> int:
        return self.frame.band_top + EACH_BELOW


def shares_of(evaluation: Evaluation) -> list[Share]:
    """From the top; a tier without customers has no band."""
    held = evaluation.counts["tiers"]
    customers = sum(tier["customers"] for tier in held.values())
    revenue = sum(Decimal(tier["revenue"]) for tier in held.values())
    if revenue <= 0:
        return []
    rules = evaluation.rule_set.tiers.select_related("tier").order_by("rank")
    return [
        Share(
            tier=rule.tier,
            hue=rule.rank - 1,
            customers=tier["customers"],
            revenue=Decimal(tier["revenue"]),
            customers_share=100 * tier["customers"] / customers,
            revenue_share=float(100 * Decimal(tier["revenue"]) / revenue),
        )
        for rule in rules
        if (tier := held[rule.tier.code])["customers"]
    ]


def chart(shares: list[Share], frame: Frame) -> Chart:
    revenue = _pieces([share.revenue_share for share in shares], frame)
    customers = _pieces([share.customers_share for share in shares], frame)
    return Chart(
        frame=frame,
        bands=tuple(
            Band(share, above, below, _polygon(above, below, frame), frame.band)
            for share, above, below in zip(shares, revenue, customers, strict=True)
        ),
    )


def _pieces(shares: list[float], frame: Frame) -> list[Piece]:
    pieces, x = [], float(frame.left)
    for share in shares:
        end = round(x + frame.inner * share / 100, 1)
        pieces.append(Piece(x, end))
        x = end
    return pieces


def _polygon(above: Piece, below: Piece, frame: Frame) -> str:
    corners = [
        (above.x, frame.band_top),
        (above.end - HAIRLINE, frame.band_top),
        (below.end - HAIRLINE, frame.band_bottom),
        (below.x, frame.band_bottom),
    ]
    return " ".join(f"{round(x, 1)},{y}" for x, y in corners)
