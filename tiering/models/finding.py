"""Flags: where what a customer gets and what was agreed do not fit, in either direction."""

import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer
from firm.models import JobRun
from firm.money import MoneyField, money_range
from firm.scope import Scope
from tiering import visibility


class FindingKind(models.TextChoices):
    """In the order of semantics.md 5; tiering/servicing/kinds.py says what each one measures."""

    HOURS = "hours", _("Hours beyond")
    COUNTS = "counts", _("Counts beyond")
    AFTER_HOURS = "after_hours", _("After hours")
    HOLIDAY = "holiday", _("Holiday work")
    FREQUENCY = "frequency", _("Too many contacts")
    CHANNEL = "channel", _("Channel not in the contract")
    GOODWILL = "goodwill", _("Goodwill beyond the budget")
    NORM_FORMING = "norm_forming", _("Becoming expected")
    EXCLUSION = "exclusion", _("Excluded work")
    REVISIONS = "revisions", _("Revision rounds beyond")
    DEMAND = "demand", _("Growing demand")
    UNUSED_HOURS = "unused_hours", _("Hours not given")
    CONTACT_INTERVAL = "contact_interval", _("Out of touch")
    RESPONSE = "response", _("Late responses")
    COMMITMENT = "commitment", _("Missed commitment")
    UNUSED_BENEFIT = "unused_benefit", _("Unused benefit")
    NO_PROPOSAL = "no_proposal", _("No proposal")


class FindingQuerySet(models.QuerySet["Finding"]):
    def live(self) -> "FindingQuerySet":
        """All that is not resolved; accepted ones included."""
        return self.exclude(state="resolved")

    def open(self) -> "FindingQuerySet":
        """What somebody still has to see to."""
        return self.filter(state__in=["open", "acknowledged", "in_progress"])

    def visible_to(self, scope: Scope, *, on: datetime.date) -> "FindingQuerySet":
        """What this person may see on that day; a view answers 404 for the others."""
        return self.filter(visibility.theirs(scope, on=on))


class Finding(models.Model):
    """A flag: one kind of misfit of one customer, one row for good; its history is in what nights
    saw of it and in the audit.

    What the last night that saw it saw is kept beside it: `quantity` in the unit of its kind, over
    the window `[window_from, window_until)`; `loss` at direct cost and `forgone_fee` at list
    price, which are never added up. A resolved one comes back when what has not been settled
    grows by a fifth of what was.
    """

    Kind = FindingKind

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("flag", "Open")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        IN_PROGRESS = "in_progress", _("In progress")
        RESOLVED = "resolved", _("Resolved")
        ACCEPTED = "accepted", _("Accepted until")

    class Resolution(models.TextChoices):
        BILLED = "billed", _("Billed")
        AMENDED = "amended", _("Contract amended")
        COVERED = "covered", _("Covered by a request")
        PROCESS_FIXED = "process_fixed", _("Our process was mended")
        OUR_MISTAKE = "our_mistake", _("It was our mistake")
        NOT_SO = "false", _("It was not so")
        # By the night alone: the window no longer shows it.
        SUBSIDED = "subsided", _("Subsided")

    class Severity(models.TextChoices):
        LOW = "low", _("Low")
        MID = "mid", _("Middle")
        HIGH = "high", _("High")

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="findings", db_index=False
    )
    kind = models.CharField(max_length=16, choices=FindingKind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    severity = models.CharField(max_length=4, choices=Severity.choices)
    # Hours only: from a single month or a firm's first months, before three months are closed.
    is_preliminary = models.BooleanField(default=False, db_default=False)
    # Opened from what was there before the firm began: nobody is told of it.
    is_past = models.BooleanField(default=False, db_default=False)
    window_from = models.DateField()
    window_until = models.DateField()
    quantity = models.PositiveIntegerField()
    loss = MoneyField()
    forgone_fee = MoneyField()
    opened_on = models.DateField()
    reopened_on = models.DateField(null=True, blank=True)
    resolution = models.CharField(max_length=13, choices=Resolution.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    accepted_until = models.DateField(null=True, blank=True)  # the last day
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    version = models.PositiveIntegerField(default=1)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind"], name="finding_once"),
            models.CheckConstraint(
                condition=Q(window_until__gt=F("window_from")), name="finding_window_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(state="resolved") & ~Q(resolution="")
                | ~Q(state="resolved") & Q(resolution=""),
                name="finding_resolved_somehow",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_until__isnull=False)
                | ~Q(state="accepted") & Q(accepted_until__isnull=True),
                name="finding_accepted_until",
            ),
            money_range("loss", name="finding_loss_range"),
            money_range("forgone_fee", name="finding_forgone_fee_range"),
        ]
        indexes = [
            models.Index(
                fields=["-loss", "-id"], condition=~Q(state="resolved"), name="finding_by_loss"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def last_day(self) -> datetime.date:
        return self.window_until - datetime.timedelta(days=1)


class Observation(models.Model):
    """What a night saw of a flag, append-only: a row where anything but the window changed, and
    one with nothing (quantity 0) where the night saw it no more.

    `values` are codes and numbers of the kind (months, bounds, categories); `evidence` the ids of
    the entries it rests on, the latest first, at most MOST_EVIDENCE of them.
    """

    MOST_EVIDENCE = 300

    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="observations", db_index=False
    )
    job = models.ForeignKey(JobRun, on_delete=models.PROTECT, related_name="+", db_index=False)
    business_date = models.DateField()
    window_from = models.DateField()
    window_until = models.DateField()
    quantity = models.PositiveIntegerField()
    loss = MoneyField()
    forgone_fee = MoneyField()
    values = models.JSONField(default=dict)
    evidence = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [
            money_range("loss", name="observation_loss_range"),
            money_range("forgone_fee", name="observation_forgone_fee_range"),
        ]
        # Asked for is a flag's latest.
        indexes = [models.Index(fields=["finding", "-id"], name="observation_of_finding")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class SettledPart(models.Model):
    """What of a customer's month a resolved flag has settled, in the unit of its kind; later
    windows leave it out. Append-only: what is settled stays so.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="settled_parts", db_index=False
    )
    kind = models.CharField(max_length=16, choices=FindingKind.choices)
    month = models.DateField()
    quantity = models.PositiveIntegerField()
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="settled_parts")
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="settled_part_not_empty"),
            models.CheckConstraint(condition=Q(month__day=1), name="settled_part_month_is_a_first"),
        ]
        indexes = [models.Index(fields=["customer", "kind", "month"], name="settled_part_by_month")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
