"""One night by the draft, decided on today's facts and undone but for the preview's own rows.

It holds the ledger's lock shared, as a night does: an import waits for its few seconds, a night
goes on beside it. Where one finishes meanwhile, the preview is stale by its binding.
"""

import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from customers.models import Customer
from customers.models.imports import LEDGER_LOCK
from firm.dates import firm_date
from firm.jobs import JobFailed
from tiering import plan
from tiering.calendar import as_of_on, closings
from tiering.engine import facts, fold, step
from tiering.engine.bounds import ladder_of, percentages, with_cuts
from tiering.engine.judge import Judged, facts_are_stored, judge
from tiering.engine.measure import measure_of
from tiering.models import Evaluation, Preview, PreviewMove, RuleSet
from tiering.previews.binding import digest_of, note_binding
from tiering.previews.capacity import capacity

_NO_HURRY = """
SELECT set_config('statement_timeout', '0', true), set_config('jit', 'off', true),
       pg_advisory_xact_lock_shared(%s)
"""

# Of the tier people see today to the one they would see: not of the engine's step.
_WAY = """
CASE WHEN stored_earned_id IS NULL THEN 'first'
     WHEN {after} < {before} THEN 'up'
     WHEN earned_id <> stored_earned_id THEN 'down'
     WHEN reason = 'grace' THEN 'grace'
     WHEN reason IN ('kept_by_keep_bound', 'minimum_tenure') THEN 'kept'
     ELSE 'same' END
"""

_MOVES = """
INSERT INTO tiering_previewmove
       (preview_id, customer_id, way, cause, raw_before_id, raw_after_id, earned_before_id,
        earned_after_id, reason, below_since, trailing_revenue, cost_to_serve, explanation)
SELECT %(preview)s, customer_id, {way}, 'own', stored_raw_id, raw_id, stored_earned_id,
       earned_id, reason, below, own_revenue, cost, {explanation}
  FROM changed WHERE {moved} ORDER BY own_revenue DESC, customer_id
"""

_CELLS = """
SELECT facts.stored_raw_id, coalesce(changed.raw_id, facts.stored_raw_id),
       facts.stored_earned_id, coalesce(changed.earned_id, facts.stored_earned_id),
       count(*), sum(facts.{revenue}),
       count(*) FILTER (WHERE facts.stored_reason = 'grace'),
       count(*) FILTER (WHERE coalesce(changed.reason, facts.stored_reason) = 'grace')
  FROM facts LEFT JOIN changed USING (customer_id)
 GROUP BY 1, 2, 3, 4
"""

_OWNERS = """
SELECT customer.owner_id, facts.stored_earned_id,
       coalesce(changed.earned_id, facts.stored_earned_id), count(*)
  FROM facts
  JOIN customers_customer customer ON customer.id = facts.customer_id
  LEFT JOIN changed ON changed.customer_id = facts.customer_id
 GROUP BY 1, 2, 3
"""

# The cuts the draft's percentages would give, had nobody's revenue been measured anew.
_CUTS_AS_STORED = """
WITH amounts AS (
    SELECT revenue, sum(revenue) AS together
      FROM (SELECT coalesce(stood.group_revenue, stood.trailing_revenue) AS revenue
              FROM facts JOIN tiering_standing stood USING (customer_id)
             WHERE {counts} AND NOT stood.is_dormant) standing
     WHERE revenue > 0 GROUP BY revenue
), stacked AS (
    SELECT revenue, sum(together) OVER (ORDER BY revenue DESC) - together AS above,
           sum(together) OVER () AS total
      FROM amounts
)
SELECT percent, min(revenue)
  FROM stacked, unnest(%(percentages)s::numeric[]) AS percent
 WHERE above * 100 < percent * total
 GROUP BY percent
"""

_ONLY_BY_RANK = """
UPDATE tiering_previewmove move SET cause = 'rank'
 WHERE preview_id = %(preview)s
   AND (raw_before_id <> raw_after_id OR earned_before_id <> earned_after_id)
   AND NOT EXISTS (SELECT FROM changed
                    WHERE changed.customer_id = move.customer_id
                      AND (changed.raw_id, changed.earned_id)
                          IS DISTINCT FROM (move.raw_before_id, move.earned_before_id))
"""

