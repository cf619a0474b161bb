"""Rules that are not stored, in words: what the editor shows, and what two versions are compared
by. Sentences of what a stored version says come from tiering/wording.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firm import formats
from firm.templatetags.ui import tier_label
from tiering import wording
from tiering.chips import Chip
from tiering.criteria_words import entry_with, keep_with
from tiering.models import GuardRule, RuleSet, Tier, TierRule
from tiering.rule_file import COLUMNS, GuardLine, Rules, TierLine


@dataclass(frozen=True)
class Step:
    """A tier as the words beside the form show it."""

    chip: Chip
    entry: str
    keep: str
    instruction: str


def chip_of_line(line: TierLine, rank: int) -> Chip:
    return Chip(code=line.code, name=line.name, name_en=line.name_en, hue=rank - 1)


def steps(rules: Rules, *, unit: str) -> list[Step]:
    """The tiers from the top."""
    rule_set = _stand_in(rules)
    found = []
    for rank, line in enumerate(rules.tiers, start=1):
        tier = Tier(code=line.code, name=line.name, name_en=line.name_en)
        rule = TierRule(tier=tier, rank=rank, enter=line.enter, keep=line.keep)
        found.append(
            Step(
                chip=chip_of_line(line, rank),
                entry=entry_with(
                    wording.entry_text(rule, rule_set, unit=unit), line.criteria, unit=unit
                ),
                keep=keep_with(
                    wording.keep_text(rule, rule_set, unit=unit), line.criteria, unit=unit
                ),
                instruction=line.instruction,
            )
        )
    return found


def terms(rules: Rules) -> list[tuple[str, str]]:
    """Label and sentence of everything but the thresholds."""
    return [
        *wording.terms(_stand_in(rules), lowest=tier_label(rules.tiers[-1])),
        *further_terms(rules),
    ]


def further_terms(rules: Rules) -> list[tuple[str, str]]:
    """Of those that are on: facts beyond revenue, guards, and when a run is held."""
    told = [(label, sentence(rules)) for label, sentence in _further()]
    return [(label, sentence) for label, sentence in told if sentence]


def _further() -> list[tuple[str, Callable[[Rules], str]]]:
    return [
        (_("One-off revenue"), _one_off),
        (_("First months"), _first_months),
        (_("Dormant"), _dormant),
        (_("Minimum time in a tier"), _tenure),
        (_("Groups of customers"), _groups),
        (_("Margin guard"), _margin),
        (_("Payment stop"), _payment_stop),
        (_("Held for confirmation"), _held),
    ]


def _stand_in(rules: Rules) -> RuleSet:
    """A version that is never saved, for the words of the stored ones."""
    return RuleSet(**{name: getattr(rules, name) for name in COLUMNS})


def share_text(weight: Decimal) -> str:
    return f"{wording.percent(100 * weight)}%"


def _one_off(rules: Rules) -> str:
    if rules.one_off_weight == 1:
        return ""
    return _("Revenue marked as one-off counts by %(share)s of its amount.") % {
        "share": share_text(rules.one_off_weight)
    }


def _first_months(rules: Rules) -> str:
    if not rules.cold_start_months:
        return ""
    return ngettext(
        "In the first month a tier is provisional: by what the contract is worth a year, without a"
        " contract by the revenue so far, as of a whole year.",
        "In the first %(count)s months a tier is provisional: by what the contract is worth a year,"
        " without a contract by the revenue so far, as of a whole year.",
        rules.cold_start_months,
    ) % {"count": rules.cold_start_months}


def _dormant(rules: Rules) -> str:
    if not rules.dormant_after_months:
        return ""
    return _(
        "A customer without a contract and without an entry for %(count)s months is dormant and"
        " stands outside the total."
    ) % {"count": rules.dormant_after_months}


def _tenure(rules: Rules) -> str:
    if not rules.minimum_tenure_days:
        return ""
    return _("No downgrade within %(count)s days after entering a tier.") % {
        "count": rules.minimum_tenure_days
    }


def _groups(rules: Rules) -> str:
    return _("A parent and its subsidiaries are judged by their sum.") if rules.rolls_up else ""


def guard_of(rules: Rules, fact: GuardRule.Fact) -> GuardLine | None:
    return next((guard for guard in rules.guards if guard.fact == fact), None)


def cap_name(rules: Rules, guard: GuardLine) -> str:
    return tier_label(next(line for line in rules.tiers if line.code == guard.cap))


def _margin(rules: Rules) -> str:
    guard = guard_of(rules, GuardRule.Fact.MARGIN)
    if guard is None or guard.enter is None or guard.keep is None:
        return ""
    return _(
        "Below a margin of %(enter)s%% nobody rises above %(cap)s; who stands above stays there"
        " from %(keep)s%% on."
    ) % {
        "enter": wording.percent(guard.enter),
        "keep": wording.percent(guard.keep),
        "cap": cap_name(rules, guard),
    }


def _payment_stop(rules: Rules) -> str:
    guard = guard_of(rules, GuardRule.Fact.PAYMENT_STOP)
    if guard is None:
        return ""
    return _("While the back office has payment stopped, the tier is %(cap)s at most.") % {
        "cap": cap_name(rules, guard)
    }


def _held(rules: Rules) -> str:
    breaker = rules.breaker
    sentences = []
    if breaker.down_share is not None or breaker.down_count is not None:
        sentences.append(
            _("A run waits for confirmation where more than %(movers)s would move down.")
            % {"movers": movers_text(rules)}
        )
    if breaker.drop_share is not None:
        sentences.append(
            _("It also waits where entries or their total fall by more than %(share)s%%.")
            % {"share": wording.percent(breaker.drop_share)}
        )
    return " ".join(sentences)


def movers_text(rules: Rules) -> str:
    """10% and 5 customers: both must be passed; one of them alone where only that is set."""
    parts = []
    if rules.breaker.down_share is not None:
        parts.append(f"{wording.percent(rules.breaker.down_share)}%")
    if rules.breaker.down_count is not None:
        parts.append(
            ngettext("%(count)s customer", "%(count)s customers", rules.breaker.down_count)
            % {"count": rules.breaker.down_count}
        )
    return _(" and ").join(parts)


def bound_text(rules: Rules, value: Decimal | None) -> str:
    """A threshold in full yen or in per cent."""
    if value is None:
        return _("all others")
    if rules.method == RuleSet.Method.SHARE:
        return f"{wording.percent(value)}%"
    return str(formats.money(value, "yen"))
