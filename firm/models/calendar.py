"""The firm's days: national holidays, days of its own, and months the back office has closed."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Holiday(models.Model):
    """A national holiday, taken from the `holidays` library and editable afterwards."""

    country = models.CharField(max_length=2)
    day = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "day"], name="holiday_once_a_day")
        ]
        ordering = ["day"]


class CompanyDay(models.Model):
    """A day on which the firm is closed although it is no national holiday."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["day"]


class ClosedMonth(models.Model):
    """A month whose figures the back office has closed. `month` is its first day."""

    month = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month"], condition=Q(reopened_at__isnull=True), name="month_closed_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="closed_month_is_a_first"),
        ]
        ordering = ["-month"]