_ANYWAY = """
UPDATE tiering_previewmove move SET cause = 'facts'
  FROM changed
 WHERE move.preview_id = %(preview)s AND changed.customer_id = move.customer_id
   AND (changed.raw_id, changed.earned_id) = (move.raw_after_id, move.earned_after_id)
"""


def compute(preview: Preview, *, now: datetime.datetime) -> None:
    """Fill the preview and its moves, in the caller's transaction.

    What it rests on is noted before the facts are read. Raises JobFailed where the draft was
    edited meanwhile.
    """
    draft = preview.draft = RuleSet.objects.get(pk=preview.draft_id)
    note_binding(preview)
    book = plan.open_book(today=firm_date(now))
    as_of, business_date = _day(draft, book)
    preview.result = {"business_date": str(business_date), "as_of": str(as_of) if as_of else None}
    if as_of is not None:
        if (own := as_of_on(business_date, rules=draft, closings=closings())) and own < as_of:
            preview.result["waits_since"] = str(own)
        with connection.cursor() as cursor:
            cursor.execute(_NO_HURRY, [LEDGER_LOCK])
            stored = _is_all_stored(draft, book.latest, as_of=as_of, cutoff=preview.cutoff)
            present = book.rules_on(business_date)
            preview.result["present"] = present.pk if present else None
            preview.result |= _Night(cursor, preview, as_of, present, stored).decided()
            owners = [owner for owner, _cells in preview.result["owners"] if owner]
            preview.result["capacity"] = capacity(owners=owners, on=business_date)
    if preview.digest != digest_of(RuleSet.objects.get(pk=draft.pk)):
        raise JobFailed("draft_changed")
    preview.computed_at = now
    preview.save()


def _day(draft: RuleSet, book: plan.Book) -> tuple[datetime.date | None, datetime.date]:
    """The evaluation date and the night: the last night done once more, by the draft.

    Before the first night it is today's. A date that lies before the latest evaluated one could
    not be evaluated any more, so the latest one stands for it.
    """
    is_first = book.latest_night == datetime.date.min
    business_date = book.today if is_first else book.latest_night
    as_of = as_of_on(business_date, rules=draft, closings=closings())
    if as_of is not None and book.latest is not None:
        as_of = max(as_of, book.latest.as_of)
    return as_of, business_date


def _is_all_stored(
    draft: RuleSet, latest: Evaluation | None, *, as_of: datetime.date, cutoff: int
) -> bool:
    """Whether the standings hold what a night would read: nothing was imported since, nobody was
    added, and the draft asks for nothing that is edited outside of imports.
    """
    measure = measure_of(draft)
    return (
        latest is not None
        and (latest.as_of, latest.cutoff) == (as_of, cutoff)
        and facts_are_stored(draft, latest)
        and not measure.has_first_months
        and not measure.reads_expenses
        and not Customer.objects.filter(standing__isnull=True).exists()
    )


