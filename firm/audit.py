"""The only writer of the audit trail."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import models

from firm.models import AuditEvent, User


def record(
    code: str,
    *,
    by: User | None,
    now: datetime.datetime,
    subject: models.Model | None = None,
    acted_for: User | None = None,
    **data: Any,
) -> AuditEvent:
    """Append one event in the caller's transaction. `by=None` is the system.

    `data` takes codes, numbers, ISO dates and ids, never names or other personal data. Work on
    many rows writes one event with its counts.
    """
    return AuditEvent.objects.create(
        code=code,
        subject_kind=(subject._meta.model_name or "") if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        actor=by,
        acted_for=acted_for,
        data=data,
        at=now,
    )


def record_each(
    events: Iterable[tuple[str, int]],
    *,
    of: type[models.Model],
    by: User | None,
    now: datetime.datetime,
    **data: Any,
) -> None:
    """One event for each code and id of such a row, in one insert."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            code=code,
            subject_kind=of._meta.model_name or "",
            subject_id=pk,
            actor=by,
            data=data,
            at=now,
        )
        for code, pk in events
    )
