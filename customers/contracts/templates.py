"""Five contracts to start from, with what firms of this kind usually agree upon."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.contracts.kinds import Kind, Period, TermLine
from customers.models.contract import Channel, Contract, ContractRevision

HOUR = 60
BUSINESS_DAY = 8 * HOUR


@dataclass(frozen=True)
class Start:
    """The terms of a template, and what becomes of unused hours (ContractRevision)."""

    terms: tuple[TermLine, ...]
    carry_over: str = ContractRevision.CarryOver.NONE
    carry_cap: int | None = None
    carry_months: int | None = None


def start_of(template: str, *, hours: int | None = None) -> Start:
    """The template's terms in the language of whoever asks: they are the firm's words from then
    on. `hours` are minutes a month, None for a template's own.
    """
    return _STARTS[template](hours)


def _hours(minutes: int | None) -> tuple[TermLine, ...]:
    return (TermLine(Kind.HOURS, amount=minutes, period=Period.MONTH),) if minutes else ()


def _channels(*channels: str) -> tuple[TermLine, ...]:
    return tuple(TermLine(Kind.CHANNEL, channel=channel) for channel in channels)


def _small_changes(times: int) -> TermLine:
    return TermLine(
        Kind.COUNT,
        name=_("Small corrections"),
        amount=times,
        period=Period.MONTH,
        included=(_("Replacing text or a picture"), _("Changing a notice")),
        excluded=(_("A new page"), _("A change of layout")),
    )


def _maintenance(hours: int | None) -> Start:
    return Start(
        terms=(
            *_hours(hours),
            _small_changes(3),
            TermLine(Kind.SUPPORT_HOURS),
            TermLine(Kind.RESPONSE, amount=BUSINESS_DAY),
            *_channels(Channel.TICKET, Channel.MAIL),
            TermLine(Kind.EXCLUSION, name=_("Work at night and on holidays")),
        )
    )


def _retainer(hours: int | None) -> Start:
    return Start(
        terms=(
            *_hours(hours or 20 * HOUR),
            TermLine(Kind.MEETINGS, amount=2, period=Period.MONTH),
            TermLine(Kind.DELIVERABLE, name=_("Monthly report"), amount=1, period=Period.MONTH),
            TermLine(Kind.SUPPORT_HOURS),
            TermLine(Kind.RESPONSE, amount=4 * HOUR),
            *_channels(Channel.MAIL, Channel.TICKET, Channel.PHONE),
        ),
        carry_over=ContractRevision.CarryOver.CAPPED,
        carry_cap=20,
        carry_months=1,
    )


def _maintenance_tickets(hours: int | None) -> Start:
    return Start(
        terms=(
            *_hours(hours),
            TermLine(Kind.COUNT, name=_("Production tickets"), amount=4, period=Period.MONTH),
            TermLine(Kind.SUPPORT_HOURS),
            TermLine(Kind.RESPONSE, amount=BUSINESS_DAY),
            *_channels(Channel.TICKET, Channel.MAIL),
        )
    )


def _saas(hours: int | None) -> Start:
    return Start(
        terms=(
            *_hours(hours),
            TermLine(Kind.COUNT, name=_("Inquiries"), amount=4, period=Period.MONTH),
            TermLine(Kind.SUPPORT_HOURS, emergency=True),
            TermLine(Kind.RESPONSE, amount=BUSINESS_DAY),
            *_channels(Channel.MAIL, Channel.TICKET),
            TermLine(Kind.EXCLUSION, name=_("Customization for one customer")),
        )
    )


def _quasi_mandate(hours: int | None) -> Start:
    return Start(
        terms=(
            *_hours(hours or 40 * HOUR),
            TermLine(Kind.MEETINGS, amount=1, period=Period.WEEK),
            TermLine(Kind.REVISIONS, amount=2),
            TermLine(Kind.SUPPORT_HOURS),
            *_channels(Channel.MAIL, Channel.MEETING, Channel.PHONE),
        )
    )


_STARTS: Mapping[str, Callable[[int | None], Start]] = {
    Contract.Template.MAINTENANCE: _maintenance,
    Contract.Template.RETAINER: _retainer,
    Contract.Template.MAINTENANCE_TICKETS: _maintenance_tickets,
    Contract.Template.SAAS: _saas,
    Contract.Template.QUASI_MANDATE: _quasi_mandate,
}
