"""A version of the rules as amounts in the base currency, and as SQL over them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from tiering.models import RuleSet


@dataclass(frozen=True)
class Bound:
    """One tier of one pass. `enter` and `keep` are amounts, also under the share method, where
    they are the cuts of this pass; None is a bound that nobody meets, or the lowest tier's.
    """

    tier: int
    code: str
    rank: int
    enter: Decimal | None
    keep: Decimal | None


@dataclass(frozen=True)
class Ladder:
    """The tiers of a version from the top, and its bounds as CASE expressions.

    The expressions hold numbers only, taken from typed columns.
    """

    bounds: tuple[Bound, ...]

    @property
    def lowest(self) -> int:
        return len(self.bounds)

    def raw_rank(self, revenue: str) -> str:
        """The rank the criteria alone give; no revenue is always the lowest."""
        arms = [f"WHEN {revenue} <= 0 THEN {self.lowest}"]
        arms += [
            f"WHEN {revenue} >= {bound.enter:f} THEN {bound.rank}"
            for bound in self.bounds
            if bound.enter is not None
        ]
        return f"CASE {' '.join(arms)} ELSE {self.lowest} END"

    def kept(self, revenue: str, rank: str) -> str:
        """Whether the revenue meets the keep bound of the tier of this rank."""
        arms = [
            f"WHEN {rank} = {bound.rank} THEN {revenue} >= {bound.keep:f}"
            for bound in self.bounds
            if bound.keep is not None
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

    def code_of(self, tier: str) -> str:
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
    rows = rules.tiers.select_related("tier").order_by("rank")
    return Ladder(
        tuple(
            Bound(
                tier=row.tier_id,
                code=row.tier.code,
                rank=row.rank,
                enter=row.enter,
                keep=row.enter if row.keep is None else row.keep,
            )
            for row in rows
        )
    )


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
    return Ladder(
        tuple(
            replace(
                bound,
                enter=cuts[bound.enter] if bound.enter is not None else None,
                keep=cuts[bound.keep] if bound.keep is not None else None,
            )
            for bound in ladder.bounds
        )
    )
