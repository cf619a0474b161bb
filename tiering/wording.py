"""The tier rules in words, in the reader's language and unit of money."""

import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from firm import formats
from tiering.in_force import Source
from tiering.models import RuleSet, TierRule
from tiering.models.standing import Reason

MOVING = (Reason.UPGRADED, Reason.DOWNGRADED, Reason.NONPOSITIVE)


def percent(value: Decimal) -> str:
    """50; 33.3: per cent without idle zeros."""
    return f"{value.normalize():f}"


def reason_of_move(reason: str) -> str:
    """Why a customer holds another tier after a run. The last step of one that a correction has
    moved may be none.
    """
    if reason in MOVING:
        return str(Reason(reason).label)
    return _("Differs from the former result")


def entry_text(rule: TierRule, rule_set: RuleSet, *, unit: str) -> str:
    """What brings a customer into this tier."""
    if rule.enter is None:
        return _("All other customers")
    if rule_set.method == RuleSet.Method.SHARE:
        return _("Largest customers up to %(share)s%% of revenue") % {"share": percent(rule.enter)}
    return _("%(months)s-month revenue of %(amount)s or more") % {
        "months": rule_set.window_months,
        "amount": formats.money(rule.enter, unit),
    }


def short_entry(rule: TierRule, rule_set: RuleSet, *, unit: str) -> str:
    """The same in two words, for a narrow place; empty for the lowest tier."""
    if rule.enter is None:
        return ""
    if rule_set.method == RuleSet.Method.SHARE:
        return _("up to %(share)s%% of revenue") % {"share": percent(rule.enter)}
    return _("from %(amount)s") % {"amount": formats.money(rule.enter, unit)}


def keep_text(rule: TierRule, rule_set: RuleSet, *, unit: str) -> str:
    """What keeps a customer in this tier; empty where there is nothing below to fall to."""
    if rule.enter is None:
        return ""
    if rule.keep is None or rule.keep == rule.enter:
        return _("Kept by the same threshold")
    if rule_set.method == RuleSet.Method.SHARE:
        return _("Kept up to %(share)s%%") % {"share": percent(rule.keep)}
    return _("Kept from %(amount)s") % {"amount": formats.money(rule.keep, unit)}


def cut_text(cut: Decimal, *, unit: str) -> str:
    """The share method's cut as the last evaluation worked it out, in the base currency."""
    return _("The cutoff is now %(amount)s") % {"amount": formats.money(cut, unit)}


def period_text(start: datetime.date, until: datetime.date | None) -> str:
    """The days of `[start, until)`, both ends included as people say it."""
    first = formats.full_day(start)
    if until is None:
        return _("from %(first)s") % {"first": first}
    if until == start:
        return _("replaced before its first day")
    last = formats.full_day(until - datetime.timedelta(days=1))
    return _("from %(first)s to %(last)s") % {"first": first, "last": last}


def terms(rule_set: RuleSet, *, lowest: str) -> list[tuple[str, str]]:
    """Label and sentence of everything in the rules that isn't a tier's own threshold.

    `lowest` is the name of the lowest tier.
    """
    return [
        (_("Method"), _method(rule_set)),
        (_("Revenue counted"), _window(rule_set)),
        (_("Upgrade"), _("As soon as an evaluation finds the entry threshold reached.")),
        (_("Downgrade"), _drop(rule_set)),
        (_("Grace period"), _grace(rule_set)),
        (_("No revenue"), _nonpositive(rule_set, lowest)),
        (_("Month close"), _month_close(rule_set)),
    ]


def _method(rule_set: RuleSet) -> str:
    if rule_set.method == RuleSet.Method.SHARE:
        return _(
            "Customers are lined up by revenue and the tiers are cut where the running share of"
            " the total passes the line. The customer who crosses it is inside; equal revenue"
            " gives an equal tier."
        )
    return _("A customer's own revenue is compared with the thresholds; others play no part.")


def _window(rule_set: RuleSet) -> str:
    months = rule_set.window_months
    if rule_set.window_end == RuleSet.WindowEnd.TO_DATE:
        return _(
            "Net revenue of the %(months)s months up to the day before, every night. Only the"
            " first of a month can bring a downgrade nearer; the other nights can only raise."
        ) % {"months": months}
    return _("Net revenue of the %(months)s months up to the latest closed month.") % {
        "months": months
    }


def _drop(rule_set: RuleSet) -> str:
    if rule_set.drop == RuleSet.Drop.ONE_STEP:
        return _("One tier at a time, even where revenue fits a lower one.")
    return _("Straight to the tier that revenue then fits.")


def _grace(rule_set: RuleSet) -> str:
    evaluations = rule_set.grace_evaluations
    if evaluations <= 1:
        return _("None: the first month below the keep threshold brings the downgrade.")
    return _(
        "The tier is kept until the month-end figures have been below the keep threshold"
        " %(count)s months running."
    ) % {"count": evaluations}


def _nonpositive(rule_set: RuleSet, lowest: str) -> str:
    if rule_set.nonpositive == RuleSet.Nonpositive.WITH_GRACE:
        return _("Revenue of zero or less is treated as any other: the grace period applies.")
    return _("Revenue of zero or less leads to %(tier)s at once, without a grace period.") % {
        "tier": lowest
    }


def _month_close(rule_set: RuleSet) -> str:
    if rule_set.month_close == RuleSet.MonthClose.CLOSED:
        return _("A month counts once the back office has closed it.")
    if rule_set.month_close == RuleSet.MonthClose.CLOSED_OR_DAY_10:
        return _(
            "A month counts once the back office has closed it, or automatically from the 10th"
            " of the next month."
        )
    return _("A month counts as soon as it is over.")


def in_force_note(source: str, until: datetime.date | None) -> str:
    """What stands beside the chip of a tier that is not the earned one, as short as can be;
    `until` is the first day without it. Empty for the earned tier.
    """
    if source == Source.PAYMENT_STOP:
        return _("Payment stop")
    if source != Source.OVERRIDE:
        return ""
    if until is None:
        return _("Override")
    last = until - datetime.timedelta(days=1)
    return _("Override to %(day)s") % {"day": formats.short_day(last)}


def run_title(night: datetime.date) -> str:
    return _("Run of %(date)s") % {"date": formats.full_day(night)}


def detection_title(date: datetime.date) -> str:
    return _("Flags as of %(date)s") % {"date": formats.full_day(date)}


def replay_title(first: datetime.date, last: datetime.date) -> str:
    if first == last:
        return _("Replay of %(date)s") % {"date": formats.full_day(first)}
    return _("Replay from %(first)s to %(last)s") % {
        "first": formats.full_day(first),
        "last": formats.full_day(last),
    }


def duration_text(duration: datetime.timedelta) -> str:
    """Under 0.1 s, 0.4 s, 42 s, 1 min 5 s."""
    seconds = duration.total_seconds()
    if seconds < 0.1:
        return _("under 0.1 s")
    if seconds < 10:
        return _("%(seconds)s s") % {"seconds": f"{seconds:.1f}"}
    minutes, seconds = divmod(round(seconds), 60)
    if not minutes:
        return _("%(seconds)s s") % {"seconds": seconds}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": seconds}
