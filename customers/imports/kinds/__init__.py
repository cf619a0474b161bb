"""What each kind of file is checked for and what it changes.

A kind is a module with three functions over the staged lines, called in this order in one
transaction: `check` refuses lines, `plan` works out what would change, `write` changes it.
"""

from types import ModuleType

from customers.imports.kinds import (
    activities,
    bill_rates,
    contacts,
    contracts,
    cost_rates,
    customers,
    people,
    rates,
    revenue,
)

KINDS: dict[str, ModuleType] = {
    "customers": customers,
    "people": people,
    "contacts": contacts,
    "revenue": revenue,
    "activities": activities,
    "rates": rates,
    "contracts": contracts,
    "cost_rates": cost_rates,
    "bill_rates": bill_rates,
}
