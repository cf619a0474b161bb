from django.conf import settings
from django.db import models
from django.db.models import Q


class Notification(models.Model):
    """One notice to one person: shown in the app at once, mailed by the sweeper when due.

    Written in the transaction of the act it tells of, so that a crash loses neither or both.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notifications"
    )
    code = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(sent_at__isnull=True, failed_at__isnull=True),
                name="notification_unsent",
            ),
            models.Index(fields=["recipient", "-created_at"], name="notification_by_recipient"),
        ]
