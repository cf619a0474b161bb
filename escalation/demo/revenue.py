"""Twenty-four closed months of invoices."""

import csv
import datetime
import io
import random
from dataclasses import dataclass
from typing import Any

from escalation.demo import SEED
from escalation.demo.customers import DemoCustomer
from firm.dates import add_months

MONTHS = 24
NOISE = {"プロジェクト": 0.25}
USUAL_NOISE = 0.06
GROWTH = 0.01  # standard deviation of a customer's growth a month
SPOT_SHARE, SPOT_FROM, SPOT_TO = 0.04, 1.0, 4.0  # of the months; of the monthly fee
FISCAL_ENDS, FISCAL_END_FACTOR = (3, 9), 1.15
STEP = 1000  # invoices are made out in thousands of yen


@dataclass(frozen=True)
class Line:
    """A line of an invoice, in yen without tax."""

    customer_code: str
    date: datetime.date
    amount: int
    document_no: str
    line_no: int
    kind: str
    service: str


def closed_months(day: datetime.date) -> list[datetime.date]:
    """The firsts of the 24 months before the month of the day, the oldest first."""
    return [add_months(day.replace(day=1), -back) for back in range(MONTHS, 0, -1)]


def generate_revenue(customers: list[DemoCustomer], months: list[datetime.date]) -> list[Line]:
    """Every line, by month and customer, so that the numbers of the invoices rise by date."""
    ledgers = {customer.code: _ledger(customer, months) for customer in customers}
    lines = []
    for index, month in enumerate(months):
        number = 0
        for customer in customers:
            recurring, spot = ledgers[customer.code][index]
            if not recurring and not spot:
                continue
            number += 1
            common: dict[str, Any] = {
                "customer_code": customer.code,
                "date": _invoice_date(month, customer.closing_day),
                "document_no": f"{month:%Y%m}-{number:04d}",
            }
            lines.append(
                Line(
                    **common,
                    amount=recurring,
                    line_no=1,
                    kind="recurring",
                    service=customer.service,
                )
            )
            if spot:
                lines.append(
                    Line(**common, amount=spot, line_no=2, kind="one_off", service="スポット作業")
                )
    return lines


def as_csv(lines: list[Line]) -> bytes:
    """A file for the revenue import, as an accounting program would write it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["customer_code", "date", "amount", "document_no", "line_no", "kind", "service"]
    )
    for line in lines:
        writer.writerow(
            [
                line.customer_code,
                line.date.isoformat(),
                line.amount,
                line.document_no,
                line.line_no,
                line.kind,
                line.service,
            ]
        )
    return out.getvalue().encode()


def _ledger(customer: DemoCustomer, months: list[datetime.date]) -> list[tuple[int, int]]:
    """Recurring and spot yen of each month.

    Noise, growth, peaks and spot orders only give the shape: one factor brings the last twelve
    months to twelve times the fee, and what rounding leaves goes to the last of them.
    """
    if customer.planted and customer.planted.months:
        return [(amount * STEP, 0) for amount in customer.planted.months]
    served = _served(customer, months)
    shape = _shape(customer, months)
    last_year = range(MONTHS - 12, MONTHS)
    target = customer.fee * sum(served[index] for index in last_year)
    weight = sum(sum(shape[index]) for index in last_year if served[index])
    factor = target / weight / STEP
    ledger = [
        (round(recurring * factor) * STEP, round(spot * factor) * STEP) if is_served else (0, 0)
        for (recurring, spot), is_served in zip(shape, served, strict=True)
    ]
    last = max(index for index in last_year if served[index])
    rest = target - sum(sum(ledger[index]) for index in last_year)
    ledger[last] = (ledger[last][0] + rest, ledger[last][1])
    return ledger


def _shape(customer: DemoCustomer, months: list[datetime.date]) -> list[tuple[float, float]]:
    """Recurring and spot parts of each month, in usual months."""
    chance = random.Random(f"{SEED} billing {customer.rank}")
    growth = chance.gauss(0, GROWTH)
    noise = NOISE.get(customer.service, USUAL_NOISE)
    shape = []
    for index, month in enumerate(months):
        recurring = (1 + growth) ** index * chance.lognormvariate(0, noise)
        if month.month in FISCAL_ENDS:
            recurring *= FISCAL_END_FACTOR
        has_spot, size = chance.random() < SPOT_SHARE, chance.uniform(SPOT_FROM, SPOT_TO)
        shape.append((recurring, size if has_spot else 0.0))
    return shape


def _served(customer: DemoCustomer, months: list[datetime.date]) -> list[bool]:
    return [
        customer.started_on < add_months(month, 1)
        and (customer.ended_on is None or customer.ended_on > month)
        for month in months
    ]


def _invoice_date(month: datetime.date, closing_day: str) -> datetime.date:
    if closing_day == "末":
        return add_months(month, 1) - datetime.timedelta(days=1)
    return month.replace(day=int(closing_day))
