"""Scope checks that were kept: as the start of an entry of the service log, and how often which
situation was met.
"""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

from customers.contracts.wording import hours_text
from customers.models import Activity, Customer, ScopeInquiry
from customers.service_log.entry_form import When
from firm.scope import Scope

Outcome = ScopeInquiry.Outcome
_MET = """
SELECT situation, outcome, count(DISTINCT kept.id)
FROM ({kept}) AS kept
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN fact->>'code' IN ('count', 'hours') THEN 'used_up'
        WHEN fact->>'code' = 'time' AND (fact->'data'->>'holiday')::int > 0 THEN 'holiday'
        WHEN fact->>'code' = 'time' THEN 'after_hours'
        WHEN fact->>'code' = 'contacts' THEN 'too_often'
        ELSE fact->>'code'
    END AS situation
    FROM jsonb_array_elements(kept.reasons) AS fact
    WHERE fact->>'tone' <> ''
    UNION ALL SELECT 'in_scope' WHERE kept.verdict = 'in_scope'
) AS met
GROUP BY situation, outcome
"""


@dataclass
class Met:
    """How many checks met a situation, and of these how many came to which outcome."""

    number: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def by_outcome(self) -> list[tuple[str, int]]:
        """With the outcomes' labels, the most frequent first."""
        ordered = sorted(self.outcomes.items(), key=lambda item: -item[1])
        return [(str(Outcome(code).label), number) for code, number in ordered]


def met_since(since: datetime.datetime, *, scope: Scope) -> dict[str, Met]:
    """By the situation's code (customers/scope/guideline.py), for the customers of the scope."""
    kept = ScopeInquiry.objects.filter(
        customer__in=Customer.objects.visible_to(scope), asked_at__gte=since
    ).values("id", "reasons", "verdict", "outcome")
    found: dict[str, Met] = {}
    try:
        sql, params = kept.query.sql_with_params()
    except EmptyResultSet:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_MET.format(kept=sql), params)
        for situation, outcome, number in cursor.fetchall():
            met = found.setdefault(situation, Met())
            met.number += number
            met.outcomes[outcome] = number
    return found


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
