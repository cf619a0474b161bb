from customers.models.activity import Activity, ActivitySlice
from customers.models.customer import Contact, Customer, CustomerSnapshot, SearchKey
from customers.models.imports import Import, ImportLine
from customers.models.payment_stop import PaymentStop
from customers.models.revenue import ExchangeRate, RevenueEntry

__all__ = [
    "Activity",
    "ActivitySlice",
    "Contact",
    "Customer",
    "CustomerSnapshot",
    "ExchangeRate",
    "Import",
    "ImportLine",
    "PaymentStop",
    "RevenueEntry",
    "SearchKey",
]
