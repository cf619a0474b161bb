"""A contract in words, in the reader's language; nothing in them tells a tier."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.contracts.kinds import Kind
from customers.models.contract import Channel, ContractRevision, ScopeExtension, ScopeTerm

HOUR = 60


def hours_text(minutes: int) -> str:
    """2.5, 10: minutes as hours without idle decimals."""
    return f"{(Decimal(minutes) / HOUR).quantize(Decimal('0.01')).normalize():f}"


def title_of(term: ScopeTerm) -> str:
    """The label beside the sentence: the firm's own name of the thing, else its kind."""
    return term.name or str(Kind(term.kind).label)


def sentence_of(term: ScopeTerm) -> str:
    """One term as a sentence."""
    amount = term.amount or 0
    words = {
        "amount": amount,
        "hours": hours_text(amount),
        "period": str(ScopeTerm.Period(term.period).label) if term.period else "",
    }
    match term.kind:
        case Kind.HOURS:
            return _("Up to %(hours)s hours %(period)s") % words
        case Kind.COUNT:
            return (
                ngettext(
                    "Up to %(amount)s time %(period)s", "Up to %(amount)s times %(period)s", amount
                )
                % words
            )
        case Kind.SUPPORT_HOURS:
            hours = term.calendar.name if term.calendar else _("In our business hours")
            if term.emergency:
                return _("%(hours)s; emergencies at any time") % {"hours": hours}
            return hours
        case Kind.RESPONSE:
            return _("First answer within %(hours)s business hours") % words
        case Kind.CHANNEL:
            return str(Channel(term.channel).label)
        case Kind.CONTACT_MOST:
            return (
                ngettext(
                    "At most %(amount)s contact %(period)s",
                    "At most %(amount)s contacts %(period)s",
                    amount,
                )
                % words
            )
        case Kind.CONTACT_LEAST:
            return (
                ngettext(
                    "We get in touch at least %(amount)s time %(period)s",
                    "We get in touch at least %(amount)s times %(period)s",
                    amount,
                )
                % words
            )
        case Kind.MEETINGS | Kind.DELIVERABLE:
            return (
                ngettext("%(amount)s time %(period)s", "%(amount)s times %(period)s", amount)
                % words
            )
        case Kind.REVISIONS:
            return (
                ngettext(
                    "Up to %(amount)s round of changes",
                    "Up to %(amount)s rounds of changes",
                    amount,
                )
                % words
            )
        case _kind:
            return _("Not included")


def carry_over_text(revision: ContractRevision) -> str:
    """What becomes of unused hours."""
    if revision.carry_over == ContractRevision.CarryOver.CAPPED:
        text = _("Unused hours are carried over up to %(cap)s%% of a month's hours") % {
            "cap": revision.carry_cap
        }
        if revision.carry_months:
            text = ngettext(
                "%(text)s, for %(months)s month",
                "%(text)s, for %(months)s months",
                revision.carry_months,
            ) % {"text": text, "months": revision.carry_months}
        return text
    if revision.carry_over == ContractRevision.CarryOver.ALL:
        return _("Unused hours are carried over")
    return _("Unused hours are not carried over")


def extension_text(extension: ScopeExtension) -> str:
    """+6 hours, +2 × Small corrections."""
    if extension.kind == Kind.HOURS:
        return _("+%(hours)s hours") % {"hours": hours_text(extension.amount)}
    return f"+{extension.amount} × {extension.name}"
