import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from firm.models.people import DateSpan

HIGHEST = 5


class StrategicScoreQuerySet(models.QuerySet["StrategicScore"]):
    def in_force(self, date: datetime.date) -> "StrategicScoreQuerySet":
        return self.filter(valid_from__lte=date, valid_until__gt=date)


def _score(label: Any, **values: Any) -> models.PositiveSmallIntegerField:
    validators = [MaxValueValidator(HIGHEST)]
    return models.PositiveSmallIntegerField(label, validators=validators, **values)


class StrategicScore(models.Model):
    """How well a customer fits where the firm wants to go, in `[valid_from, valid_until)`.

    Two or three questions, each from 0 to 5; `value` is their mean, to one decimal. Nothing of it
    is edited: a newer score or a withdrawal ends it early, never before that very day.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="strategic_scores"
    )
    alignment = _score(_("Fits our strategy"))
    growth = _score(_("Room to grow"))
    reference = _score(_("Opens doors to others"), null=True, blank=True)
    value = models.DecimalField(max_digits=2, decimal_places=1)
    theme = models.CharField(_("Strategy theme"), max_length=40, blank=True)
    reason = models.CharField(_("Reason"), max_length=200)
    valid_from = models.DateField()
    valid_until = models.DateField()
    scored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    scored_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    objects = StrategicScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_strategic_score_a_day",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    (
                        DateSpan("valid_from", "valid_until", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="strategic_score_period_forward"
            ),
            models.CheckConstraint(
                condition=Q(alignment__lte=HIGHEST, growth__lte=HIGHEST)
                & (Q(reference__isnull=True) | Q(reference__lte=HIGHEST))
                & Q(value__gte=0, value__lte=HIGHEST),
                name="strategic_score_range",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="strategic_score_ended_by_somebody",
            ),
        ]

    def holds_on(self, date: datetime.date) -> bool:
        return self.valid_from <= date < self.valid_until

    @property
    def is_empty(self) -> bool:
        """Replaced or withdrawn on its first day."""
        return self.valid_from == self.valid_until

    @property
    def last_day(self) -> datetime.date:
        return self.valid_until - datetime.timedelta(days=1)


def mean_score(*scores: int | None) -> Decimal:
    """Of those given, to one decimal, halves up."""
    given = [score for score in scores if score is not None]
    return (Decimal(sum(given)) / len(given)).quantize(Decimal("0.1"), ROUND_HALF_UP)
