"""Notices to people: queued in the transaction of the act, mailed by a sweep every minute."""

import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation

from firm.dates import firm_date, start_of_day
from firm.models import Notification, User
from firm.wording import notice_text

LEASE = datetime.timedelta(minutes=5)
ATTEMPTS = 3
MAILED_AT = datetime.timedelta(hours=8)


def in_the_morning(now: datetime.datetime) -> datetime.datetime:
    """When to mail what a new day has brought forth: at eight, or now if that is over."""
    return max(now, start_of_day(firm_date(now)) + MAILED_AT)


def queue(
    code: str,
    *,
    recipient: User,
    now: datetime.datetime,
    due_at: datetime.datetime | None = None,
    **data: Any,
) -> Notification:
    """Write one notice in the caller's transaction; `code` and `data` are worded when read."""
    return Notification.objects.create(
        recipient=recipient, code=code, data=data, created_at=now, due_at=due_at or now
    )


def queue_each(
    code: str,
    data: dict[User, dict[str, Any]],
    *,
    now: datetime.datetime,
    due_at: datetime.datetime | None = None,
) -> None:
    """The same kind of notice to many at once, each with data of their own."""
    Notification.objects.bulk_create(
        Notification(recipient=person, code=code, data=theirs, created_at=now, due_at=due_at or now)
        for person, theirs in data.items()
    )


def sweep(*, now: datetime.datetime, limit: int = 200) -> int:
    """Mail what is due and unsent. Returns how many went out.

    Each notice is claimed by a conditional UPDATE first, so that two sweeps never send it
    twice; a sweep that dies leaves it to a later one when the claim has run out.
    """
    due = (
        Notification.objects.filter(
            Q(claimed_until__isnull=True) | Q(claimed_until__lt=now),
            sent_at__isnull=True,
            failed_at__isnull=True,
            due_at__lte=now,
        )
        .order_by("due_at")
        .values_list("pk", flat=True)[:limit]
    )
    return sum(_send(pk, now=now) for pk in list(due))


def _send(pk: int, *, now: datetime.datetime) -> bool:
    claimed = Notification.objects.filter(
        Q(claimed_until__isnull=True) | Q(claimed_until__lt=now), pk=pk, sent_at__isnull=True
    ).update(claimed_until=now + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return False
    notice = Notification.objects.select_related("recipient").get(pk=pk)
    if notice.recipient.email and notice.recipient.is_active:
        try:
            _mail(notice)
        except OSError as failure:  # what mail servers and file systems raise
            _note_failure(notice, failure, now=now)
            return False
    with transaction.atomic():
        notice.sent_at = now
        notice.save(update_fields=["sent_at"])
    return True


def _mail(notice: Notification) -> None:
    with translation.override(notice.recipient.language):
        subject, body = notice_text(notice.code, notice.data)
    EmailMessage(
        subject=subject,
        body=f"{body}\n\n{settings.SITE_URL}\n",
        to=[str(notice.recipient.email)],
    ).send()


def _note_failure(notice: Notification, failure: OSError, *, now: datetime.datetime) -> None:
    notice.failure = f"{type(failure).__name__}: {failure}"[:200]
    notice.claimed_until = now + LEASE * notice.attempts
    if notice.attempts >= ATTEMPTS:
        notice.failed_at = now
    notice.save(update_fields=["failure", "claimed_until", "failed_at"])
