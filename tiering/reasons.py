"""Why a customer has its tier, in words and in the reader's unit of money."""

from django.utils.translation import gettext as _

from firm import formats
from firm.templatetags.ui import tier_label
from tiering.explanations import Criterion, Explanation
from tiering.models.standing import Reason


def criterion_of(explanation: Explanation) -> Criterion | None:
    """The earned tier's own line of the evaluation; None if the version no longer has it."""
    return next((one for one in explanation.criteria if one.tier == explanation.earned_tier), None)


def reason_text(explanation: Explanation, *, unit: str) -> str:
    """One sentence: the revenue, the bound it met or missed, and what follows."""
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
