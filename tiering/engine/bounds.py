"""A version of the rules as amounts in the base currency, and as SQL over them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from tiering.engine import criteria
from tiering.engine.criteria import Criterion
from tiering.models import GuardRule, RuleSet


@dataclass(frozen=True)
class Bound:
    """One tier of one pass. `enter` and `keep` are amounts, also under the share method, where
    they are the cuts of this pass; None is a bound that nobody meets, or the lowest tier's.
    `criteria` are what it asks for besides, or takes instead.
    """

    tier: int
    code: str
    rank: int
    enter: Decimal | None
    keep: Decimal | None
    criteria: tuple[Criterion, ...] = ()

    @property
    def asks_more(self) -> bool:
        """Whether the revenue alone is not enough."""
        return any(one.needs == criteria.Needs.ALL for one in self.criteria)

    def entered(self, revenue: str) -> str | None:
        """Whether its own bounds are met, as SQL; None where nobody can."""
        return self._met(revenue, self.enter)

    def kept(self, revenue: str) -> str | None:
        return self._met(revenue, self.keep, to_keep=True)

    def _met(self, revenue: str, bound: Decimal | None, *, to_keep: bool = False) -> str | None:
        if bound is None and not self.criteria:
            return None
        base = "false" if bound is None else f"{revenue} >= {bound:f}"
        return criteria.met(base, self.criteria, to_keep=to_keep) if self.criteria else base


@dataclass(frozen=True)
class Guard:
    """A fact that limits the tier: the margin in per cent, of the facts' `guard_revenue` and
    `guard_profit`. Where nothing was booked there is no margin and no bound is met.
    """

    fact: str
    enter: Decimal
    keep: Decimal
    cap: int
    cap_rank: int

    @property
    def enters(self) -> str:
        return self._reaches(self.enter)

    def capped(self, raw: str) -> str:
        """The best rank that the guard allows to who would enter it."""
        return f"CASE WHEN {self.enters} THEN {raw} ELSE greatest({raw}, {self.cap_rank}) END"

    def keeps(self, rank: str) -> str:
        """Whether the guard leaves who holds this rank where it is."""
        return f"({rank} >= {self.cap_rank} OR {self._reaches(self.keep)})"

    @property
    def explained(self) -> str:
        """SQL of its entry in a stored explanation (engine/step.py)."""
        return f"""jsonb_build_object(
            'fact', '{self.fact}', 'cap', {Ladder.code_of(str(self.cap))},
            'value', {criteria.MARGIN},
            'enter', '{self.enter:f}', 'keep', '{self.keep:f}',
            'enters', {self.enters}, 'keeps', {self._reaches(self.keep)})"""

    @staticmethod
    def _reaches(bound: Decimal) -> str:
        return criteria.margin_reaches(bound)


@dataclass(frozen=True)
class Ladder:
    """The tiers of a version from the top, and its bounds as CASE expressions.

    The expressions hold numbers only, taken from typed columns.
    """

    bounds: tuple[Bound, ...]
    guard: Guard | None = None
    has_first_months: bool = False

    @property
    def lowest(self) -> int:
        return len(self.bounds)

    @property
    def criteria(self) -> list[tuple[Bound, Criterion]]:
        return [(bound, one) for bound in self.bounds for one in bound.criteria]

    @property
    def explained_columns(self) -> set[str]:
        """Of `facts`: what the guard and the criteria are explained by."""
        found = {column for _bound, one in self.criteria for column in criteria.COLUMNS[one.fact]}
        return found | set(criteria.COLUMNS[criteria.Fact.MARGIN] if self.guard else ())

    def raw_rank(self, revenue: str) -> str:
        """The rank the criteria alone give; no revenue is always the lowest."""
        arms = [f"WHEN {revenue} <= 0 THEN {self.lowest}"]
        arms += [
            f"WHEN {entered} THEN {bound.rank}"
            for bound in self.bounds
            if (entered := bound.entered(revenue)) is not None
        ]
        return f"CASE {' '.join(arms)} ELSE {self.lowest} END"

    def kept(self, revenue: str, rank: str) -> str:
        """Whether the keep bounds of the tier of this rank are met."""
        arms = [
            f"WHEN {rank} = {bound.rank} THEN {kept}"
            for bound in self.bounds
            if (kept := bound.kept(revenue)) is not None
        ]
        return f"CASE {' '.join(arms)} ELSE false END" if arms else "false"

    def rank_of(self, tier: str) -> str:
        """The rank of a tier's id; NULL for one that this version does not have."""
        return self._by_tier(tier, {bound.tier: str(bound.rank) for bound in self.bounds})

    def tier_of(self, rank: str) -> str:
        arms = [f"WHEN {rank} = {bound.rank} THEN {bound.tier}::bigint" for bound in self.bounds]
        return f"CASE {' '.join(arms)} END"

    def up(self, tier: str) -> str:
        """The entry bound of the tier above; NULL at the top and where nobody meets it."""
        return self._by_tier(
            tier,
            {
                bound.tier: f"{above.enter:f}"
                for above, bound in pairwise(self.bounds)
                if above.enter is not None
            },
        )

    def down(self, tier: str) -> str:
        """The keep bound of the tier itself; NULL for the lowest."""
        return self._by_tier(
            tier,
            {bound.tier: f"{bound.keep:f}" for bound in self.bounds if bound.keep is not None},
        )

    @staticmethod
    def code_of(tier: str) -> str:
        """A tier's code, looked up: a tier of an older version has one too."""
        return f"(SELECT code FROM tiering_tier WHERE id = {tier})"

    @staticmethod
    def _by_tier(tier: str, values: dict[int, str]) -> str:
        arms = [f"WHEN {tier} = {key} THEN {value}" for key, value in values.items()]
        return f"CASE {' '.join(arms)} END" if arms else "NULL"


