"""The headline chart of the first screen: revenue over hours, joined by tier bands."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, Sum

from customers.models import ActivitySlice
from firm.dates import add_months
from tiering.models import Evaluation, Tier

MONTHS = 6  # of the hours
# Share of the hours ÷ share of the revenue, from where it is told with a sign.
TOO_LITTLE, TOO_MUCH = 0.7, 1.3
LINE = 20  # from a band's name down to its ratio
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
    minutes: int
    revenue_share: float
    hours_share: float

    @property
    def ratio(self) -> float:
        """Share of the hours ÷ share of the revenue."""
        return self.hours_share / self.revenue_share if self.revenue_share else 0.0

    @property
    def ratio_text(self) -> str:
        sign = "▼ " if self.ratio < TOO_LITTLE else "▲ " if self.ratio > TOO_MUCH else ""
        return f"{sign}×{self.ratio:.2f}"

    @property
    def verdict(self) -> str:
        """The class of the ratio's words."""
        return "under" if self.ratio < TOO_LITTLE else "over" if self.ratio > TOO_MUCH else ""


@dataclass(frozen=True)
class Frame:
    """Where the chart stands on its canvas, in SVG units. Labels stand left of the bars, or
    above and below them where there is no `left`. `name_below` is the baseline of a band's name,
    from the revenue bar down.
    """

    width: int
    left: int
    top: int
    bar: int
    band: int
    foot: int
    name_below: int

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
    def hours_text_y(self) -> float:
        return self.band_bottom + self.bar / 2 + 4

    @property
    def revenue_label_y(self) -> float:
        return self.revenue_text_y if self.left else self.top - 6

    @property
    def hours_label_y(self) -> float:
        return self.hours_text_y if self.left else self.height - 3


WIDE = Frame(width=704, left=84, top=0, bar=30, band=118, foot=0, name_below=26)
NARROW = Frame(width=350, left=0, top=18, bar=28, band=84, foot=18, name_below=42)


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
    hours: Piece
    polygon: str
    frame: Frame

    @property
    def hue(self) -> int:
        return self.share.hue

    @property
    def name_x(self) -> float:
        return self._left_at(self.frame.name_below)

    @property
    def ratio_x(self) -> float:
        return self._left_at(self.frame.name_below + LINE)

    def _left_at(self, below: int) -> float:
        """Bands lean to the left: words keep clear of the edge at their upper end."""
        part = (below - ASCENT) / self.frame.band
        return round(self.revenue.x + part * (self.hours.x - self.revenue.x) + PADDING, 1)


@dataclass(frozen=True)
class Chart:
    frame: Frame
    bands: tuple[Band, ...]

    @property
    def name_y(self) -> int:
        return self.frame.band_top + self.frame.name_below

    @property
    def ratio_y(self) -> int:
        return self.name_y + LINE


def shares_of(evaluation: Evaluation) -> list[Share]:
    """From the top; a tier without customers has no band. Empty without revenue or hours."""
    held = evaluation.counts["tiers"]
    revenue = sum(Decimal(tier["revenue"]) for tier in held.values())
    minutes = _minutes()
    logged = sum(minutes.values())
    if revenue <= 0 or not logged:
        return []
    rules = evaluation.rule_set.tiers.select_related("tier").order_by("rank")
    return [
        Share(
            tier=rule.tier,
            hue=rule.rank - 1,
            customers=tier["customers"],
            revenue=Decimal(tier["revenue"]),
            minutes=minutes.get(rule.tier_id, 0),
            revenue_share=float(100 * Decimal(tier["revenue"]) / revenue),
            hours_share=100 * minutes.get(rule.tier_id, 0) / logged,
        )
        for rule in rules
        if (tier := held[rule.tier.code])["customers"]
    ]


def _minutes() -> dict[int, int]:
    """By earned tier, in the six months up to the last entry."""
    last: datetime.date | None = ActivitySlice.objects.aggregate(last=Max("day"))["last"]
    if last is None:
        return {}
    worked = ActivitySlice.objects.filter(day__gt=add_months(last, -MONTHS))
    tier = "customer__standing__earned_tier"
    sums = worked.filter(**{f"{tier}__isnull": False}).values(tier).order_by()
    return dict(sums.annotate(minutes=Sum("minutes")).values_list(tier, "minutes"))


def chart(shares: list[Share], frame: Frame) -> Chart:
    revenue = _pieces([share.revenue_share for share in shares], frame)
    hours = _pieces([share.hours_share for share in shares], frame)
    return Chart(
        frame=frame,
        bands=tuple(
            Band(share, above, below, _polygon(above, below, frame), frame)
            for share, above, below in zip(shares, revenue, hours, strict=True)
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
