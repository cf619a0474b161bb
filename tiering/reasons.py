"""Why a customer has its tier, in words and in the reader's unit of money."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from firm import formats
from firm.templatetags.ui import tier_label
from tiering.explanations import Criterion, Explanation
from tiering.models.standing import Reason


def criterion_of(explanation: Explanation) -> Criterion | None:
    """The earned tier's own line of the evaluation; None if the version no longer has it."""
    return next((one for one in explanation.criteria if one.tier == explanation.earned_tier), None)


def reason_text(explanation: Explanation, *, unit: str) -> str:
    """The revenue, the bound it met or missed, what follows, and what else had a say."""
    return " ".join([_sentence(explanation, unit), *notes(explanation)])


def notes(explanation: Explanation) -> Iterator[str]:
    """What else decided beside the revenue, a sentence each."""
    facts, rules = explanation.facts, explanation.rule_set
    if facts is not None and facts.basis == "provisional":
        yield _(
            "The tier is provisional: the revenue is projected from the first %(count)s months."
        ) % {"count": facts.months}
    elif facts is not None and facts.basis == "annualised":
        yield _("The revenue is projected from the %(count)s months since the start.") % {
            "count": facts.months
        }
    if facts is not None and facts.members > 1:
        yield _("It is that of all %(count)s customers of the group, judged together.") % {
            "count": facts.members
        }
    if facts is not None and facts.is_dormant:
        yield _("The customer is dormant and outside of the total.")
    if explanation.is_capped and explanation.guard is not None:
        yield _("The margin guard allows %(tier)s at most.") % {
            "tier": tier_label(explanation.guard.cap)
        }
    if explanation.reason == Reason.MINIMUM_TENURE and explanation.falls_on is not None:
        yield _("The minimum tenure of %(count)s days keeps the tier until %(date)s.") % {
            "count": rules.minimum_tenure_days,
            "date": formats.full_day(explanation.falls_on),
        }


def _sentence(explanation: Explanation, unit: str) -> str:
    own = criterion_of(explanation)
    words = {
        "tier": tier_label(explanation.earned_tier),
        "months": explanation.rule_set.window_months,
        "revenue": formats.money(explanation.trailing_revenue, unit),
        "enter": formats.money(own.enter, unit) if own and own.enter is not None else "",
        "keep": formats.money(own.keep, unit) if own and own.keep is not None else "",
    }
    if explanation.trailing_revenue <= 0:
        return _("There was no revenue in the %(months)s months that count.") % words
    if own is None or own.enter is None:
        return _("%(months)s-month revenue of %(revenue)s is below every threshold.") % words
    if explanation.reason == Reason.GRACE and explanation.grace is not None:
        below, ending = explanation.grace
        return _(
            "%(months)s-month revenue of %(revenue)s is below the keep threshold of %(keep)s;"
            " the grace period is in month %(below)s of %(ending)s."
        ) % {**words, "below": below, "ending": ending}
    if explanation.reason == Reason.MINIMUM_TENURE:
        return (
            _("%(months)s-month revenue of %(revenue)s is below the keep threshold of %(keep)s.")
            % words
        )
    if own.passed:
        return (
            _("%(months)s-month revenue of %(revenue)s reaches the entry threshold of %(enter)s.")
            % words
        )
    return (
        _(
            "%(months)s-month revenue of %(revenue)s is below the entry threshold of %(enter)s, but"
            " not below the keep threshold of %(keep)s."
        )
        % words
    )
