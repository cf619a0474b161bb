from customers.models.activity import (
    Activity,
    ActivityDraft,
    ActivitySlice,
    Favor,
    PurposeReading,
    QuietWeek,
    ScopeInquiry,
)
from customers.models.burden import LoneWorkAnswer, LoneWorkNotice
from customers.models.contract import (
    Channel,
    Contract,
    ContractRevision,
    RenewalNotice,
    ScopeExtension,
    ScopeTerm,
)
from customers.models.customer import Contact, Customer, CustomerSnapshot, SearchKey
from customers.models.goal import Goal
from customers.models.goodwill import Investment
from customers.models.imports import Import, ImportLine
from customers.models.payment_stop import PaymentStop
from customers.models.revenue import ExchangeRate, RevenueEntry
from customers.models.strategic_score import StrategicScore

__all__ = [
    "Activity",
    "ActivityDraft",
    "ActivitySlice",
    "Channel",
    "Contact",
    "Contract",
    "ContractRevision",
    "Customer",
    "CustomerSnapshot",
    "ExchangeRate",
    "Favor",
    "Goal",
    "Import",
    "ImportLine",
    "Investment",
    "LoneWorkAnswer",
    "LoneWorkNotice",
    "PaymentStop",
    "PurposeReading",
    "QuietWeek",
    "RenewalNotice",
    "RevenueEntry",
    "ScopeExtension",
    "ScopeInquiry",
    "ScopeTerm",
    "SearchKey",
    "StrategicScore",
]
