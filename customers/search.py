"""Finding customers by code, name, kana or phone, however few characters are typed.

What is looked through is `CustomerSnapshot.search_key`. Frequent text is found by walking the
list's own order for a few thousand rows, rare text by an index: over pieces of three letters
(pg_trgm) or of one and two characters (`text_grams`, a function of the database).
"""

import re
from dataclasses import dataclass
from functools import cached_property

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex

from customers.models import CustomerSnapshot
from customers.models.grams import Grams
from firm import text
from firm.keyset import Key, Stage

WALKED = 5_000
MOST_MATCHES = 20_000
LONGEST = 60
PHONE_DIGITS = 4  # from so many digits on, dashes and brackets count for nothing
PHONE_SIGNS = "0123456789-+() "
# What pg_trgm finds without reading its whole index; it stops at anything but letters and digits.
_INDEXED_WORD = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True)
class Search:
    """What is looked for, folded like the keys it is compared with. Empty looks for nothing."""

    folded: str

    @classmethod
    def of(cls, typed: str) -> "Search":
        """The company's form is left out: ㈱東都 finds 株式会社東都, which itself finds all."""
        folded = text.fold_company(typed.replace("\x00", ""))[:LONGEST].strip()
        number = text.digits(folded)
        is_phone = len(number) >= PHONE_DIGITS and not folded.strip(PHONE_SIGNS)
        return cls(number if is_phone else folded)

    def __bool__(self) -> bool:
        return bool(self.folded)

    def keys(self, stage: Stage[CustomerSnapshot], key: Key | None, wanted: int) -> list[Key]:
        """Like `keyset.walk`, of the rows that contain it."""
        found = self._walk(stage, key, wanted)
        if len(found) == wanted:
            return found
        parts = [self._among_matches(part) for part in stage.parts]
        return list(Stage(parts, stage.columns, stage.descending).next_keys(wanted, behind=key))

    def _walk(self, stage: Stage[CustomerSnapshot], key: Key | None, wanted: int) -> list[Key]:
        walk = stage.next_keys(WALKED, behind=key, also=["search_key"])
        sql, params = walk.query.sql_with_params()
        names = [*stage.columns, "pk"]
        direction = "DESC" if stage.descending else "ASC"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(names)} FROM ({sql}) walked({', '.join(names)}, search_key)"
                f" WHERE search_key LIKE %s"
                f" ORDER BY {', '.join(f'{name} {direction}' for name in names)} LIMIT %s",
                [*params, f"%{_escaped(self.folded)}%", wanted],
            )
            return cursor.fetchall()

    def _among_matches(self, rows: QuerySet[CustomerSnapshot]) -> QuerySet[CustomerSnapshot]:
        if len(self._matches) > MOST_MATCHES:
            return rows.filter(search_key__contains=self.folded)
        return rows.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [self._matches]))

    @cached_property
    def _matches(self) -> list[int]:
        """All customers that contain it, by the index that reads least for it."""
        rows = CustomerSnapshot.objects.alias(at=StrIndex("search_key", Value(self.folded)))
        words = _INDEXED_WORD.findall(self.folded)
        if words:
            rows = rows.filter(search_key__contains=max(words, key=len))
        else:
            rows = rows.alias(grams=Grams("search_key")).filter(grams__contains=self._grams())
        return list(rows.filter(at__gt=0).values_list("pk", flat=True)[: MOST_MATCHES + 1])

    def _grams(self) -> list[str]:
        pairs = [self.folded[at : at + 2] for at in range(len(self.folded) - 1)]
        return pairs or [self.folded]


def _escaped(text: str) -> str:
    """For LIKE, where these three stand for something else."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
