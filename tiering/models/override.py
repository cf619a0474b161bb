import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from firm.models.people import DateSpan
from tiering.models.standing import tier_reference

LONGEST_MONTHS = 12


class OverrideQuerySet(models.QuerySet["Override"]):
    def requested(self) -> "OverrideQuerySet":
        return self.filter(state=Override.State.REQUESTED)

    def holding(self, *, since: datetime.date, until: datetime.date) -> "OverrideQuerySet":
        """Approved ones that hold on some day of `[since, until)`."""
        still_held = GreaterThan(Coalesce("ended_on", "ends_on"), Value(since))
        return self.with_end().filter(still_held, state__in=Override.HELD, starts_on__lt=until)

    def in_force(self, date: datetime.date) -> "OverrideQuerySet":
        return self.holding(since=date, until=date + datetime.timedelta(days=1))

    def with_end(self) -> "OverrideQuerySet":
        """With `holds_until`, the first day on which it does not hold any more."""
        return self.annotate(holds_until=Coalesce("ended_on", "ends_on"))


class Override(models.Model):
    """Another tier than the earned one for a customer in `[starts_on, ends_on)`, by decision.

    It holds once approved and until `ended_on` where somebody ended it before its time. The
    evaluation goes on below it and is neither blocked nor changed.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ENDED = "ended", _("Ended early")

    # States of which there was a time in force.
    HELD = (State.APPROVED, State.ENDED)

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="overrides")
    tier = tier_reference()
    # What the customer had earned when it was requested, and then when it was decided.
    earned_tier = tier_reference(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=400)
    state = models.CharField(max_length=9, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    # Ids of the people who are asked to decide; looked up anew at midnight while it waits.
    asked = ArrayField(models.BigIntegerField(), default=list)
    # Who approved, rejected or, being the requester, withdrew it.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=400, blank=True)
    # Put in force by its requester alone, which a firm in trial may allow.
    is_sole = models.BooleanField(default=False)
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    end_note = models.CharField(max_length=400, blank=True)
    # The last warning sent, in days before the end; NULL: none yet.
    warned_days = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_override_at_a_time",
                condition=Q(state__in=["approved", "ended"]),
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    (
                        DateSpan("starts_on", Coalesce("ended_on", "ends_on"), RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state="requested"),
                name="one_override_requested_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="override_period_forward"
            ),
            models.CheckConstraint(
                condition=Q(state="requested", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state="requested") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="override_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected", "ended"])
                | Q(is_sole=True, decided_by=F("requested_by"))
                | Q(is_sole=False) & ~Q(decided_by=F("requested_by")),
                name="override_decided_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(decided_by=F("requested_by")),
                name="override_withdrawn_by_its_requester",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="ended",
                    ended_on__isnull=False,
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                    ended_on__gte=F("starts_on"),
                    ended_on__lte=F("ends_on"),
                )
                | ~Q(state="ended")
                & Q(ended_on__isnull=True, ended_by__isnull=True, ended_at__isnull=True),
                name="override_ended_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-starts_on"], name="override_by_customer"),
            models.Index(fields=["ends_on"], condition=Q(state="approved"), name="override_by_end"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="legal_moves",
                field="state",
                transitions=[
                    ("requested", "approved"),
                    ("requested", "rejected"),
                    ("requested", "withdrawn"),
                    ("approved", "ended"),
                ],
            ),
            pgtrigger.Protect(
                name="decided_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'requested' AND (OLD.customer_id, OLD.tier_id,"
                    " OLD.earned_tier_id, OLD.starts_on, OLD.ends_on, OLD.reason,"
                    " OLD.requested_by_id, OLD.decided_by_id, OLD.decided_at, OLD.is_sole)"
                    " IS DISTINCT FROM (NEW.customer_id, NEW.tier_id, NEW.earned_tier_id,"
                    " NEW.starts_on, NEW.ends_on, NEW.reason, NEW.requested_by_id,"
                    " NEW.decided_by_id, NEW.decided_at, NEW.is_sole)"
                ),
            ),
        ]

    @property
    def until(self) -> datetime.date:
        """The first day on which it does not hold any more."""
        return self.ended_on or self.ends_on

    @property
    def last_day(self) -> datetime.date:
        return self.until - datetime.timedelta(days=1)
