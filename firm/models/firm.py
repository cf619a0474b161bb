import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FourEyes(models.TextChoices):
    """Kinds of decisions that take two people once the firm has gone live, or earlier by wish."""

    TIERS = "tiers", _("Tier rules")
    DETECTION = "detection", _("Rules of detection")
    AUTHORITY = "authority", _("Authority table")
    OVERRIDES = "overrides", _("Manual overrides")
    CONTRACTS = "contracts", _("Contract revisions")


class Firm(models.Model):
    """The one row about the firm itself. The base currency is written by the first migration:
    amounts in the database mean nothing in another one. Going live is for good.
    """

    name = models.CharField(max_length=120, blank=True)
    base_currency = models.CharField(max_length=3)
    went_live_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    # Kinds that take two people although the firm is still in trial.
    four_eyes = ArrayField(
        models.CharField(max_length=10, choices=FourEyes.choices), default=list, blank=True
    )
    # The first night that looked for flags, and for how many days from then on they are shown to
    # the customer's own account managers alone.
    flags_since = models.DateField(null=True, blank=True)
    flags_alone_days = models.PositiveSmallIntegerField(default=60, db_default=60)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_firm")]
        triggers = [
            pgtrigger.Protect(
                name="live_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.went_live_at IS NOT NULL"
                    " AND OLD.went_live_at IS DISTINCT FROM NEW.went_live_at"
                ),
            )
        ]


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
