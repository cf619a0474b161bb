from django.conf import settings
from django.db import models


class KeptAnswer(models.Model):
    """What the API answered to a POST with an `Idempotency-Key`, so that a repetition of it gets
    the same answer instead of a second effect. Kept for 48 hours.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    # SHA-256 of method, path and body: the same key with another request is a mistake.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="kept_answer_once_per_key")
        ]
        indexes = [models.Index(fields=["created_at"], name="kept_answer_by_age")]


class Heartbeat(models.Model):
    """When something regular last happened. Its age tells whether beat, broker and worker live."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
