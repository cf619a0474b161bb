"""Money columns: exact decimals in the firm's base currency, net of consumption tax."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Q

LARGEST = Decimal("999999999999")
MINOR_UNITS = {"JPY": 0, "KRW": 0, "USD": 2, "EUR": 2, "GBP": 2}


class MoneyField(models.DecimalField):
    """`numeric(18,4)`. Add `money_range(<field>)` to the constraints: NaN fails it too."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(**kwargs)


def money_range(field: str, *, name: str) -> CheckConstraint:
    """PostgreSQL's numeric accepts NaN and holds it greater than any number; this refuses it."""
    return CheckConstraint(
        condition=Q(**{f"{field}__gte": -LARGEST, f"{field}__lte": LARGEST}), name=name
    )


def round_to_minor_unit(amount: Decimal, currency: str) -> Decimal:
    """HALF_UP to the currency's smallest unit (two decimals where it is unknown)."""
    return amount.quantize(Decimal(1).scaleb(-MINOR_UNITS.get(currency, 2)), ROUND_HALF_UP)
