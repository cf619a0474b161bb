from customers.models.activity import Activity, ActivitySlice
from customers.models.contract import (
    Channel,
    Contract,
    ContractRevision,
    ScopeExtension,
    ScopeTerm,
)
from customers.models.customer import Contact, Customer, CustomerSnapshot, SearchKey
from customers.models.imports import Import, ImportLine
from customers.models.payment_stop import PaymentStop
from customers.models.revenue import ExchangeRate, RevenueEntry

__all__ = [
    "Activity",
    "ActivitySlice",
    "Channel",
    "Contact",
    "Contract",
    "ContractRevision",
    "Customer",
    "CustomerSnapshot",
    "ExchangeRate",
    "Import",
    "ImportLine",
    "PaymentStop",
    "RevenueEntry",
    "ScopeExtension",
    "ScopeTerm",
    "SearchKey",
]
