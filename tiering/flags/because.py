"""Why a flag was raised, as a sentence with the figures that its last night kept."""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Channel, ScopeTerm
from firm import formats
from firm.business_time import ONE_DAY
from firm.templatetags.ui import tier_label
from tiering.flags.words import hours, quantity
from tiering.models import Benefit, Finding, FindingKind, Service

Kind = FindingKind
Values = dict[str, Any]


def because(finding: Finding, values: Values) -> str:
    """`values` are those of the observation: codes and numbers of the kind. Without them only how
    much it is, and when.
    """
    sentence = _SENTENCES.get(Kind(finding.kind))
    if sentence is None or not values:
        return _("%(kind)s: %(quantity)s from %(first)s to %(last)s.") % _facts(finding)
    return sentence(finding, values)


def _facts(finding: Finding, **more: Any) -> dict[str, Any]:
    last = finding.window_until - ONE_DAY
    return {
        "quantity": quantity(finding.kind, finding.quantity),
        "first": formats.full_day(finding.window_from),
        "last": formats.full_day(last),
        "month": formats.month(finding.window_from),
        "last_month": formats.month(last),
        "kind": finding.get_kind_display(),
        **more,
    }


def _hours(finding: Finding, values: Values) -> str:
    used, included = values["used"], values["included"]
    facts = _facts(
        finding,
        used=hours(used),
        included=hours(included),
        share=f"{100 * used / included:,.0f}%" if included else "—",
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


def _unused_hours(finding: Finding, values: Values) -> str:
    used, included = values["used"], values["included"]
    facts = _facts(
        finding,
        used=hours(used),
        included=hours(included),
        share=f"{100 * used / included:,.0f}%" if included else "—",
    )
    return (
        _(
            "From %(month)s to %(last_month)s we gave %(used)s of %(included)s h (%(share)s):"
            " %(quantity)s were not given."
        )
        % facts
    )


def _counts(finding: Finding, values: Values) -> str:
    terms = [
        _("%(name)s: %(used)s since %(day)s, %(included)s agreed")
        % {
            "name": term["name"] or ScopeTerm.Kind(term["kind"]).label,
            "used": term["used"],
            "included": term["included"],
            "day": formats.full_day(_day(term["start"])),
        }
        for term in values["terms"]
    ]
    return _listed(terms)


def _by_day(finding: Finding, values: Values) -> str:
    by_day: dict[str, int] = values["by_day"]
    longest = max(by_day, key=lambda day: (by_day[day], day))
    facts = _facts(
        finding, n=len(by_day), day=formats.day(_day(longest)), most=hours(by_day[longest])
    )
    if len(by_day) == 1:
        return _("%(quantity)s on %(day)s.") % facts
    return _("%(quantity)s on %(n)s days, most of it on %(day)s: %(most)s h.") % facts


def _frequency(finding: Finding, values: Values) -> str:
    return _(
        "%(total)s contacts in %(days)s days, %(by_customer)s by the customer and %(by_us)s by us;"
        " at most %(most)s are agreed."
    ) % {
        "total": values["by_customer"] + values["by_us"],
        "days": values["days"],
        "by_customer": values["by_customer"],
        "by_us": values["by_us"],
        "most": f"{float(values['most']):g}",
    }


def _channel(finding: Finding, values: Values) -> str:
    used = {str(Channel(code).label): times for code, times in values["channels"].items()}
    facts = {
        "channels": _times(finding, used),
        "days": (finding.window_until - finding.window_from).days,
    }
    return _("In %(days)s days, not in the contract: %(channels)s") % facts


def _goodwill(finding: Finding, values: Values) -> str:
    facts = _facts(finding, marks=values["marks"], allowed=hours(values["allowed"] or 0))
    if not values["allowed"]:
        return _("%(quantity)s of goodwill work; the tier allows for none of it.") % facts
    return (
        _("%(quantity)s of goodwill work beyond the %(allowed)s h a quarter that the tier allows.")
        % facts
    )


def _norm_forming(finding: Finding, values: Values) -> str:
    facts = _facts(finding, categories=_times(finding, values["categories"]))
    return _("For nothing since %(first)s: %(categories)s") % facts


def _exclusion(finding: Finding, values: Values) -> str:
    facts = _facts(finding, names=_times(finding, values["names"]))
    return _("Left out of the contract and done since %(first)s: %(names)s") % facts


def _contact_interval(finding: Finding, values: Values) -> str:
    facts = _silence(values)
    if not values["last"]:
        return (
            _(
                "No contact by us is recorded yet, for %(days)s days. Promised by the %(source)s:"
                " every %(promised)s days."
            )
            % facts
        )
    return (
        _(
            "Our last contact was on %(last)s, %(days)s days ago. Promised by the %(source)s:"
            " every %(promised)s days."
        )
        % facts
    )


def _no_proposal(finding: Finding, values: Values) -> str:
    facts = _silence(values)
    if not values["last"]:
        return (
            _(
                "No proposal is recorded yet, for %(days)s days. Promised by the %(source)s: every"
                " %(promised)s days."
            )
            % facts
        )
    return (
        _(
            "The last proposal was on %(last)s, %(days)s days ago. Promised by the %(source)s:"
            " every %(promised)s days."
        )
        % facts
    )


def _silence(values: Values) -> dict[str, Any]:
    return {
        "days": values["days"],
        "promised": values["promised"],
        "source": _("contract") if values["source"] == "contract" else _("service tier"),
        "last": formats.full_day(_day(values["last"])) if values["last"] else "",
    }


def _unused_benefit(finding: Finding, values: Values) -> str:
    codes = [benefit["code"] for benefit in values["benefits"]]
    own = {found.code: tier_label(found) for found in Benefit.objects.filter(code__in=codes)}
    unused = {
        own.get(code) or str(Service(code).label): benefit["times"]
        for code, benefit in zip(codes, values["benefits"], strict=True)
    }
    return _("Not used in the last full period: %(benefits)s") % {
        "benefits": _times(finding, unused)
    }


def _times(finding: Finding, counted: dict[str, int]) -> str:
    """個人チャット 6回 · 来訪 3回, in the unit of the flag's kind."""
    return _listed([f"{name} {quantity(finding.kind, times)}" for name, times in counted.items()])


def _listed(parts: list[str]) -> str:
    return " · ".join(parts)


def _day(iso: str) -> datetime.date:
    return datetime.date.fromisoformat(iso)


_SENTENCES: dict[Kind, Callable[[Finding, Values], str]] = {
    Kind.HOURS: _hours,
    Kind.COUNTS: _counts,
    Kind.AFTER_HOURS: _by_day,
    Kind.HOLIDAY: _by_day,
    Kind.FREQUENCY: _frequency,
    Kind.CHANNEL: _channel,
    Kind.GOODWILL: _goodwill,
    Kind.NORM_FORMING: _norm_forming,
    Kind.EXCLUSION: _exclusion,
    Kind.UNUSED_HOURS: _unused_hours,
    Kind.CONTACT_INTERVAL: _contact_interval,
    Kind.NO_PROPOSAL: _no_proposal,
    Kind.UNUSED_BENEFIT: _unused_benefit,
}
