"""Why a flag was raised, as a sentence with the figures that its last night kept."""

from typing import Any

from django.utils.translation import gettext as _

from firm import formats
from firm.business_time import ONE_DAY
from tiering.flags.words import hours, quantity
from tiering.models import Finding, FindingKind


def because(finding: Finding, values: dict[str, Any]) -> str:
    """`values` are those of the observation: codes and numbers of the kind."""
    facts: dict[str, Any] = {
        "quantity": quantity(finding.kind, finding.quantity),
        "first": formats.full_day(finding.window_from),
        "last": formats.full_day(finding.window_until - ONE_DAY),
        "kind": finding.get_kind_display(),
    }
    if finding.kind in (FindingKind.HOURS, FindingKind.UNUSED_HOURS) and "used" in values:
        return _of_hours(finding, values, facts)
    return _("%(kind)s: %(quantity)s from %(first)s to %(last)s.") % facts


def _of_hours(finding: Finding, values: dict[str, Any], facts: dict[str, Any]) -> str:
    used, included = values["used"], values["included"]
    facts |= {
        "used": hours(used),
        "included": hours(included),
        "share": f"{100 * used / included:,.0f}%" if included else "—",
        "month": formats.month(finding.window_from),
        "last_month": formats.month(finding.window_until - ONE_DAY),
    }
    if finding.kind == FindingKind.UNUSED_HOURS:
        return (
            _(
                "From %(month)s to %(last_month)s we gave %(used)s of %(included)s h (%(share)s):"
                " %(quantity)s were not given."
            )
            % facts
        )
    if values.get("rule") == "month":
        return (
            _(
                "In %(month)s alone, %(used)s h were used of %(included)s h included (%(share)s):"
                " %(quantity)s beyond."
            )
            % facts
        )
    return (
        _(
            "From %(month)s to %(last_month)s, %(used)s h were used of %(included)s h included"
            " (%(share)s): %(quantity)s beyond."
        )
        % facts
    )
