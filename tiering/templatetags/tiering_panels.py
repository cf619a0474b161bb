"""Panels about tiers on pages of other apps: `{% load tiering_panels %}`.

None of them is to be used in screen-share mode.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from customers.models import Customer, CustomerSnapshot
from firm import access, formats
from firm.dates import today
from firm.fragments import written
from firm.roles import Right
from firm.templatetags.ui import tier_label
from tiering import panels, wording
from tiering.beside_rows import Beside, beside_rows
from tiering.chips import Chip, unranked
from tiering.criteria_words import short_with
from tiering.current import criteria_in_force
from tiering.grace import months_below
from tiering.history import LANE
from tiering.models.standing import Reason
from tiering.overview import CHART_HEIGHT, Overview, Reach, drawn, overview_of
from tiering.reports import downgrades as planned
from tiering.standings import tier_after
from tiering.tier_shown import shown_of, tier_shown

register = template.Library()

# For so long an upgrade is news beside the chip.
NEWS_DAYS = 45


@register.simple_tag(takes_context=True)
def tier_overview(context: template.Context) -> Overview | None:
    """`{% tier_overview as tiers %}`: cards, chips by rank, the total in reach."""
    return overview_of(context["request"])


@dataclass(frozen=True)
class CardShown:
    """A card as the reader sees it: the threshold in words, what opens its customers."""

    chip: Chip
    customers: str
    entry: str
    href: str
    share: Decimal | None
    share_text: str
    part: Decimal | None
    part_text: str


@register.simple_tag(takes_context=True)
def tier_cards(context: template.Context) -> str:
    """Customers by tier with their part of the revenue; each card opens its customers."""
    tiers = overview_of(context["request"])
    if tiers is None or not tiers.cards:
        return ""
    owner = ""
    if tiers.reach is Reach.OWN:
        scope = access.scope(context["request"])
        owner = "&owner=me" if scope.people == {scope.person_id} else ""
    rules, unit, page = tiers.evaluation.rule_set, context["money_unit"], reverse("customers:list")
    criteria = criteria_in_force(context["request"])
    cards = tuple(
        CardShown(
            chip=card.chip,
            customers=card.customers_text,
            entry=short_with(
                wording.short_entry(card.rule, rules, unit=unit),
                criteria.get(card.rule.rank, []),
            ),
            href=f"{page}?tier={card.rule.rank}{owner}",
            share=card.share,
            share_text=card.share_text,
            part=card.part,
            part_text=card.part_text,
        )
        for card in tiers.cards
    )
    return written("tiering/tier_cards.html", cards=cards, moved=tiers.moved)


@register.simple_tag(takes_context=True)
def pareto_chart(context: template.Context) -> str:
    """The concentration of revenue: a bar a customer (or group), the running share, the tiers."""
    tiers = overview_of(context["request"])
    concentration = drawn(tiers.groups) if tiers else None
    if tiers is None or concentration is None:
        return ""
    return written(
        "tiering/pareto.html",
        concentration=concentration,
        bands=tuple((band, tiers.chips.get(band.rank or 0)) for band in concentration.chart.bands),
        tiers=tuple(
            (card.chip, card.customers_text, card.revenue, card.share_text) for card in tiers.cards
        ),
        customers=tiers.customers,
        total=tiers.total,
        height=CHART_HEIGHT,
        money_unit=context["money_unit"],
    )


@register.simple_tag(takes_context=True)
def downgrades_ahead(context: template.Context) -> str:
    """How many customers of the reader are about to fall; nothing where there are none."""
    scope, tiers = access.scope(context["request"]), overview_of(context["request"])
    if tiers is None or not scope.may(Right.REVENUE):
        return ""
    ahead = planned.ahead(scope, tiers)
    return written("tiering/downgrades_ahead.html", ahead=ahead) if ahead.customers else ""


@dataclass
class TierColumn:
    """The tier of each row of a list: a chip that opens "why this tier", with what is new. `why`
    is that address, ready for `format`.
    """

    overview: Overview | None
    notes: dict[int, str]
    chips: dict[int, SafeString]
    why: str

    @property
    def total(self) -> Decimal | None:
        return self.overview.total if self.overview else None

    def chip(self, row: CustomerSnapshot) -> SafeString:
        why = self.why.format(row.pk)
        words = wording.in_force_note(row.tier_source, row.tier_until) or self.notes.get(row.pk)
        note = f"<small>{escape(words)}</small>" if words else ""
        return mark_safe(
            f'<a class="tiered" href="{why}" hx-get="{why}" hx-target="#modal">'
            f"{self.bare(row)}{note}</a>"
        )

    def bare(self, row: CustomerSnapshot) -> SafeString:
        """The chip alone, where the row itself is the link."""
        rank = row.tier_rank or 0
        if rank not in self.chips:
            chip = self.overview.chips.get(rank) if self.overview else None
            self.chips[rank] = chip_html(chip)
        return self.chips[rank]


def chip_html(chip: Chip | None) -> SafeString:
    return written("components/tier_chip.html", tier=chip, label=tier_label(chip) if chip else "")


@register.simple_tag(takes_context=True)
def tier_column(context: template.Context, rows: Sequence[CustomerSnapshot]) -> TierColumn:
    """`{% tier_column rows as tiers %}`, then `tiers.chip(row)` where the rows are written."""
    scope = access.scope(context["request"])
    tiers = overview_of(context["request"])
    notes = _notes(tiers, beside_rows(rows, scope)) if tiers and scope.may(Right.REVENUE) else {}
    why = reverse("tiering:why", args=[0]).replace("/0/", "/{}/")
    return TierColumn(overview=tiers, notes=notes, chips={}, why=why)


def _notes(tiers: Overview, rows: Mapping[int, Beside]) -> dict[int, str]:
    """`猶予 2/3か月`, `11/18 ランクアップ`, for the few that have news."""
    as_of = tiers.evaluation.as_of
    rank = {card.rule.tier_id: card.rule.rank for card in tiers.cards}
    notes = {}
    recent = as_of - datetime.timedelta(days=NEWS_DAYS)
    for customer, row in rows.items():
        if row.below_since is not None:
            notes[customer] = _("Grace %(done)s/%(all)s months") % {
                "done": months_below(row.below_since, as_of),
                "all": tiers.evaluation.rule_set.grace_evaluations,
            }
        elif (moved_on := _moved_on(row)) and moved_on > recent:
            is_up = rank.get(row.tier or 0, 0) < rank.get(row.tier_before or 0, 0)
            notes[customer] = (_("Upgrade %(day)s") if is_up else _("Downgrade %(day)s")) % {
                "day": formats.month(moved_on)
            }
    return notes


def _moved_on(row: Beside) -> datetime.date | None:
    """None where it has stood there since its first evaluation."""
    has_moved = row.reason != Reason.INITIAL and row.tier_before is not None
    return row.earned_since if has_moved else None


@register.simple_tag(takes_context=True)
def tier_asof(context: template.Context) -> str:
    """As of when the tiers are, and whose revenue the shares are parts of."""
    tiers = overview_of(context["request"])
    if tiers is None:
        return _("Tiers appear after the first nightly run.")
    return written(
        "tiering/tier_asof.html",
        as_of=tiers.evaluation.as_of,
        months=tiers.evaluation.rule_set.window_months,
        reach=tiers.reach.value,
        customers=tiers.customers,
    )


@register.inclusion_tag("tiering/tier_on_card.html", takes_context=True)
def tier_on_card(context: template.Context, customer: Customer) -> dict[str, Any]:
    """The tier with its instruction, for everybody who answers the phone."""
    tiers = overview_of(context["request"])
    shown = tier_shown(context["request"], customer)
    return {
        "customer": customer,
        "card": next((card for card in tiers.cards if card.rule.rank == shown.rank), None)
        if tiers
        else None,
        "shown": shown,
    }


@register.inclusion_tag("tiering/tier_mark.html", takes_context=True)
def tier_mark(context: template.Context, customer: Customer) -> dict[str, Any]:
    """The large chip beside the H1 of the customer's file."""
    return {"customer": customer, "shown": tier_shown(context["request"], customer)}


