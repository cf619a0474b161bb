"""The impact preview of a draft: what a night by its rules would do, and the token to publish."""

import secrets

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from firm.models import JobRun
from firm.money import MoneyField, money_range
from tiering.models.rules import RuleSet
from tiering.models.standing import Reason, tier_reference


def new_token() -> str:
    return secrets.token_urlsafe(16)


class Preview(models.Model):
    """What one night by a draft's rules would do to every customer, and what it rests on.

    `digest` is of the draft's content, `run` the last completed night, `cutoff` the ledger's last
    import and `version` the number published last: where one of them has moved on, the preview is
    stale (tiering/previews/binding.py). Nothing of a preview is edited once a version has been
    published by it.
    """

    draft = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="previews")
    token = models.CharField(max_length=22, unique=True, default=new_token, editable=False)
    digest = models.CharField(max_length=64)
    run = models.ForeignKey(JobRun, null=True, on_delete=models.PROTECT, related_name="+")
    cutoff = models.BigIntegerField()
    version = models.PositiveIntegerField()
    engine_version = models.CharField(max_length=20)
    # None where it was worked out at once, by a command.
    job = models.OneToOneField(JobRun, null=True, on_delete=models.PROTECT, related_name="preview")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Codes and numbers: tiering/previews/compute.py and backtest.py.
    result = models.JSONField(default=dict)
    computed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    bound_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft"], condition=Q(bound_at__isnull=False), name="published_by_one"
            ),
            models.CheckConstraint(
                condition=Q(bound_at__isnull=True)
                | Q(computed_at__isnull=False, left_at__isnull=True),
                name="bound_preview_is_computed",
            ),
        ]
        indexes = [models.Index(fields=["draft", "-created_at"], name="preview_of_draft")]
        triggers = [
            pgtrigger.Protect(
                name="bound_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.bound_at IS NOT NULL"),
            )
        ]


class PreviewMove(models.Model):
    """A customer whose standing would differ from the one there was at the preview.

    Before and after are those of today's standing and of the night by the draft, so `way` is what
    a person would see happen; `reason` is the engine's. `below_since` as in Standing.
    """

    class Way(models.TextChoices):
        DOWN = "down", _("Downgrade")
        UP = "up", _("Upgrade")
        FIRST = "first", _("First evaluation")
        GRACE = "grace", _("Grace period")
        KEPT = "kept", _("Kept by the keep threshold")
        SAME = "same", _("Stays")

    class Cause(models.TextChoices):
        OWN = "own", pgettext_lazy("cause", "The new rules")
        RANK = "rank", pgettext_lazy("cause", "Others moved")
        FACTS = "facts", pgettext_lazy("cause", "Would move under the present rules, too")

    preview = models.ForeignKey(
        Preview, on_delete=models.CASCADE, related_name="moves", db_index=False
    )
    # Found by customer through the unique constraint.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    way = models.CharField(max_length=5, choices=Way.choices)
    cause = models.CharField(max_length=5, choices=Cause.choices, default=Cause.OWN)
    raw_before = tier_reference(null=True)
    raw_after = tier_reference()
    earned_before = tier_reference(null=True)
    earned_after = tier_reference()
    reason = models.CharField(max_length=20, choices=Reason.choices)
    below_since = models.DateField(null=True)
    trailing_revenue = MoneyField()
    cost_to_serve = MoneyField()
    # Codes and numbers, as in TierChange.
    explanation = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "preview"], name="preview_move_once"),
            money_range("trailing_revenue", name="preview_revenue_range"),
            money_range("cost_to_serve", name="preview_cost_range"),
        ]
        indexes = [models.Index(fields=["preview", "way", "id"], name="preview_moves_by_way")]
