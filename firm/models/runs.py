import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobRunQuerySet(models.QuerySet["JobRun"]):
    def claimable(self, now: datetime.datetime) -> "JobRunQuerySet":
        """Queued, or running under a lease that nobody has renewed."""
        return self.filter(Q(state="queued") | Q(state="running", claimed_until__lt=now))


class JobRun(models.Model):
    """A background job and its truth; Celery only pokes.

    `key` is an ISO date for a dated job and a UUID for imports and previews. `params` pins what
    the job was started with, `counts` tells what came of it, `error` is code + data for wording.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        HELD = "held", _("Held for confirmation")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=40, default=uuid.uuid4)
    business_date = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    params = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    error = models.JSONField(default=dict)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="job_run_once_per_key"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(claimed_until__isnull=False),
                name="running_job_has_a_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "-created_at"], name="job_run_latest"),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["queued", "running"]),
                name="job_run_open",
            ),
        ]
