"""One pass decided, nothing written: what the night, a replay and the preview have in common."""

import datetime
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper

from firm.dates import add_months
from tiering.engine import facts, step
from tiering.engine.bounds import Ladder, ladder_of, percentages, with_cuts
from tiering.models import RuleSet


@dataclass(frozen=True)
class Judged:
    """A pass that is decided: its bounds in amounts, and what would change."""

    ladder: Ladder
    changed: step.Changed


def judge(cursor: CursorWrapper, *, rules: RuleSet, as_of: datetime.date, state: str) -> Judged:
    """Read the facts of `as_of` and decide, from the state in the table `state` (engine/fold.py).

    What every customer brings along is then in the temporary table `facts`, who would differ from
    what is stored in `changed`; both last until the commit or the next pass.
    """
    start = add_months(as_of, -rules.window_months)
    facts.collect(cursor, fold=state, start=start, as_of=as_of)
    ladder = ladder_of(rules)
    if rules.method == RuleSet.Method.SHARE:
        ladder = with_cuts(ladder, facts.cuts(cursor, percentages=percentages(ladder)))
    return Judged(ladder, step.decide(cursor, ladder=ladder, rules=rules, as_of=as_of))
