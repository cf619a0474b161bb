"""Pages of a list by its last row instead of by an offset: the same speed at row 500,000.

A cursor is opaque to whoever carries it. It holds the sort key and the pk of the last row shown,
so rows that come or go elsewhere neither repeat nor hide one.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _

from firm.refusals import Refused

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")  # a row as it is shown
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`after` is the cursor of the following page, empty on the last one; `carried` is what the
    cursor of this page had brought along.
    """

    rows: list[Item]
    after: str
    carried: Decimal = Decimal(0)


@dataclass(frozen=True)
class Stage(Generic[Row]):
    """A stretch of a list: the rows of all `parts` by `columns` and the pk, all ascending or all
    descending. Columns are never NULL.

    Parts have no row in common. Cutting "tier 1 or 2" into one part a tier lets an index that
    begins with the tier deliver each of them in order.
    """

    parts: Sequence[QuerySet[Row]]
    columns: tuple[str, ...]
    descending: bool = False

    @property
    def model(self) -> type[Row]:
        return self.parts[0].model

    @property
    def order(self) -> list[str]:
        sign = "-" if self.descending else ""
        return [f"{sign}{field}" for field in [*self.columns, "pk"]]

    def next(self, wanted: int, *, behind: Key | None, also: Sequence[str] = ()) -> QuerySet[Any]:
        """The first `wanted` rows that follow a key, in order: tuples of their columns, the pk,
        and the columns `also`. An index that holds these answers alone.
        """
        names = [*self.columns, "pk", *also]
        first, *others = [
            self.following(part, behind).order_by(*self.order).values_list(*names)[:wanted]
            for part in self.parts
        ]
        if not others:
            return first
        return first.union(*others, all=True).order_by(*self.order)[:wanted]

    def parsed(self, values: list[Any]) -> Key:
        """A cursor's values as the columns hold them. Raises ValueError or ValidationError."""
        meta = self.parts[0].model._meta
        fields: list[Any] = [*(meta.get_field(column) for column in self.columns), meta.pk]
        key = tuple(field.to_python(value) for field, value in zip(fields, values, strict=True))
        if any(value is None or "\x00" in str(value) for value in key) or _is_nan(key):
            raise ValueError
        return key

    def following(self, rows: QuerySet[Row], key: Key | None) -> QuerySet[Row]:
        """One comparison of rows, which an index answers from the right place on, however many
        rows share a value.
        """
        if key is None:
            return rows
        comparison = TupleLessThan if self.descending else TupleGreaterThan
        return rows.filter(comparison(Tuple(*self.columns, "pk"), key))


def page_of(queryset: QuerySet[Row], *, sort: str, after: str = "", size: int = 50) -> Page[Row]:
    """`size` rows behind the cursor `after`, sorted by `sort` and the pk in the same direction.

    `sort` names one column that is never NULL, `-` in front of it for descending order. Raises
    Refused where the cursor is none of ours.
    """
    stage = Stage([queryset], (sort.lstrip("-"),), descending=sort.startswith("-"))
    key = _read(after, [stage])[1] if after else None
    rows = list(stage.following(queryset, key).order_by(*stage.order)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if not more:
        return Page(rows=rows, after="")
    last = [*(getattr(rows[-1], column) for column in stage.columns), rows[-1].pk]
    return Page(rows=rows, after=cursor(0, last))


def page_through(
    stages: Sequence[Stage[Row]],
    *,
    shown: Callable[[Any], QuerySet[Any, Item]],
    after: str = "",
    size: int = 50,
    fetch: Callable[[Stage[Row], Key | None, int], QuerySet[Row]] | None = None,
    carry: str = "",
) -> Page[Item]:
    """`size` rows behind the cursor `after`: all of one stage before the first of the next.

    One query a stage. `fetch` finds a stage's next rows in another way than by walking it, as a
    search does; `shown` makes of the rows what is shown, with the columns of the stages and the
    pk. `carry` names a column of the first
    stage whose running sum the cursor takes along. Raises Refused where the cursor is none of
    ours.
    """
    position, key, carried = _read(after, stages) if after else (0, None, Decimal(0))
    found: list[tuple[int, Any]] = []
    for number, stage in enumerate(stages[position:], start=position):
        wanted = size + 1 - len(found)
        rows = (fetch or walk)(stage, key if number == position else None, wanted)
        found += [(number, row) for row in shown(rows).order_by(*stage.order)[:wanted]]
        if len(found) > size:
            break
    more, found = len(found) > size, found[:size]
    page = [row for _number, row in found]
    if not more:
        return Page(rows=page, after="", carried=carried)
    running = carried
    if carry:
        running += sum((getattr(row, carry) for number, row in found if not number), Decimal(0))
    number, last = found[-1]
    key = (*(getattr(last, column) for column in stages[number].columns), last.pk)
    return Page(rows=page, after=cursor(number, key, carried=running), carried=carried)


def walk(stage: Stage[Row], key: Key | None, wanted: int) -> QuerySet[Row]:
    """The stage's next rows: their keys from an index, then the rows themselves."""
    keys, params = stage.next(wanted, behind=key).query.sql_with_params()
    names = ", ".join([*stage.columns, "pk"])
    return stage.model._default_manager.filter(
        pk__in=RawSQL(f"SELECT pk FROM ({keys}) page ({names})", params)
    )


def cursor(stage: int, key: Any, *, carried: Decimal = Decimal(0)) -> str:
    text = json.dumps([stage, carried, *key], cls=DjangoJSONEncoder)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, stages: Sequence[Stage[Any]]) -> tuple[int, Key, Decimal]:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        number, carried, *values = json.loads(text)
        if type(number) is not int or not 0 <= number < len(stages) or type(values[-1]) is not int:
            raise ValueError
        total = Decimal(carried)
        if not total.is_finite():
            raise ValueError
        return number, stages[number].parsed(values), total
    except (ValueError, TypeError, ArithmeticError, LookupError, RecursionError, ValidationError):
        raise Refused(_("This page of the list does not exist. Start again at its top.")) from None


def _is_nan(key: Key) -> bool:
    return any(isinstance(value, Decimal) and not value.is_finite() for value in key)
