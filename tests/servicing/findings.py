"""Flags as situations: rows as a night would have left them."""

import datetime
from decimal import Decimal
from typing import Any

from customers.models import Activity, Customer
from tests.factories import NOW, a_job
from tiering.models import Finding, FindingKind, Observation

# The three closed months before NOW.
FROM, UNTIL = datetime.date(2026, 4, 1), datetime.date(2026, 7, 1)


def a_finding(
    customer: Customer,
    kind: str = FindingKind.HOURS,
    *,
    state: str = Finding.State.OPEN,
    severity: str = Finding.Severity.MID,
    quantity: int = 720,
    loss: Decimal | int = 0,
    forgone_fee: Decimal | int = 0,
    seen: dict[str, Any] | None = None,
    entries: list[Activity] | None = None,
    now: datetime.datetime = NOW,
    **values: Any,
) -> Finding:
    """An open flag over April to June with its one observation; `seen` are its values."""
    window = {
        "window_from": values.pop("window_from", FROM),
        "window_until": values.pop("window_until", UNTIL),
    }
    measured = {**window, "quantity": quantity, "loss": loss, "forgone_fee": forgone_fee}
    finding = Finding.objects.create(
        customer=customer,
        kind=kind,
        state=state,
        severity=severity,
        opened_on=values.pop("opened_on", now.date()),
        **measured,
        **values,
    )
    Observation.objects.create(
        finding=finding,
        job=a_job("detection", now=now, key=f"seen-{finding.pk}", business_date=now.date()),
        business_date=now.date(),
        values=seen or {},
        evidence=[entry.pk for entry in entries or []],
        **measured,
    )
    return finding
