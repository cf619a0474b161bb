"""What each kind of event says, in the reader's language. Columns come as JSON has them."""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.contracts.wording import extension_text, hours_text
from customers.models import Activity, Channel, Goal, Investment, ScopeExtension, ScopeInquiry
from firm import formats
from firm.business_time import ONE_DAY
from firm.timeline import Told

# An entry that is more than a piece of work.
KEY_KINDS = (Activity.Kind.MEETING, Activity.Kind.PROPOSAL)


def activity(said: dict[str, Any]) -> Told:
    shared = shared_activity(said)
    what = said["work_item"] or said["note"]
    return Told(
        kind=shared.kind,
        title=what or shared.title,
        detail=said["note"] if said["work_item"] else "",
        who=said["staff"],
        marks=(*shared.marks, *_marks(said)),
        is_key=shared.is_key,
        has_time=shared.has_time,
    )


def shared_activity(said: dict[str, Any]) -> Told:
    """The same for the customer's eyes: without our note and without why it was done."""
    label = str(Activity.Kind(said["kind"]).label)
    return Told(
        kind=str(Channel(said["channel"]).label) if said["channel"] else label,
        title=said["work_item"] or label,
        who=said["staff"],
        marks=(_hours(said["minutes"]),),
        is_key=said["kind"] in KEY_KINDS,
        has_time=said["started_at"] is not None,
    )


def goodwill(said: dict[str, Any]) -> Told:
    work = activity(said)
    return Told(
        kind=_("Goodwill work"),
        title=said["work_item"] or said["note"] or said["why"],
        detail=said["why"] if said["work_item"] or said["note"] else "",
        who=work.who,
        marks=(*work.marks, *((_("Customer knows"),) if said["customer_knows"] else ())),
        is_key=True,
        has_time=work.has_time,
    )


def _marks(said: dict[str, Any]) -> list[str]:
    """Plain work in the contract needs none."""
    cause = Activity.Cause(said["cause"])
    marks = [] if cause == Activity.Cause.IN_CONTRACT else [str(cause.label)]
    if said["is_invoiced"]:
        marks.append(_("Invoiced"))
    if said["version"] > 1:
        marks.append(_("Corrected"))
    return marks


def _hours(minutes: int) -> str:
    return f"{hours_text(minutes)} h"


def goal(said: dict[str, Any]) -> Told:
    return Told(_("Goal set"), title=said["purpose"], detail=_measure(said), who=said["who"])


def goal_closed(said: dict[str, Any]) -> Told:
    return Told(
        _("Goal: %(state)s") % {"state": Goal.State(said["state"]).label},
        title=said["purpose"],
        detail=said["outcome"] or _measure(said),
        is_key=True,
    )


def _measure(said: dict[str, Any]) -> str:
    figures = " → ".join(figure for figure in (said["baseline"], said["target"]) if figure)
    return f"{said['measure']} {figures}"


def investment(said: dict[str, Any]) -> Told:
    return Told(
        _("Investment"),
        title=said["title"],
        detail=said["expectation"],
        who=said["who"],
        marks=(_("at most %(hours)s h") % {"hours": hours_text(said["cap_minutes"])},),
    )


def investment_decided(said: dict[str, Any]) -> Told:
    return Told(
        _("Investment: %(state)s") % {"state": Investment.State(said["state"]).label},
        title=said["title"],
        detail=said["verdict"],
        who=said["who"],
        is_key=True,
    )


def revision(said: dict[str, Any]) -> Told:
    if said["number"] == 1:
        kind, title = _("Contract"), _("“%(name)s” begins") % said
    else:
        kind, title = _("Contract revision"), _("“%(name)s”, revision %(number)s") % said
    return Told(kind, title=title, is_key=True, has_time=False)


def contract_ended(said: dict[str, Any]) -> Told:
    title = _("“%(name)s” has ended") % said
    return Told(_("Contract"), title=title, is_key=True, has_time=False)


def extension(said: dict[str, Any]) -> Told:
    row = ScopeExtension(kind=said["kind"], name=said["name"], amount=said["amount"])
    first, end = (datetime.date.fromisoformat(said[key]) for key in ("starts_on", "ends_on"))
    period = _("%(first)s to %(last)s") % {
        "first": formats.full_day(first),
        "last": formats.full_day(end - ONE_DAY),
    }
    return Told(
        _("Extension"),
        title=f"{extension_text(row)} · {said['contract']}",
        detail=f"{period} · {said['reason']}",
        who=said["who"] or "",
        marks=(said["reference"],),
        is_key=True,
    )


def inquiry(said: dict[str, Any]) -> Told:
    outcome = ScopeInquiry.Outcome(said["outcome"])
    return Told(
        _("Scope check"),
        title=str(ScopeInquiry.Verdict(said["verdict"]).label),
        detail=said["work_item"],
        quote=said["request"],
        who=said["who"],
        marks=() if outcome == ScopeInquiry.Outcome.OPEN else (str(outcome.label),),
    )


def payment_stop(said: dict[str, Any]) -> Told:
    kind = _("Payment stop")
    return Told(kind, title=said["reason"], who=said["who"], is_key=True, has_time=False)


def payment_stop_lifted(said: dict[str, Any]) -> Told:
    kind = _("Payment stop lifted")
    return Told(kind, title=said["lifted_reason"] or kind, who=said["who"], is_key=True)