def ladder_of(rules: RuleSet) -> Ladder:
    """The bounds as the rules say them: amounts, or per cent under the share method.

    A missing keep bound is the entry bound.
    """
    rows = rules.tiers.select_related("tier").prefetch_related("criteria").order_by("rank")
    bounds = tuple(
        Bound(
            tier=row.tier_id,
            code=row.tier.code,
            rank=row.rank,
            enter=row.enter,
            keep=row.enter if row.keep is None else row.keep,
            criteria=tuple(
                Criterion(one.needs, one.fact, one.choice, one.enter, one.keep)
                for one in row.criteria.all()
            ),
        )
        for row in rows
    )
    return Ladder(bounds, _guard_of(rules, bounds), rules.cold_start_months > 0)


def _guard_of(rules: RuleSet, bounds: tuple[Bound, ...]) -> Guard | None:
    """The guard within the fold; one that blocks stands outside of it."""
    row = rules.guards.filter(fact=GuardRule.Fact.MARGIN).first()
    if row is None:
        return None
    assert row.enter is not None  # the database keeps both of a margin guard
    assert row.keep is not None
    rank = next(bound.rank for bound in bounds if bound.tier == row.cap_id)
    return Guard(fact=row.fact, enter=row.enter, keep=row.keep, cap=row.cap_id, cap_rank=rank)


def percentages(ladder: Ladder) -> list[Decimal]:
    """Every per cent for which the share method needs a cut."""
    return sorted(
        {
            percent
            for bound in ladder.bounds
            for percent in (bound.enter, bound.keep)
            if percent is not None
        }
    )


def with_cuts(ladder: Ladder, cuts: dict[Decimal, Decimal | None]) -> Ladder:
    """The same ladder with per cent replaced by the cuts of this pass."""
    return replace(
        ladder,
        bounds=tuple(
            replace(
                bound,
                enter=cuts[bound.enter] if bound.enter is not None else None,
                keep=cuts[bound.keep] if bound.keep is not None else None,
            )
            for bound in ladder.bounds
        ),
    )