@register.inclusion_tag("tiering/tier_sentence.html", takes_context=True)
def tier_sentence(context: template.Context, customer: Customer) -> dict[str, Any]:
    """Why this tier, in the line under the H1."""
    request = context["request"]
    return {"customer": customer} | _reasons(request, customer)


@register.inclusion_tag("tiering/tier_distance.html", takes_context=True)
def tier_distance(context: template.Context, customer: Customer) -> dict[str, Any]:
    """Two figures: how far up, and how far down."""
    request = context["request"]
    return {"money_unit": context["money_unit"]} | _reasons(request, customer)


def _reasons(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    if not access.scope(request).may(Right.REVENUE):
        return {}
    return panels.reasons(request, customer, on=today())


@register.inclusion_tag("tiering/customer_profit.html", takes_context=True)
def customer_profit(context: template.Context, customer: Customer) -> dict[str, Any]:
    """Margin and lifetime value, for who may see margins; worked out when it comes into view."""
    may = access.scope(context["request"]).may(Right.MARGIN)
    return {"customer": customer if may else None}


@register.inclusion_tag("tiering/tier_history.html", takes_context=True)
def tier_history(
    context: template.Context,
    customer: Customer,
    on: datetime.date,
    by_month: Mapping[datetime.date, Decimal] | None = None,
) -> dict[str, Any]:
    """The tiers over time with the revenue they follow, and the tier on the day `on`."""
    request = context["request"]
    history = panels.held_tiers(request, customer, on=on, by_month=by_month)
    if history is None:
        return {"history": None}
    change, is_past = panels.change_on(request, customer.pk, on=on), on < today()
    then = shown_of(tier_after(change, customer.pk, on=on)) if is_past else None
    chips = {chip.code: chip for chip in history.lanes}
    return {
        "history": history,
        "customer": customer,
        "on": on,
        "today": today(),
        # Another day is asked for where the section stands: on the file, or on a page of its own.
        "page": reverse("customers:file", args=[customer.pk]) if request.htmx else request.path,
        "is_past": is_past,
        "change": change,
        "shown": then,
        "moves": [
            (change, chips.get(change.earned_tier.code) or unranked(change.earned_tier.code))
            for change in history.changes
        ],
        "money_unit": context["money_unit"],
    }


@register.filter
def lane_middle(lane: int) -> str:
    """The y of a lane's middle line in the tier history."""
    return f"{lane * LANE + LANE / 2:.1f}"
