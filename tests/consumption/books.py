"""Random customers with contracts, extensions, investments, goodwill work and entries."""

import datetime
from random import Random

from customers.contracts.kinds import TermLine
from customers.models import (
    Activity,
    Contract,
    ContractRevision,
    Customer,
    Favor,
    Investment,
    ScopeExtension,
    ScopeTerm,
)
from customers.service_log.slices import write_slices
from firm.dates import firm_zone
from firm.models import User, WorkCalendar
from tests.factories import NOW, a_contract, a_customer

FIRST = datetime.date(2026, 2, 1)
ON = datetime.date(2026, 7, 15)
ITEMS = ("軽微な修正", "月次レポート", "")
CHANNELS = ("phone", "mail", "ticket", "private_chat", "")


def day_between(draw: Random, first: datetime.date, last: datetime.date) -> datetime.date:
    return first + datetime.timedelta(days=draw.randint(0, (last - first).days))


def a_book(draw: Random, *, staff: User, calendars: list[WorkCalendar]) -> Customer:
    customer = a_customer(owner=staff)
    for number in range(draw.choice([0, 1, 1, 1, 2])):
        _a_contract(draw, customer, f"契約{number}", calendars)
    extensions = [
        _an_extension(draw, contract)
        for contract in Contract.objects.filter(customer=customer)
        for _time in range(draw.choice([0, 1, 1, 2]))
    ]
    investments = [
        Investment.objects.create(
            customer=customer, title="先行", expectation="受注", cap_minutes=draw.randint(30, 300),
            starts_on=FIRST, review_on=ON, owner=staff, created_at=NOW, created_by=staff,
        )
        for _time in range(draw.choice([0, 1]))
    ]  # fmt: skip
    for _time in range(draw.randint(5, 50)):
        _an_entry(draw, customer, staff, extensions, investments)
    write_slices(Activity.objects.filter(customer=customer))
    return customer


def _a_contract(draw: Random, customer: Customer, name: str, calendars) -> None:
    first = day_between(draw, FIRST, datetime.date(2026, 5, 1))
    change = day_between(draw, first + datetime.timedelta(days=1), datetime.date(2026, 7, 10))
    end = draw.choice([None, None, day_between(draw, change, datetime.date(2026, 9, 1))])
    contract = a_contract(
        customer, name=name, valid_from=first, valid_to=change, terms=_terms(draw, calendars)
    )
    if end is None or end > change:
        second = ContractRevision.objects.create(
            contract=contract, number=2, valid_from=change, valid_to=end, created_at=NOW
        )
        for line in _terms(draw, calendars):
            values = {name: getattr(line, name) for name in TermLine.__dataclass_fields__}
            ScopeTerm.objects.create(revision=second, **{**values, "included": [], "excluded": []})
    for revision in contract.revisions.all():
        policy = draw.choice(["none", "capped", "all"])
        revision.carry_over = policy
        revision.carry_cap = draw.choice([20, 100, 150]) if policy == "capped" else None
        revision.carry_months = draw.choice([None, 1, 2])
        revision.carries_deficit = draw.random() < 0.5
        revision.save()


def _terms(draw: Random, calendars: list[WorkCalendar]) -> list[TermLine]:
    lines = [
        TermLine(
            "hours",
            amount=draw.choice([60, 60, 900, 3000]),
            period=draw.choice(["month", "month", "quarter", "year"]),
        ),
        TermLine("count", "軽微な修正", amount=3, period=draw.choice(["week", "month", "quarter"])),
        TermLine("deliverable", "月次レポート", amount=1, period="month"),
        TermLine("meetings", amount=2, period=draw.choice(["month", "half"])),
        TermLine(
            "support_hours",
            calendar=draw.choice([None, *calendars]),
            emergency=draw.random() < 0.3,
        ),
        TermLine("channel", channel="mail"),
        TermLine("channel", channel="phone", emergency=draw.random() < 0.5),
        TermLine("contact_most", amount=3, period=draw.choice(["week", "month"])),
    ]
    return [line for line in lines if draw.random() < 0.8]


def _an_extension(draw: Random, contract: Contract) -> ScopeExtension:
    start = day_between(draw, FIRST, ON)
    kind = draw.choice(["hours", "count"])
    return ScopeExtension.objects.create(
        contract=contract,
        kind=kind,
        name="軽微な修正" if kind == "count" else "",
        amount=draw.choice([90, 361, 1200] if kind == "hours" else [1, 2, 4]),
        starts_on=start,
        ends_on=start + datetime.timedelta(days=draw.randint(1, 70)),
        reference="R-1",
        reason="合意",
        granted_at=NOW,
    )


def _an_entry(draw: Random, customer: Customer, staff: User, extensions, investments) -> None:
    day = day_between(draw, FIRST, datetime.date(2026, 7, 20))
    cause = draw.choice(["in_contract", "in_contract", "customer_wish", *Activity.Cause.values])
    started_at = None
    if draw.random() < 0.8:
        clock = datetime.time(draw.randint(0, 23), draw.choice([0, 15, 30, 59]))
        started_at = datetime.datetime.combine(day, clock, firm_zone())
    activity = Activity.objects.create(
        customer=customer,
        staff=staff,
        day=day,
        started_at=started_at,
        minutes=draw.choice([5, 15, 45, 60, 150, 600]),
        cause=cause,
        kind=draw.choice([*Activity.Kind.values, "contact"]),
        channel=draw.choice(CHANNELS),
        direction=draw.choice(["", "in", "out"]),
        initiator=draw.choice(["", "customer", "us"]),
        work_item=draw.choice(ITEMS),
        quantity=draw.choice([1, 1, 2]),
        thread=draw.choice(["", "", "A"]),
        extension=draw.choice(extensions) if extensions and draw.random() < 0.1 else None,
        investment=draw.choice([*investments, None]) if cause == "investment" else None,
        is_invoiced=draw.random() < 0.1,
    )
    if draw.random() < 0.15:
        Favor.objects.create(
            activity=activity,
            usual_price=1000,
            why="お詫び",
            from_budget=draw.random() < 0.6,
            withdrawn_at=draw.choice([None, None, NOW]),
        )
    if draw.random() < 0.05:
        Activity.objects.filter(pk=activity.pk).update(withdrawn_at=NOW)
