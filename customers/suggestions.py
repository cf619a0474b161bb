"""The few customers that the search box offers while one types."""

from customers.listing import in_order
from customers.models import CustomerSnapshot
from customers.search import Search
from firm.keyset import Stage

OFFERED = 8
BY_KANA = ("sort_key",)


def suggestions(typed: str, *, size: int = OFFERED) -> list[CustomerSnapshot]:
    """The one with this very code, then those whose kana begins with it, then those that contain
    it; each by kana, never by revenue. Nothing for an empty question.
    """
    search, rows = Search.of(typed), CustomerSnapshot.objects.all()
    if not search:
        return []
    code = typed.strip()
    pks = list(rows.filter(code__in={code, code.upper()}).values_list("pk", flat=True))
    beginning = Stage([rows.filter(sort_key__startswith=search.folded)], BY_KANA)
    pks += [key[-1] for key in beginning.next_keys(size, behind=None)]
    if len(set(pks)) < size:
        containing = search.keys(Stage([rows], BY_KANA), None, size + len(pks))
        pks += [key[-1] for key in containing]
    return in_order(list(dict.fromkeys(pks))[:size])


def exactly_one(typed: str) -> CustomerSnapshot | None:
    """The only customer with just this code, name, kana or phone, for a screen others look at."""
    search = Search.of(typed)
    same = [row for row in suggestions(typed) if search.folded in row.search_key.split(" ")]
    return same[0] if len(same) == 1 else None
