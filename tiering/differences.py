"""What differs between two versions of the tier rules, in words."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from firm.templatetags.ui import tier_label
from tiering import rule_file, services, wording
from tiering.criteria_words import listed
from tiering.models import GuardRule, RuleSet
from tiering.rule_file import Rules, TierLine
from tiering.rule_words import bound_text, cap_name, guard_of, movers_text, share_text


@dataclass(frozen=True)
class Change:
    """`label` says what, `before` and `after` how much; either is empty where there is none."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        """アドバンスの到達基準 2,800,000円 → 3,200,000円"""
        return f"{self.label} {self.before or _('none')} → {self.after or _('none')}"


@dataclass(frozen=True)
class Differences:
    """`rest` are sentences about service levels; `unchanged` counts the other terms."""

    changes: list[Change]
    rest: list[str]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.changes or self.rest)


def between(old: RuleSet, new: RuleSet) -> Differences:
    """Of two stored versions, service levels included."""
    found = of_rules(rules_of(old), rules_of(new))
    return Differences(found.changes, services.differences(old, new), found.unchanged)


def rules_of(rule_set: RuleSet, *, with_services: bool = True) -> Rules:
    return rule_file.parse(rule_file.as_data(rule_set, with_services=with_services))


def of_rules(old: Rules, new: Rules) -> Differences:
    """Of the rules alone, saved or not: tiers from the top, then the terms."""
    compared = [*_tiers(old, new), *_terms(old, new)]
    changes = [change for change in compared if change.before != change.after]
    return Differences(changes, [], len(compared) - len(changes))


def _tiers(old: Rules, new: Rules) -> list[Change]:
    before = {line.code: line for line in old.tiers}
    after = {line.code: line for line in new.tiers}
    found = [_order(old, new)]
    for code, line in after.items():
        if code in before:
            found += _of_tier(before[code], line, old, new)
        else:
            entry = _("entered from %(bound)s") % {"bound": bound_text(new, line.enter)}
            if more := listed(line.criteria, unit="yen"):
                entry = f"{entry} {more}"
            found.append(Change(_("Tier %(tier)s") % {"tier": tier_label(line)}, "", entry))
    for code, line in before.items():
        if code not in after:
            label = _("Tier %(tier)s") % {"tier": tier_label(line)}
            found.append(Change(label, bound_text(old, line.enter), ""))
    return found


def _order(old: Rules, new: Rules) -> Change:
    """Only tiers that both have are in an order that can change."""
    common = {line.code for line in old.tiers} & {line.code for line in new.tiers}
    before, after = (
        " > ".join(line.code for line in rules.tiers if line.code in common) for rules in (old, new)
    )
    return Change(_("Order of the tiers"), before, after)


def _of_tier(before: TierLine, after: TierLine, old: Rules, new: Rules) -> list[Change]:
    tier = {"tier": tier_label(after)}
    found = [
        Change(_("Name of %(tier)s") % {"tier": after.code}, before.name, after.name),
        Change(_("English name of %(tier)s") % {"tier": after.code}, before.name_en, after.name_en),
        Change(_("Instruction for %(tier)s") % tier, before.instruction, after.instruction),
    ]
    if before.enter is None and after.enter is None:
        return found
    return [
        Change(
            _("Entry threshold of %(tier)s") % tier,
            bound_text(old, before.enter),
            bound_text(new, after.enter),
        ),
        Change(
            _("Keep threshold of %(tier)s") % tier,
            bound_text(old, before.keep),
            bound_text(new, after.keep),
        ),
        Change(
            _("Further criteria of %(tier)s") % tier,
            listed(before.criteria, unit="yen"),
            listed(after.criteria, unit="yen"),
        ),
        *found,
    ]


def _terms(old: Rules, new: Rules) -> list[Change]:
    return [Change(label, words(old), words(new)) for label, words in _worded()]


def _worded() -> list[tuple[str, Callable[[Rules], str]]]:
    """Each term in so few words that two of them stand in one line."""
    return [
        (_("Name of the version"), lambda rules: rules.name),
        (_("Method"), lambda rules: str(RuleSet.Method(rules.method).label)),
        (_("Months of revenue"), lambda rules: _months(rules.window_months)),
        (_("End of the period"), lambda rules: str(RuleSet.WindowEnd(rules.window_end).label)),
        (_("Grace period"), lambda rules: _months(rules.grace_evaluations)),
        (_("Downgrade"), lambda rules: str(RuleSet.Drop(rules.drop).label)),
        (_("No revenue"), lambda rules: str(RuleSet.Nonpositive(rules.nonpositive).label)),
        (_("Month close"), lambda rules: str(RuleSet.MonthClose(rules.month_close).label)),
        (_("Weight of one-off revenue"), lambda rules: share_text(rules.one_off_weight)),
        (_("First months"), lambda rules: _months(rules.cold_start_months)),
        (_("Dormant after"), lambda rules: _months(rules.dormant_after_months)),
        (_("Minimum time in a tier"), lambda rules: _days(rules.minimum_tenure_days)),
        (_("Groups of customers"), lambda rules: _("by their sum") if rules.rolls_up else ""),
        (_("Margin guard"), _margin),
        (_("Payment stop"), _payment_stop),
        (_("Held for confirmation"), _held),
    ]


def _months(count: int) -> str:
    """Empty for 0, which is off."""
    return (
        ngettext("%(count)s month", "%(count)s months", count) % {"count": count} if count else ""
    )


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count} if count else ""


def _margin(rules: Rules) -> str:
    guard = guard_of(rules, GuardRule.Fact.MARGIN)
    if guard is None or guard.enter is None or guard.keep is None:
        return ""
    return _("under %(enter)s%% (kept from %(keep)s%%) at most %(cap)s") % {
        "enter": wording.percent(guard.enter),
        "keep": wording.percent(guard.keep),
        "cap": cap_name(rules, guard),
    }


def _payment_stop(rules: Rules) -> str:
    guard = guard_of(rules, GuardRule.Fact.PAYMENT_STOP)
    return _("at most %(cap)s") % {"cap": cap_name(rules, guard)} if guard else ""


def _held(rules: Rules) -> str:
    """Downgrades over 10% and 5 customers, entries −30%."""
    parts = []
    if movers := movers_text(rules):
        parts.append(_("downgrades over %(movers)s") % {"movers": movers})
    if rules.breaker.drop_share is not None:
        share = wording.percent(rules.breaker.drop_share)
        parts.append(_("revenue down by over %(share)s%%") % {"share": share})
    return _(", ").join(parts)
