"""The audit trail: who did what, append-only, chained by hashes at commit."""

import pgtrigger
from django.conf import settings
from django.db import models


def never_emptied() -> pgtrigger.Trigger:
    """TRUNCATE passes row triggers by; only one for the statement sees it."""
    return pgtrigger.Trigger(
        name="never_emptied",
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        func="RAISE EXCEPTION 'The audit trail is append-only';",
    )


class AuditEvent(models.Model):
    """One act. `code` and `data` hold codes, numbers and ids only, never personal data, so
    that erasing a person and keeping the chain can go together; worded by firm/wording.py.
    """

    code = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    acted_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="audit_by_subject"),
            models.Index(fields=["-at"], name="audit_by_time"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]


class AuditChain(models.Model):
    """Position of an event in the chain, counted from 1 without gaps. Written by a deferred
    trigger at commit (migration 0004), so that the chain's lock is held for a moment and not
    behind a long import.
    """

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="link")
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32, unique=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]
