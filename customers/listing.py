"""The customer list: every customer's card, with money only where the reader has the file.

Sorting by revenue must not tell what the row doesn't: customers without a readable revenue come
after all others, by kana.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import F, IntegerField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from customers.models import CustomerSnapshot
from customers.models.customer import SnapshotQuerySet
from customers.search import Search
from firm import keyset
from firm.keyset import Page, Stage
from firm.roles import Right
from firm.scope import Scope

PAGE_SIZE = 50
COUNTED = 10_000
DEFAULT_SORT = "-revenue"
SEARCH_SORT = "name"

Rows = SnapshotQuerySet

# Up to COUNTED + 1 rows are counted one by one, but all customers only where they may be fewer:
# the table's size as the database remembers it says so at once.
_COUNT = "(SELECT count(*) FROM ({rows}) counted)"
_COUNT_ALL = f"""CASE WHEN (SELECT reltuples FROM pg_class WHERE oid = '{{table}}'::regclass)
                         > {2 * COUNTED} THEN {COUNTED + 1} ELSE {_COUNT} END"""


class Row(NamedTuple):
    """A customer in the list: a snapshot's columns and the names that stand beside them."""

    pk: int
    code: str
    name: str
    sort_key: str
    status: str
    owner_id: int | None
    backup_id: int | None
    owner_name: str | None
    backup_name: str | None
    department_name: str | None
    tier_rank: int | None
    tier_source: str
    tier_until: datetime.date | None
    trailing_revenue: Decimal
    cost_to_serve: Decimal
    counted: int | None


@dataclass(frozen=True)
class Question:
    """What the reader asks the list for.

    `rows` carries the filters that need no care. `tiers` are ranks, none meaning all;
    `of_person` asks for the customers of whom this person is the owner or the backup.
    """

    rows: Rows
    sort: str
    search: Search
    tiers: tuple[int, ...] = ()
    of_person: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is filtered out."""
        return not (self.search or self.tiers or self.of_person or self.rows.query.where)

    @property
    def parts(self) -> list[Rows]:
        """The rows cut so that an index delivers each part in order (keyset.Stage)."""
        rows = (
            [self.rows] if self.of_person is None else list(_of_person(self.rows, self.of_person))
        )
        if not self.tiers:
            return rows
        return [part.filter(tier_rank=rank) for part in rows for rank in self.tiers]

    @property
    def whole(self) -> Rows:
        """The same rows in one piece, for counting. A search is not part of it."""
        rows = self.rows
        if self.of_person is not None:
            rows = rows.filter(Q(owner=self.of_person) | Q(backup=self.of_person))
        return rows.filter(tier_rank__in=self.tiers) if self.tiers else rows

    def shown(self, rows: Rows) -> QuerySet[CustomerSnapshot, Row]:
        """As `Row`: with the number of all rows, capped, but for a search."""
        named: QuerySet[Any, Any] = rows.annotate(
            owner_name=F("owner__name"),
            backup_name=F("backup__name"),
            department_name=F("department__name"),
            counted=Value(None, IntegerField()) if self.search else self._counted(),
        )
        return named.values_list(*Row._fields, named=True)

    def _counted(self) -> RawSQL:
        rows, params = self.whole.order_by().values("pk")[: COUNTED + 1].query.sql_with_params()
        count = _COUNT_ALL if self.is_whole else _COUNT
        table = CustomerSnapshot._meta.db_table
        return RawSQL(count.format(rows=rows, table=table), params, IntegerField())


@dataclass(frozen=True)
class Listing:
    """One page. `count` ends at COUNTED + 1 and is None where counting would mean reading every
    match of a search; `revenue_before` is the sum of the pages before it by revenue.
    """

    rows: list[Row]
    after: str
    count: int | None
    revenue_before: Decimal


def sees_revenue(row: Row | CustomerSnapshot, scope: Scope) -> bool:
    return scope.may(Right.REVENUE) and scope.has_file(row.owner_id, row.backup_id)


def listing(question: Question, *, scope: Scope, after: str = "", size: int = PAGE_SIZE) -> Listing:
    """`size` rows behind the cursor `after`; raises Refused where it is none of ours."""
    is_by_revenue = question.sort == "-revenue" and scope.may(Right.REVENUE)
    page = keyset.page_through(
        stages(question, scope),
        after=after,
        size=size,
        fetch=question.search.rows if question.search else None,
        shown=question.shown,
        carry="trailing_revenue" if is_by_revenue else "",
    )
    return Listing(
        rows=page.rows,
        after=page.after,
        count=_count(page, is_first=not after),
        revenue_before=page.carried,
    )


def _count(page: Page[Row], *, is_first: bool) -> int | None:
    if is_first and not page.after:
        return len(page.rows)
    return page.rows[0].counted if page.rows else None


def stages(question: Question, scope: Scope) -> list[Stage[CustomerSnapshot]]:
    key, descending = question.sort.lstrip("-"), question.sort.startswith("-")
    if key == "revenue":
        return list(_by_revenue(question, scope, descending=descending))
    if key == "tier":
        return list(_by_tier(question, descending=descending))
    return [Stage(question.parts, ("code" if key == "code" else "sort_key",), descending)]


def _by_revenue(
    question: Question, scope: Scope, *, descending: bool
) -> Iterator[Stage[CustomerSnapshot]]:
    """First the customers whose revenue the reader may see, then the others by kana."""
    by_kana = ("sort_key",)
    parts = question.parts
    if not scope.may(Right.REVENUE):
        yield Stage(parts, by_kana)
    elif scope.sees_all_files:
        yield Stage(parts, ("trailing_revenue",), descending)
    else:
        theirs = [own for part in parts for own in _visible(part, scope)]
        yield Stage(theirs, ("trailing_revenue",), descending)
        yield Stage([part.card_only(scope) for part in parts], by_kana)


def _by_tier(question: Question, *, descending: bool) -> Iterator[Stage[CustomerSnapshot]]:
    """By kana within a tier, so that nobody reads revenue out of the order; not evaluated last."""
    if question.tiers:
        for rank in sorted(question.tiers, reverse=descending):
            one_tier = replace(question, tiers=(rank,))
            yield Stage(one_tier.parts, ("sort_key",))
    else:
        parts = question.parts
        ranked = [part.filter(tier_rank__isnull=False) for part in parts]
        yield Stage(ranked, ("tier_rank", "sort_key"), descending)
        yield Stage([part.filter(tier_rank__isnull=True) for part in parts], ("sort_key",))


def _visible(rows: Rows, scope: Scope) -> Iterator[Rows]:
    """One's own rows in parts where one is alone; those of many people in one piece."""
    if scope.people == {scope.person_id}:
        yield from _of_person(rows, scope.person_id)
    else:
        yield rows.visible_to(scope)


def _of_person(rows: Rows, person: int) -> Iterator[Rows]:
    yield rows.filter(owner=person)
    yield rows.filter(backup=person).exclude(owner=person)
