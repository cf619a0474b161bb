"""What an hour usually costs a customer: by the contract in force, else by the firm's list."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery

from customers.contracts.in_force import revisions_on
from customers.models import Customer
from firm.models import BillRate
from firm.money import round_to_minor_unit

HOUR = 60


class Source(StrEnum):
    CONTRACT = "contract"
    LIST = "list"


@dataclass(frozen=True)
class HourlyPrice:
    """Net, in the base currency."""

    amount: Decimal
    source: Source

    def of(self, minutes: int) -> Decimal:
        """Rounded to the currency's smallest unit."""
        return round_to_minor_unit(self.amount * minutes / HOUR, settings.BASE_CURRENCY)


def hourly_price(customer_id: int, *, on: datetime.date) -> HourlyPrice | None:
    """None where neither names a price."""
    found = Customer.objects.filter(pk=customer_id).values(**price_columns(on=on)).first()
    return price_in(found or {})


def price_columns(*, on: datetime.date | OuterRef, customer: str = "pk") -> dict[str, Any]:
    """What `price_in` reads, for a query of customers, or of rows whose column `customer` is. Of
    several contracts the lowest: a gift is not to be made larger than it is.
    """
    contracts = revisions_on(on).filter(
        contract__customer=OuterRef(customer), price_beyond__isnull=False
    )
    listed = BillRate.objects.filter(valid_from__lte=on).order_by("-valid_from")
    return {
        "price_agreed": Subquery(contracts.order_by("price_beyond").values("price_beyond")[:1]),
        "price_listed": Subquery(listed.values("amount")[:1]),
    }


def price_in(row: Mapping[str, Any]) -> HourlyPrice | None:
    if row.get("price_agreed") is not None:
        return HourlyPrice(row["price_agreed"], Source.CONTRACT)
    if row.get("price_listed") is not None:
        return HourlyPrice(row["price_listed"], Source.LIST)
    return None
