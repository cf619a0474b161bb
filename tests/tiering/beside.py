"""What stands beside the ledgers and criteria may ask for: scores and contracts, as rows."""

import datetime
import itertools
from decimal import Decimal

from customers.models import Contract, ContractRevision, Customer, StrategicScore
from firm.models import User
from tests.factories import NOW

_numbers = itertools.count(1)


def a_strategic_score(
    customer: Customer,
    first: datetime.date,
    until: datetime.date,
    value: Decimal | float,
    *,
    by: User,
) -> StrategicScore:
    """In force in `[first, until)`."""
    return StrategicScore.objects.create(
        customer=customer,
        alignment=int(value),
        growth=int(value),
        value=Decimal(str(value)),
        reason="重点分野",
        valid_from=first,
        valid_until=until,
        scored_by=by,
        scored_at=NOW,
    )


def an_agreement(
    customer: Customer,
    first: datetime.date,
    until: datetime.date | None,
    template: str,
    a_year: Decimal | int,
) -> Contract:
    """A contract in `[first, until)` that is worth so much a year: by its fee, every other one."""
    number = next(_numbers)
    contract = Contract.objects.create(
        customer=customer, name=f"契約 {number}", template=template, created_at=NOW
    )
    worth = {"annual_value": a_year} if number % 2 else {"monthly_fee": Decimal(a_year) / 12}
    ContractRevision.objects.create(
        contract=contract, number=1, valid_from=first, valid_to=until, created_at=NOW, **worth
    )
    return contract
