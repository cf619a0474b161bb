from django.conf import settings
from django.db import models
from django.db.models import Q


class Firm(models.Model):
    """The one row about the firm itself. The base currency is written by the first migration:
    amounts in the database mean nothing in another one.
    """

    name = models.CharField(max_length=120, blank=True)
    base_currency = models.CharField(max_length=3)
    went_live_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_firm")]


class SavedView(models.Model):
    """A named query string of one list, kept by one person."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    page = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_name_once")
        ]
        ordering = ["name"]