class _Night:
    """The cursor, and what the steps of one preview share."""

    def __init__(
        self,
        cursor: CursorWrapper,
        preview: Preview,
        as_of: datetime.date,
        present: RuleSet | None,
        stored: bool,
    ) -> None:
        self.cursor, self.preview, self.as_of, self.present = cursor, preview, as_of, present
        self.stored = stored

    def decided(self) -> dict[str, Any]:
        judged = judge(
            self.cursor,
            rules=self.preview.draft,
            as_of=self.as_of,
            state=fold.STANDING,
            stored=self.stored,
        )
        self._keep_moves(judged)
        found = self._matrices() | {
            "owners": self._owners(),
            "failed": judged.changed.failed,
        }
        # Where the facts are those the standings rest on, nobody's revenue is measured anew, and
        # the rules in force move nobody.
        if self.preview.draft.method == RuleSet.Method.SHARE and not self.stored:
            self._tell_rank_effect()
        if self.present is not None and not self.stored:
            judge(self.cursor, rules=self.present, as_of=self.as_of, state=fold.STANDING)
            self.cursor.execute(_ANYWAY, {"preview": self.preview.pk})
        return found | {"moves": self._counts()}

    def _keep_moves(self, judged: Judged) -> None:
        ladder = judged.ladder
        explanation = step.explanation_of(
            ladder, earned="earned_id", before="before_id", revenue="revenue"
        )
        way = _WAY.format(after=self._place("earned_id"), before=self._place("stored_earned_id"))
        self.cursor.execute(
            _MOVES.format(way=way, explanation=explanation, moved=step.MOVED),
            {"preview": self.preview.pk},
        )

    def _place(self, tier: str) -> str:
        """SQL of a tier's rank: by the draft, where it has gone by the version in force."""
        ranks: dict[int, int] = {}
        for rules in filter(None, (self.present, self.preview.draft)):
            ranks |= dict(rules.tiers.values_list("tier", "rank"))
        arms = " ".join(f"WHEN {key} THEN {rank}" for key, rank in ranks.items())
        return f"CASE {tier} {arms} ELSE {len(ranks) + 1} END"

    def _matrices(self) -> dict[str, Any]:
        """Customers and revenue by tier before and after, raw and earned; None is new."""
        cells: dict[str, dict[Any, list[Any]]] = {"raw": {}, "earned": {}}
        customers = grace_before = grace_after = 0
        own = "own_revenue" if self.preview.draft.rolls_up else "revenue"
        self.cursor.execute(_CELLS.format(revenue=own))
        for raw_before, raw, earned_before, earned, count, revenue, was, is_now in self.cursor:
            if raw is None:  # of sums that no money column holds, and never evaluated before
                continue
            for name, pair in (("raw", (raw_before, raw)), ("earned", (earned_before, earned))):
                cell = cells[name].setdefault(pair, [0, Decimal()])
                cell[0], cell[1] = cell[0] + count, cell[1] + revenue
            customers += count
            grace_before, grace_after = grace_before + was, grace_after + is_now
        matrices = {
            name: [[*pair, count, format(revenue, "f")] for pair, (count, revenue) in found.items()]
            for name, found in cells.items()
        }
        return {**matrices, "customers": customers, "grace": [grace_before, grace_after]}

    def _owners(self) -> list[list[Any]]:
        """Cells of every account manager: [owner, [[before, after, n]…]]."""
        found: dict[int | None, list[list[Any]]] = {}
        self.cursor.execute(_OWNERS)
        for owner, before, after, count in self.cursor:
            if after is not None:
                found.setdefault(owner, []).append([before, after, count])
        return [[owner, cells] for owner, cells in found.items()]

    def _tell_rank_effect(self) -> None:
        """Mark who would stay, had nobody else's revenue been measured anew."""
        draft = self.preview.draft
        plain = ladder_of(draft)
        wanted = percentages(plain)
        counts = "is_head" if draft.rolls_up else "true"
        self.cursor.execute(_CUTS_AS_STORED.format(counts=counts), {"percentages": wanted})
        cuts = dict(self.cursor.fetchall())
        if cuts == facts.cuts(self.cursor, percentages=wanted):
            return
        self.cursor.execute("DROP TABLE changed")
        held = with_cuts(plain, {percent: cuts.get(percent) for percent in wanted})
        step.decide(
            self.cursor, ladder=held, rules=draft, measure=measure_of(draft), as_of=self.as_of
        )
        self.cursor.execute(_ONLY_BY_RANK, {"preview": self.preview.pk})

    def _counts(self) -> dict[str, Any]:
        """Moves by way, and by cause among those whose tier would change."""
        counts: dict[str, Any] = dict.fromkeys(PreviewMove.Way.values, 0)
        causes = dict.fromkeys(PreviewMove.Cause.values, 0)
        self.cursor.execute(
            "SELECT way, cause, count(*) FROM tiering_previewmove"
            " WHERE preview_id = %s GROUP BY way, cause",
            [self.preview.pk],
        )
        for way, cause, count in self.cursor:
            counts[way] += count
            if way in (PreviewMove.Way.UP, PreviewMove.Way.DOWN):
                causes[cause] += count
        return counts | {"causes": causes}
