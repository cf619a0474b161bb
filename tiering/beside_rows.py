"""What rows of customers say of tiers and flags beside the facts of the row, asked for at once."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from customers.models import Customer
from firm.dates import today
from firm.scope import Scope
from tiering.flags.of_customers import weight
from tiering.models import Finding

# Of a flag, what its chip shows and what it is sorted by.
_CHIP = ("id", "kind", "severity", "quantity")


@dataclass(frozen=True)
class Beside:
    """Where a customer stands, without a tier nowhere; its flags to see to, the heaviest first."""

    below_since: datetime.date | None
    earned_since: datetime.date | None
    reason: str | None
    tier: int | None
    tier_before: int | None
    flags: list[Finding]


def beside_rows(rows: Iterable[Any], scope: Scope) -> dict[int, Beside]:
    """By the pk of those rows whose file the reader has. For several columns of one table: the
    question is put once a request.
    """
    readable = tuple(row.pk for row in rows if scope.has_file(row.owner_id, row.backup_id))
    known = scope.worked_out.setdefault("beside rows", {})
    if readable not in known:
        known[readable] = _beside(readable, scope) if readable else {}
    found: dict[int, Beside] = known[readable]
    return found


def _beside(customers: tuple[int, ...], scope: Scope) -> dict[int, Beside]:
    seen = Finding.objects.visible_to(scope, on=today()).open().filter(customer=OuterRef("pk"))
    chips = seen.order_by().values(chip=JSONObject(**{name: name for name in _CHIP}))
    found = Customer.objects.filter(pk__in=customers).values_list(
        "pk",
        "standing__below_since",
        "standing__earned_since",
        "standing__reason",
        "standing__earned_tier",
        "standing__earned_before",
        ArraySubquery(chips),
    )
    return {
        pk: Beside(below, since, reason, tier, before, _heaviest_first(flags))
        for pk, below, since, reason, tier, before, flags in found.order_by()
    }


def _heaviest_first(chips: list[dict[str, Any]]) -> list[Finding]:
    return sorted((Finding(**chip) for chip in chips), key=weight)
