"""The rules of detection in words, with the numbers of tiering/servicing/rules.py in them."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from firm.formats import money
from tiering.models import FindingKind as Kind
from tiering.servicing.kinds import MEASURES, OVER, UNDER, Direction
from tiering.servicing.rules import STANDARD, Rules


@dataclass(frozen=True)
class KindInWords:
    kind: str
    label: str
    sentence: str
    points: int
    has_data: bool


@dataclass(frozen=True)
class Section:
    direction: Direction
    kinds: list[KindInWords]


def rules_in_words(rules: Rules = STANDARD) -> list[Section]:
    return [
        Section(direction, [_kind(kind, rules) for kind in kinds])
        for direction, kinds in ((Direction.OVER, OVER), (Direction.UNDER, UNDER))
    ]


def severity_in_words(rules: Rules = STANDARD) -> str:
    bounds = {"mid": _amount(rules.severity_mid), "high": _amount(rules.severity_high)}
    return (
        _("By the loss at cost: low below %(mid)s, middle below %(high)s, high from there on.")
        % bounds
    )


def _amount(amount: Decimal) -> str:
    return str(money(amount, "yen", settings.BASE_CURRENCY))


def _kind(kind: Kind, rules: Rules) -> KindInWords:
    measure = MEASURES[kind]
    return KindInWords(
        kind.value, str(kind.label), _SENTENCES[kind](rules), measure.points, measure.has_data
    )


def _percent(ratio: Decimal) -> str:
    return f"{100 * ratio:.0f}%"


def _hours(minutes: int) -> str:
    return f"{minutes / 60:g}"


def _in_hours(rules: Rules) -> str:
    return _(
        "Over the last %(months)s closed months together, %(share)s or more of what is included was"
        " used, and at least %(floor)s hours more. Carry-over and extensions are part of what is"
        " included. A single month of %(alarm)s and %(alarm_floor)s hours more raises a"
        " preliminary flag before the three are closed; so do %(young)s and %(young_floor)s hours"
        " more in a firm's first months. Where no hours are agreed, no flag is raised."
    ) % {
        "months": rules.months,
        "share": _percent(rules.hours_ratio),
        "floor": _hours(rules.hours_over_minutes),
        "alarm": _percent(rules.alarm_ratio),
        "alarm_floor": _hours(rules.alarm_over_minutes),
        "young": _percent(rules.preliminary_ratio),
        "young_floor": _hours(rules.preliminary_over_minutes),
    }


def _in_counts(rules: Rules) -> str:
    return _("Every unit beyond an agreed count, in the last %(n)s closed months and this one.") % {
        "n": rules.months
    }


def _outside(rules: Rules) -> str:
    return _(
        "Work outside the agreed support hours in the last %(days)s days. A day of up to"
        " %(minutes)s minutes counts as none, beyond that all of them count. Our own outgoing work"
        " counts, the customer's messages do not."
    ) % {"days": rules.window_days, "minutes": rules.tolerance_minutes}


def _on_holidays(rules: Rules) -> str:
    return _(
        "Work on days on which the agreed support is closed, in the last %(days)s days, by the same"
        " rule."
    ) % {"days": rules.window_days}


def _in_contacts(rules: Rules) -> str:
    return _(
        "Contacts in 7 or 28 days: more than %(share)s of the agreed most, and at least %(over)s"
        " more. A conversation counts once a day. Contacts by the customer and by us are told"
        " apart."
    ) % {"share": _percent(rules.frequency_ratio), "over": rules.frequency_over}


def _in_channels(rules: Rules) -> str:
    return _(
        "At least %(n)s contacts in %(days)s days through a channel that the contract does not"
        " name."
    ) % {"n": rules.channel_contacts, "days": rules.window_days}


def _in_goodwill(rules: Rules) -> str:
    return _(
        "Goodwill work of the last %(months)s closed months and this one, beyond the allowance of"
        " the customer's tier for a case and, by category, for a quarter. Work out of the goodwill"
        " budget is given on purpose and beyond nothing."
    ) % {"months": rules.months}


def _as_norm(rules: Rules) -> str:
    return _("Goodwill work of one category, %(n)s times or more in %(months)s months.") % {
        "n": rules.repeated,
        "months": rules.months,
    }


def _excluded(rules: Rules) -> str:
    return _(
        "Work that an exclusion of the contract names, in the last %(n)s closed months and this"
        " one."
    ) % {"n": rules.months}


def _revised(rules: Rules) -> str:
    return _("Every revision round beyond the agreed ones.")


def _in_demand(rules: Rules) -> str:
    return _("Requests beyond scope that grow month by month over half a year.")


def _not_given(rules: Rules) -> str:
    return _(
        "Less than %(share)s of the included hours were used over the last %(months)s closed"
        " months, all of them with hours agreed and with a service log."
    ) % {"share": _percent(rules.under_share), "months": rules.months}


def _out_of_touch(rules: Rules) -> str:
    return _(
        "We have not been in touch for longer than the contract or, where that says nothing, the"
        " tier promises. Only contacts that we began count, and only of customers who are logged."
    )


def _late(rules: Rules) -> str:
    return _("First answers later than promised.")


def _missed(rules: Rules) -> str:
    return _("Commitments that were not kept in time.")


def _unused(rules: Rules) -> str:
    return _(
        "A benefit of the tier was not used at all in its last full period, although the customer"
        " had it all through."
    )


def _not_proposed(rules: Rules) -> str:
    return _(
        "The tier promises proposals, and the last one lies longer back than they may lie apart."
    )


_SENTENCES = {
    Kind.HOURS: _in_hours,
    Kind.COUNTS: _in_counts,
    Kind.AFTER_HOURS: _outside,
    Kind.HOLIDAY: _on_holidays,
    Kind.FREQUENCY: _in_contacts,
    Kind.CHANNEL: _in_channels,
    Kind.GOODWILL: _in_goodwill,
    Kind.NORM_FORMING: _as_norm,
    Kind.EXCLUSION: _excluded,
    Kind.REVISIONS: _revised,
    Kind.DEMAND: _in_demand,
    Kind.UNUSED_HOURS: _not_given,
    Kind.CONTACT_INTERVAL: _out_of_touch,
    Kind.RESPONSE: _late,
    Kind.COMMITMENT: _missed,
    Kind.UNUSED_BENEFIT: _unused,
    Kind.NO_PROPOSAL: _not_proposed,
}
