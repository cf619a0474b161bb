"""One pass decided, nothing written: what the night, a replay and the preview have in common."""

import datetime
from dataclasses import dataclass, replace

from django.db.backends.utils import CursorWrapper

from tiering.engine import VERSION, facts, step
from tiering.engine.bounds import Ladder, ladder_of, percentages, with_cuts
from tiering.engine.measure import measure_of
from tiering.models import Evaluation, RuleSet


@dataclass(frozen=True)
class Judged:
    """A pass that is decided: its bounds in amounts, and what would change."""

    ladder: Ladder
    changed: step.Changed


def judge(
    cursor: CursorWrapper,
    *,
    rules: RuleSet,
    as_of: datetime.date,
    state: str,
    stored: bool = False,
) -> Judged:
    """Read the facts of `as_of` and decide, from the state in the table `state` (engine/fold.py).

    What every customer brings along is then in the temporary table `facts`, who would differ from
    what is stored in `changed`; both last until the commit or the next pass.

    `stored` takes the facts from the standings, which a preview of other bounds may do where
    `facts_are_stored` and `as_of` is the date of that evaluation: a fraction of the time.
    """
    ladder, measure = ladder_of(rules), measure_of(rules)
    collect = facts.collect_stored if stored else facts.collect
    collect(cursor, fold=state, measure=measure, as_of=as_of)
    if rules.method == RuleSet.Method.SHARE:
        ladder = with_cuts(ladder, facts.cuts(cursor, percentages=percentages(ladder)))
    changed = step.decide(cursor, ladder=ladder, rules=rules, measure=measure, as_of=as_of)
    return Judged(ladder, changed)


def facts_are_stored(draft: RuleSet, evaluation: Evaluation) -> bool:
    """Whether the standings that this evaluation left, the latest real one, hold all the facts
    that a night by the draft would read for the same date: the same window and weights, and
    expenses if the draft asks for them. Groups of customers are read from the ledgers always;
    what stands beside the ledgers is read anew in either way.
    """
    former, wanted = measure_of(evaluation.rule_set), measure_of(draft)
    return (
        evaluation.engine_version == VERSION
        and evaluation.rule_set.window_end == draft.window_end
        and replace(former, reads_expenses=wanted.reads_expenses, beside=wanted.beside) == wanted
        and former.reads_expenses >= wanted.reads_expenses
        and not wanted.rolls_up
    )
