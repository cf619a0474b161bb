"""The flags of the board as a file."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from firm.money import round_to_minor_unit
from firm.roles import Right
from firm.scope import Scope
from firm.templatetags.ui import tier_label
from tiering.chips import Chip
from tiering.models import Finding, FindingKind
from tiering.models.finding import FindingQuerySet
from tiering.servicing.kinds import MEASURES, Direction, Unit


def header(scope: Scope) -> list[str]:
    currency = {"currency": settings.BASE_CURRENCY}
    names = [
        _("Code"),
        _("Customer"),
        _("Service tier"),
        _("Account manager"),
        _("Direction"),
        _("Flag"),
        _("Severity"),
        _("State"),
        _("Quantity"),
        _("Unit"),
        _("From day"),
        _("To day"),
        _("Since"),
        _("Past data"),
    ]
    if scope.may(Right.MARGIN):
        names.append(_("Loss at cost (%(currency)s)") % currency)
    if scope.may(Right.PRICE):
        names.append(_("Forgone at list price (%(currency)s)") % currency)
    return [*names, _("Accepted until"), _("Reason")]


def exported(
    flags: FindingQuerySet, scope: Scope, *, chips: Mapping[int, Chip]
) -> Iterator[list[Any]]:
    """By customer, the over-served kinds first; hours with decimals."""
    rows = flags.select_related("customer__snapshot", "customer__owner")
    for flag in rows.order_by("customer__code", "kind").iterator(chunk_size=500):
        yield _row(flag, scope, chips.get(flag.customer.snapshot.tier_rank or 0))


def _row(flag: Finding, scope: Scope, chip: Chip | None) -> list[Any]:
    customer, measure = flag.customer, MEASURES[FindingKind(flag.kind)]
    is_over = measure.direction is Direction.OVER
    quantity, unit = _measured(flag.quantity, measure.unit)
    cells: list[Any] = [
        customer.code,
        customer.name,
        tier_label(chip) if chip else "",
        customer.owner.name if customer.owner else "",
        _("Over-served") if is_over else _("Under-served"),
        flag.get_kind_display(),
        flag.get_severity_display(),
        flag.get_state_display(),
        quantity,
        unit,
        flag.window_from,
        flag.window_until - datetime.timedelta(days=1),
        flag.reopened_on or flag.opened_on,
        _("Yes") if flag.is_past else "",
    ]
    if scope.may(Right.MARGIN):
        cells.append(round_to_minor_unit(flag.loss, settings.BASE_CURRENCY))
    if scope.may(Right.PRICE):
        cells.append(round_to_minor_unit(flag.forgone_fee, settings.BASE_CURRENCY))
    return [*cells, flag.accepted_until, flag.reason]


def _measured(quantity: int, unit: Unit) -> tuple[int | float, str]:
    names = {
        Unit.MINUTES: "h",
        Unit.UNITS: _("units"),
        Unit.CONTACTS: _("contacts"),
        Unit.TIMES: _("times"),
        Unit.DAYS: _("days"),
    }
    return (round(quantity / 60, 2) if unit is Unit.MINUTES else quantity, names[unit])
