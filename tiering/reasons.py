"""Why a customer has its tier, in words and in the reader's unit of money."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from firm import formats
from firm.templatetags.ui import tier_label
from tiering.criteria_words import Needs, words_of
from tiering.explanations import Criterion, Explanation
from tiering.models.standing import Reason


def criterion_of(explanation: Explanation) -> Criterion | None:
    """The earned tier's own line of the evaluation; None if the version no longer has it."""
    return next((one for one in explanation.criteria if one.tier == explanation.earned_tier), None)


def reason_text(explanation: Explanation, *, unit: str) -> str:
    """The revenue, the bound it met or missed, what follows, and what else had a say."""
    return " ".join([_sentence(explanation, unit), *notes(explanation, unit=unit)])


def notes(explanation: Explanation, *, unit: str) -> Iterator[str]:
    """What else decided beside the revenue, a sentence each."""
    facts, rules = explanation.facts, explanation.rule_set
    if facts is not None and facts.basis == "provisional" and facts.months is None:
        yield _("The tier is provisional: by what the contract is worth a year.")
    elif facts is not None and facts.basis == "provisional":
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
    yield from _criteria_notes(explanation, unit)
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
    is_large = own.keep is not None and explanation.trailing_revenue >= own.keep
    if explanation.reason == Reason.GRACE and explanation.grace is not None:
        below, ending = explanation.grace
        if is_large:
            return _(
                "%(months)s-month revenue of %(revenue)s is not below the keep threshold of"
                " %(keep)s, but what else is asked for is missing; the grace period is in month"
                " %(below)s of %(ending)s."
            ) % {**words, "below": below, "ending": ending}
        return _(
            "%(months)s-month revenue of %(revenue)s is below the keep threshold of %(keep)s;"
            " the grace period is in month %(below)s of %(ending)s."
        ) % {**words, "below": below, "ending": ending}
    if own.reached:
        return (
            _("%(months)s-month revenue of %(revenue)s reaches the entry threshold of %(enter)s.")
            % words
        )
    if not is_large:
        return (
            _("%(months)s-month revenue of %(revenue)s is below the keep threshold of %(keep)s.")
            % words
        )
    return (
        _(
            "%(months)s-month revenue of %(revenue)s is below the entry threshold of %(enter)s, but"
            " not below the keep threshold of %(keep)s."
        )
        % words
    )


def _criteria_notes(explanation: Explanation, unit: str) -> Iterator[str]:
    """What the earned tier asks for beside the revenue: what is missing, and what counts instead.
    Thresholds only: not everybody may see a margin.
    """
    own = criterion_of(explanation)
    if own is None:
        return
    for one in own.conditions:
        if one.needs == Needs.ALL and not one.keeps:
            yield _("Missing for it: %(criterion)s.") % {
                "criterion": words_of(one, unit=unit, to_keep=True)
            }
    if own.reached:
        return
    for one in own.conditions:
        if one.needs == Needs.ANY and one.keeps:
            yield _("Instead of the revenue counts %(criterion)s.") % {
                "criterion": words_of(one, unit=unit, to_keep=not one.enters)
            }
