"""Pages of a list by its last row instead of by an offset: the same speed at row 500,000.

A cursor is opaque to whoever carries it. It holds the sort key and the pk of the last row shown,
so rows that come or go elsewhere neither repeat nor hide one.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from firm.refusals import Refused

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """`after` is the cursor of the following page, empty on the last one."""

    rows: list[Row]
    after: str


def page_of(queryset: QuerySet[Row], *, sort: str, after: str = "", size: int = 50) -> Page[Row]:
    """`size` rows behind the cursor `after`, sorted by `sort` and the pk in the same direction.

    `sort` names one column that is never NULL, `-` in front of it for descending order. Raises
    Refused where the cursor is none of ours.
    """
    field, descending = sort.lstrip("-"), sort.startswith("-")
    sign = "-" if descending else ""
    if after:
        key, pk = _read(after, queryset, field)
        beyond = "lt" if descending else "gt"
        queryset = queryset.filter(
            Q(**{f"{field}__{beyond}e": key})
            & (Q(**{f"{field}__{beyond}": key}) | Q(**{f"pk__{beyond}": pk}))
        )
    rows = list(queryset.order_by(f"{sign}{field}", f"{sign}pk")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    return Page(rows=rows, after=_write(rows[-1], field) if more else "")


def _write(row: Model, field: str) -> str:
    text = json.dumps([getattr(row, field), row.pk], cls=DjangoJSONEncoder)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, queryset: QuerySet[Any], field: str) -> tuple[Any, int]:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        key, pk = json.loads(text)
        key = queryset.model._meta.get_field(field).to_python(key)
        if key is None or type(pk) is not int or "\x00" in str(key):
            raise ValueError
    except (ValueError, TypeError, RecursionError, ValidationError):
        raise Refused(_("This page of the list does not exist. Start again at its top.")) from None
    return key, pk
