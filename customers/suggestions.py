"""The few customers that the search box offers while one types."""

from django.db.models import QuerySet

from customers.models import CustomerSnapshot
from customers.search import Search
from firm.keyset import Stage, walk

OFFERED = 8
BY_KANA = ("sort_key",)
# Pieces of names and kana lie evenly in this order; by kana, all with one beginning lie together.
BY_CODE = ("code",)


def suggestions(
    typed: str, *, size: int = OFFERED, among: QuerySet[CustomerSnapshot] | None = None
) -> list[CustomerSnapshot]:
    """The one with this very code, then those whose kana begins with it, then those that contain
    it; each by kana, never by revenue. Nothing for an empty question. All customers are looked
    through unless it says `among` which.
    """
    search = Search.of(typed)
    rows = CustomerSnapshot.objects.all() if among is None else among
    if not search:
        return []
    code = typed.strip()
    found = _shown(rows.filter(code__in={code, code.upper()}))
    beginning = Stage([rows.filter(sort_key__startswith=search.folded)], BY_KANA)
    found += _shown(walk(beginning, None, size))
    if len({row.pk for row in found}) < size:
        found += _shown(search.rows(Stage([rows], BY_CODE), None, size + len(found)))
    return list({row.pk: row for row in found}.values())[:size]


def exactly_one(typed: str) -> CustomerSnapshot | None:
    """The only customer with just this code, name, kana or phone, for a screen others look at."""
    search = Search.of(typed)
    same = [row for row in suggestions(typed) if search.folded in row.search_key.split(" ")]
    return same[0] if len(same) == 1 else None


def _shown(rows: QuerySet[CustomerSnapshot]) -> list[CustomerSnapshot]:
    return list(rows.select_related("owner", "backup", "department").order_by(*BY_KANA, "pk"))
