"""A flag in words: short on its chip, as a quantity, and what may be done about it."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from firm.formats import MINUS
from tiering.models import FindingKind as Kind
from tiering.servicing.kinds import MEASURES, Unit

# What the chip says before the quantity.
SHORT: dict[Kind, Promise] = {
    Kind.HOURS: pgettext_lazy("flag", "Over"),
    Kind.COUNTS: pgettext_lazy("flag", "Counts"),
    Kind.AFTER_HOURS: pgettext_lazy("flag", "After hours"),
    Kind.HOLIDAY: pgettext_lazy("flag", "Holidays"),
    Kind.FREQUENCY: pgettext_lazy("flag", "Contacts"),
    Kind.CHANNEL: pgettext_lazy("flag", "Other channel"),
    Kind.GOODWILL: pgettext_lazy("flag", "Goodwill"),
    Kind.NORM_FORMING: pgettext_lazy("flag", "Becoming expected"),
    Kind.EXCLUSION: pgettext_lazy("flag", "Excluded"),
    Kind.REVISIONS: pgettext_lazy("flag", "Revisions"),
    Kind.DEMAND: pgettext_lazy("flag", "Demand"),
    Kind.UNUSED_HOURS: pgettext_lazy("flag", "Hours"),
    Kind.CONTACT_INTERVAL: pgettext_lazy("flag", "Contact"),
    Kind.RESPONSE: pgettext_lazy("flag", "Responses"),
    Kind.COMMITMENT: pgettext_lazy("flag", "Commitments"),
    Kind.UNUSED_BENEFIT: pgettext_lazy("flag", "Unused"),
    Kind.NO_PROPOSAL: pgettext_lazy("flag", "Proposal"),
}
# What the quantity counts from the agreed on, and not from nothing; of what is late, days.
BEYOND = {Kind.COUNTS, Kind.FREQUENCY, Kind.REVISIONS}
LATE = {Kind.CONTACT_INTERVAL, Kind.NO_PROPOSAL}
STEPS: dict[Kind, Promise] = {
    Kind.HOURS: gettext_lazy(
        "Look at the causes first. What the customer wished for can be billed or put into a larger"
        " contract; what was our own doing is ours to mend."
    ),
    Kind.COUNTS: gettext_lazy(
        "Bill the units beyond, or agree on a higher count at the next renewal."
    ),
    Kind.AFTER_HOURS: gettext_lazy(
        "Agree when we can be reached. If it has to be the evening, support hours and their price"
        " belong in the contract."
    ),
    Kind.HOLIDAY: gettext_lazy(
        "Ask for the dates in advance, and offer work on holidays at its price."
    ),
    Kind.FREQUENCY: gettext_lazy(
        "Put the questions together in one fixed appointment. The scope check has the sentence."
    ),
    Kind.CHANNEL: gettext_lazy(
        "Answer through the agreed channel, and say there where the next question should go."
    ),
    Kind.GOODWILL: gettext_lazy(
        "Say what it usually costs. What is given again and again belongs into the contract."
    ),
    Kind.NORM_FORMING: gettext_lazy(
        "What has been free three times is expected the fourth. Decide now whether it is included,"
        " and tell the customer."
    ),
    Kind.EXCLUSION: gettext_lazy(
        "The contract excludes it. Show the clause and offer the work at its price."
    ),
    Kind.REVISIONS: gettext_lazy(
        "Agree on what is final before the next round, and bill further rounds."
    ),
    Kind.UNUSED_HOURS: gettext_lazy(
        "This customer pays for hours that we have not given. Propose what they could be used for."
    ),
    Kind.CONTACT_INTERVAL: gettext_lazy(
        "Get in touch with a purpose: a figure, a proposal, a question about their goals."
    ),
    Kind.UNUSED_BENEFIT: gettext_lazy("Offer what the tier brings and has not been used."),
    Kind.NO_PROPOSAL: gettext_lazy("Look at the customer's goals and propose the next step."),
}


def hours(minutes: int) -> str:
    """27.5; one decimal, as the chips and figures of a board have it."""
    return f"{(Decimal(minutes) / 60).quantize(Decimal('0.1'), ROUND_HALF_UP):,}"


def quantity(kind: str, amount: int) -> str:
    """27.5 h, 3 contacts, 96 days: the amount in the unit of its kind."""
    match MEASURES[Kind(kind)].unit:
        case Unit.MINUTES:
            return f"{hours(amount)} h"
        case Unit.DAYS:
            return ngettext("%(n)s day", "%(n)s days", amount) % {"n": amount}
        case Unit.CONTACTS:
            return ngettext("%(n)s contact", "%(n)s contacts", amount) % {"n": amount}
        case Unit.TIMES:
            return ngettext("%(n)s time", "%(n)s times", amount) % {"n": amount}
        case Unit.UNITS:
            return ngettext("%(n)s unit", "%(n)s units", amount) % {"n": amount}


def chip(kind: str, amount: int) -> str:
    """超過 27.5 h; Over 27.5 h. What was not given has a minus before it."""
    known = Kind(kind)
    if known in LATE:
        late = ngettext("%(n)s day late", "%(n)s days late", amount) % {"n": amount}
        return f"{SHORT[known]} {late}"
    sign = "+" if known in BEYOND else MINUS if known is Kind.UNUSED_HOURS else ""
    return f"{SHORT[known]} {sign}{quantity(kind, amount)}"


def steps(kind: str) -> str:
    """What may be done about it, as a sentence or two."""
    found = STEPS.get(Kind(kind))
    return str(found) if found else _("Talk about it with the account manager.")
