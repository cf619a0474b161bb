"""What is agreed with each customer: a contract by the kind of service, with a few exceptions
that prove a contract's own terms, and four whose terms nobody has entered yet.
"""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils import translation

from customers.actions.contracts import Start, TermLine, start_of
from customers.models import Channel, Contract, ScopeTerm
from escalation.demo import SEED, company
from escalation.demo.customers import RETAINER, DemoCustomer
from firm.dates import add_months

MINUTES_AN_HOUR = 60
Kind = ScopeTerm.Kind
TEMPLATES = {
    "保守": Contract.Template.MAINTENANCE,
    RETAINER: Contract.Template.RETAINER,
    "SaaS・ホスティング": Contract.Template.SAAS,
    "プロジェクト": Contract.Template.QUASI_MANDATE,
}
# Of the maintenance contracts these many, from the largest on, include production tickets.
WITH_TICKETS = 9
# Places by revenue: what was agreed otherwise, and where the terms are missing.
BY_PHONE = (5, 12, 18, 23, 31, 44, 58, 73)
AT_ANY_TIME = (2, 8, 27, 39, 66, 90)
ANSWERED_SOONER = (16, 20, 33, 51, 79, 103)
WITHOUT_TERMS = (61, 84, 97, 110)
PRICE_BEYOND = Decimal(13_000)
NOTICE_DAYS = (30, 60, 90)


@dataclass(frozen=True)
class DemoContract:
    """`explained_on` is when the owner went through it with the customer, None for not yet."""

    customer: DemoCustomer
    name: str
    template: str
    start: Start
    renews_on: datetime.date
    notice_days: int
    explained_on: datetime.date | None

    @property
    def fee(self) -> Decimal:
        return Decimal(self.customer.fee)


def generate_contracts(customers: list[DemoCustomer], t: datetime.date) -> list[DemoContract]:
    """One a customer, in the order of their size; `t` is the demo's last business day."""
    with translation.override("ja"):
        return list(_contracts(customers, t))


def _contracts(customers: list[DemoCustomer], t: datetime.date) -> Iterator[DemoContract]:
    chance = random.Random(f"{SEED} contracts")
    tickets = 0
    for customer in sorted(customers, key=lambda one: one.rank):
        template = TEMPLATES[customer.service]
        if template == Contract.Template.MAINTENANCE and tickets < WITH_TICKETS:
            template, tickets = Contract.Template.MAINTENANCE_TICKETS, tickets + 1
        talked = chance.random() < 0.7
        yield DemoContract(
            customer=customer,
            name=str(Contract.Template(template).label),
            template=template,
            start=_start(customer, template),
            renews_on=_anniversary(customer.started_on, t),
            notice_days=chance.choice(NOTICE_DAYS),
            explained_on=t - datetime.timedelta(days=chance.randrange(20, 400)) if talked else None,
        )


def _start(customer: DemoCustomer, template: str) -> Start:
    """The template's, with the hours that the fee pays for."""
    hours = customer.fee * MINUTES_AN_HOUR // company.BILL_RATE
    start = start_of(template, hours=None if template == Contract.Template.SAAS else hours)
    if customer.rank in WITHOUT_TERMS:
        return replace(start, terms=())
    terms = [_agreed(term, customer) for term in start.terms]
    phone = TermLine(Kind.CHANNEL, channel=Channel.PHONE)
    if customer.rank in BY_PHONE and phone not in terms:
        terms.append(phone)
    return replace(start, terms=tuple(terms))


def _agreed(term: TermLine, customer: DemoCustomer) -> TermLine:
    """The term as this customer has it."""
    if term.kind == Kind.SUPPORT_HOURS and customer.rank in AT_ANY_TIME:
        return replace(term, emergency=True)
    if term.kind == Kind.RESPONSE and customer.rank in ANSWERED_SOONER:
        return replace(term, amount=2 * MINUTES_AN_HOUR)
    return term


def _anniversary(started_on: datetime.date, t: datetime.date) -> datetime.date:
    """The first one after `t`."""
    years = 1
    while (day := add_months(started_on, 12 * years)) <= t:
        years += 1
    return day
