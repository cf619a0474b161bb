"""Scope checks that were kept: as the start of an entry of the service log."""

from typing import Any

from django.utils import timezone

from customers.contracts.wording import hours_text
from customers.models import Activity, Customer, ScopeInquiry
from customers.service_log.entry_form import When

Outcome = ScopeInquiry.Outcome


def checked_before(customer: Customer, inquiry_id: int) -> dict[str, Any]:
    """What the form of an entry begins with after this check; nothing for another customer's."""
    row = ScopeInquiry.objects.filter(customer=customer, pk=inquiry_id).first()
    if row is None:
        return {}
    found: dict[str, Any] = {
        "cause": Activity.Cause.CUSTOMER_WISH,
        "note": row.request,
        "channel": row.channel,
        "contact": row.contact_id,
        "work_item": row.work_item,
        "free": row.outcome == Outcome.GOODWILL,
    }
    if row.minutes:
        found["minutes"] = f"{hours_text(row.minutes)}h"
    if row.work_at and row.work_at <= timezone.now():
        local = timezone.localtime(row.work_at)
        found |= {"when": When.AT, "day": local.date(), "time": local.time()}
    return found
