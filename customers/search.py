"""Finding customers by code, name, kana or phone, however few characters are typed.

Frequent text is found by walking the list's own order for a few thousand rows
(`CustomerSnapshot.search_key`), rare text by an index over the same keys (`SearchKey`): of pieces
of three letters (pg_trgm) or of one and two characters (`text_grams`, a function of the database).
"""

import re
from dataclasses import dataclass

from django.db import connection
from django.db.models import BooleanField, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex

from customers.models import CustomerSnapshot, SearchKey
from customers.models.grams import Grams
from firm import text
from firm.keyset import Key, Stage, walk

WALKED = 5_000
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

    def rows(
        self, stage: Stage[CustomerSnapshot], key: Key | None, wanted: int
    ) -> QuerySet[CustomerSnapshot]:
        """Like `keyset.walk`, of the rows that contain it."""
        found, walked = self._walk(stage, key, wanted)
        if len(found) == wanted or walked < WALKED:
            return CustomerSnapshot.objects.filter(pk__in=found)
        parts = [part.filter(self._matches()) for part in stage.parts]
        return walk(Stage(parts, stage.columns, stage.descending), key, wanted)

    def _walk(
        self, stage: Stage[CustomerSnapshot], key: Key | None, wanted: int
    ) -> tuple[list[int], int]:
        """The pks of matches among the next few thousand rows, and how many rows these were."""
        sql, params = stage.next(WALKED, behind=key, also=["search_key"]).query.sql_with_params()
        names = [*stage.columns, "pk"]
        direction = "DESC" if stage.descending else "ASC"
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH walked({', '.join(names)}, search_key) AS MATERIALIZED ({sql})"
                f" SELECT array(SELECT pk FROM walked WHERE search_key LIKE %s"
                f" ORDER BY {', '.join(f'{name} {direction}' for name in names)} LIMIT %s),"
                f" (SELECT count(*) FROM walked)",
                [*params, f"%{_escaped(self.folded)}%", wanted],
            )
            found, walked = cursor.fetchone()
        return found, walked

    def _matches(self) -> RawSQL:
        """The condition to contain it, met by the index that reads least for it."""
        rows = SearchKey.objects.all()
        if _INDEXED_WORD.search(self.folded):
            rows = rows.filter(search_key__contains=self.folded)
        else:
            # Compared by position, because LIKE would ask the index of three letters as well.
            rows = rows.alias(
                grams=Grams("search_key"), at=StrIndex("search_key", Value(self.folded))
            ).filter(grams__contains=self._grams(), at__gt=0)  # type: ignore[misc]
        sql, params = rows.values("pk").query.sql_with_params()
        # As an array the matches are found first and then looked up one by one: as a subselect
        # some thousand of them make the planner read all customers instead.
        key = f"{CustomerSnapshot._meta.db_table}.{CustomerSnapshot._meta.pk.column}"
        return RawSQL(f"{key} = ANY(ARRAY({sql}))", params, BooleanField())

    def _grams(self) -> list[str]:
        pairs = [self.folded[at : at + 2] for at in range(len(self.folded) - 1)]
        return pairs or [self.folded]


def _escaped(text: str) -> str:
    """For LIKE, where these three stand for something else."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
