"""The facts of single customers worked out again, as an evaluation read them: by the same SQL.

Entries are those that the evaluation saw. Logged work, contracts, a customer's start and its
parent are not kept in versions: they are as they stand.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import connection

from tiering.engine.ledgers import Reading, seen_by
from tiering.engine.measure import measure_of
from tiering.models import Evaluation

_GROUPS = """
WITH RECURSIVE above(id) AS (
    SELECT unnest(%(customers)s::bigint[])
     UNION
    SELECT customer.parent_id FROM customers_customer customer JOIN above USING (id)
     WHERE customer.parent_id IS NOT NULL
), together(id) AS (
    SELECT id FROM above
     UNION
    SELECT customer.id FROM customers_customer customer
      JOIN together ON customer.parent_id = together.id
)
SELECT id FROM together
"""


@dataclass(frozen=True)
class CustomerFacts:
    """What a customer was judged by, defined in engine/ledgers.py.

    `revenue` is the trailing revenue that decided and `own_revenue` the customer's part of it:
    they differ in a group judged together, which has so many `members`. The other amounts are
    the group's. `basis` is "full", "annualised" or "provisional"; `months` those that a projected
    revenue rests on, else None. From `fit` on it is what stands beside the ledgers, None also
    where no criterion asks for it; `contract_types` are separated by commas.
    """

    revenue: Decimal
    own_revenue: Decimal
    booked: Decimal
    one_off: Decimal
    expenses: Decimal
    cost: Decimal
    basis: str
    months: int | None
    is_dormant: bool
    members: int
    fit: Decimal | None = None
    tenure: int | None = None
    contract_value: Decimal | None = None
    contract_types: str | None = None

    @property
    def margin(self) -> Decimal | None:
        """In per cent of the booked revenue; None where nothing was booked."""
        if self.booked <= 0:
            return None
        return 100 * (self.booked - self.expenses - self.cost) / self.booked


def of_customer(customer: int, evaluation: Evaluation) -> CustomerFacts:
    return of_customers([customer], evaluation)[customer]


def of_customers(customers: list[int], evaluation: Evaluation) -> dict[int, CustomerFacts]:
    """By customer; of all that exist."""
    measure = replace(measure_of(evaluation.rule_set), reads_expenses=True, reads_one_offs=True)
    with connection.cursor() as cursor:
        together = customers
        if measure.rolls_up:
            cursor.execute(_GROUPS, {"customers": customers})
            together = [customer for (customer,) in cursor.fetchall()]
        source = seen_by(evaluation.cutoff, customers=together)
        reading = Reading(measure, evaluation.as_of, source)
        cursor.execute(reading.select(reading.in_full), reading.params)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    found = {row.pop("customer_id"): CustomerFacts(**row) for row in rows}
    return {customer: found[customer] for customer in customers if customer in found}
