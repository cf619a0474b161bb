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
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from customers.models import Customer, CustomerSnapshot
from firm import access, charts, formats
from firm.dates import today
from firm.roles import Right
from firm.templatetags.ui import tier_label
from tiering import panels, wording
from tiering.chips import Chip, unranked
from tiering.explanations import months_below
from tiering.history import LANE
from tiering.models import Standing
from tiering.models.standing import Reason
from tiering.overview import Overview, Reach, herfindahl, overview_of, steps
from tiering.reports import downgrades as planned
from tiering.standings import tier_after
from tiering.tier_shown import shown_of, tier_shown

register = template.Library()

CHART_HEIGHT = 132
# For so long an upgrade is news beside the chip.
NEWS_DAYS = 45


@register.simple_tag(takes_context=True)
def tier_overview(context: template.Context) -> Overview | None:
    """`{% tier_overview as tiers %}`: cards, chips by rank, the total in reach."""
    return overview_of(context["request"])


@register.inclusion_tag("tiering/tier_cards.html", takes_context=True)
def tier_cards(context: template.Context) -> dict[str, Any]:
    """Customers by tier with their part of the revenue; each card opens its customers."""
    tiers = overview_of(context["request"])
    if tiers is None:
        return {}
    unit = context["money_unit"]
    owner = ""
    if tiers.reach is Reach.OWN:
        scope = access.scope(context["request"])
        owner = "&owner=me" if scope.people == {scope.person_id} else ""
    return {
        "tiers": tiers,
        "cards": [
            {
                "card": card,
                "entry": wording.short_entry(card.rule, tiers.evaluation.rule_set, unit=unit),
                "href": f"{reverse('customers:list')}?tier={card.rule.rank}{owner}",
            }
            for card in tiers.cards
        ],
    }


@register.inclusion_tag("tiering/pareto.html", takes_context=True)
def pareto_chart(context: template.Context) -> dict[str, Any]:
    """The concentration of revenue: a bar a customer (or group), the running share, the tiers."""
    request = context["request"]
    tiers = overview_of(request)
    groups = tiers.groups if tiers else []
    chart = charts.pareto(groups, height=CHART_HEIGHT)
    if tiers is None or chart is None:
        return {}
    return {
        "chart": chart,
        "height": CHART_HEIGHT,
        "bands": [(band, tiers.chips.get(band.rank or 0)) for band in chart.bands],
        "steps": steps(groups),
        "herfindahl": herfindahl(groups),
        "is_grouped": any(group.customers > 1 for group in groups),
        "tiers": tiers,
        "money_unit": context["money_unit"],
    }


@register.inclusion_tag("tiering/downgrades_ahead.html", takes_context=True)
def downgrades_ahead(context: template.Context) -> dict[str, Any]:
    """How many customers of the reader are about to fall; nothing where there are none."""
    scope, tiers = access.scope(context["request"]), overview_of(context["request"])
    if tiers is None or not scope.may(Right.REVENUE):
        return {"ahead": None}
    return {"ahead": planned.ahead(scope, tiers.evaluation)}


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
    return render_to_string(
        "components/tier_chip.html", {"tier": chip, "label": tier_label(chip) if chip else ""}
    )


@register.simple_tag(takes_context=True)
def tier_column(context: template.Context, rows: Sequence[CustomerSnapshot]) -> TierColumn:
    """`{% tier_column rows as tiers %}`, then `tiers.chip(row)` where the rows are written."""
    scope = access.scope(context["request"])
    tiers = overview_of(context["request"])
    readable = [row.pk for row in rows if scope.has_file(row.owner_id, row.backup_id)]
    notes = _notes(tiers, readable) if tiers and scope.may(Right.REVENUE) else {}
    why = reverse("tiering:why", args=[0]).replace("/0/", "/{}/")
    return TierColumn(overview=tiers, notes=notes, chips={}, why=why)


def _notes(tiers: Overview, customers: list[int]) -> dict[int, str]:
    """`猶予 2/3か月`, `11/18 ランクアップ`, for the few that have news."""
    as_of = tiers.evaluation.as_of
    notes = {}
    for standing in Standing.objects.filter(customer__in=customers).exclude(
        below_since=None, earned_since__lte=as_of - datetime.timedelta(days=NEWS_DAYS)
    ):
        if standing.below_since is not None:
            notes[standing.pk] = _("Grace %(done)s/%(all)s months") % {
                "done": months_below(standing.below_since, as_of),
                "all": tiers.evaluation.rule_set.grace_evaluations,
            }
        elif standing.reason != Reason.INITIAL and standing.earned_before_id is not None:
            rank = {card.rule.tier_id: card.rule.rank for card in tiers.cards}
            before = rank.get(standing.earned_before_id, 0)
            is_up = rank.get(standing.earned_tier_id, 0) < before
            notes[standing.pk] = (_("Upgrade %(day)s") if is_up else _("Downgrade %(day)s")) % {
                "day": formats.month(standing.earned_since)
            }
    return notes


@register.inclusion_tag("tiering/tier_asof.html", takes_context=True)
def tier_asof(context: template.Context) -> dict[str, Any]:
    """As of when the tiers are, and whose revenue the shares are parts of."""
    return {"tiers": overview_of(context["request"])}


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
