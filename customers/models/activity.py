"""The service log: what was done for a customer, or who was in touch with whom."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customers.models.contract import Channel, ScopeExtension
from customers.models.customer import Contact, Customer
from customers.models.goal import Goal
from customers.models.goodwill import Investment
from customers.models.imports import Import
from firm.money import MoneyField, money_range

# The other causes say how we account for work among ourselves.
OPEN_CAUSES = ("in_contract", "customer_wish", "incident")


class ActivityQuerySet(models.QuerySet["Activity"]):
    def live(self) -> "ActivityQuerySet":
        """Without the withdrawn ones. Slices are of live entries only."""
        return self.filter(withdrawn_at__isnull=True)

    def shared(self) -> "ActivityQuerySet":
        """What may be read beside a customer."""
        return self.filter(cause__in=OPEN_CAUSES)


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old))
class Activity(models.Model):
    """One piece of work or contact for a customer: an entry of the service log.

    The row is the entry as it stands; what it said before a correction is in its events, one a
    version. Without `started_at` it counts for hours, never for after-hours, frequency or channel.
    """

    class Cause(models.TextChoices):
        IN_CONTRACT = "in_contract", _("In contract")
        CUSTOMER_WISH = "customer_wish", _("Customer's wish")
        OWN_REASON = "own_reason", _("Our own reason")
        INCIDENT = "incident", _("Incident")
        INVESTMENT = "investment", _("Investment")
        SALES = "sales", _("Sales")
        INTERNAL = "internal", _("Internal")

    class Kind(models.TextChoices):
        WORK = "work", _("Work")
        CONTACT = "contact", _("In touch")
        MEETING = "meeting", _("Meeting")
        PROPOSAL = "proposal", _("Proposal")

    class Direction(models.TextChoices):
        IN = "in", _("From the customer")
        OUT = "out", _("From us")

    class Initiator(models.TextChoices):
        CUSTOMER = "customer", _("The customer")
        US = "us", _("We")

    # The foreign keys have no index of their own: Meta's begin with them, or nobody asks so.
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="activities", db_index=False
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="activities",
        db_index=False,
    )
    day = models.DateField()
    started_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveIntegerField()
    cause = models.CharField(max_length=13, choices=Cause.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices, db_default=Kind.WORK)
    channel = models.CharField(max_length=12, choices=Channel.choices, blank=True, db_default="")
    direction = models.CharField(max_length=3, choices=Direction.choices, blank=True, db_default="")
    initiator = models.CharField(max_length=8, choices=Initiator.choices, blank=True, db_default="")
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    # The contract's count or deliverable that this was one of, by its name, and how many.
    work_item = models.CharField(max_length=80, blank=True, db_default="")
    quantity = models.PositiveSmallIntegerField(db_default=1)
    # One conversation: on one day its messages are one contact.
    thread = models.CharField(max_length=120, blank=True, db_default="")
    note = models.CharField(max_length=500, blank=True, db_default="")
    # What it is a part of.
    goal = models.ForeignKey(
        Goal, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    investment = models.ForeignKey(
        Investment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
        db_index=False,
    )
    extension = models.ForeignKey(
        ScopeExtension,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
        db_index=False,
    )
    is_invoiced = models.BooleanField(db_default=False)
    # Where it comes from: "" typed here, else the import's source and its id there.
    source = models.CharField(max_length=40, blank=True, db_default="")
    source_id = models.CharField(max_length=120, blank=True, db_default="")
    import_ref = models.ForeignKey(
        Import,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="activities",
        db_column="import_id",
        db_index=False,
    )
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    version = models.PositiveSmallIntegerField(db_default=1)
    corrected_at = models.DateTimeField(null=True, blank=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True, db_default="")

    objects = ActivityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=24 * 60), name="activity_minutes_range"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=1000), name="activity_quantity_range"
            ),
            models.CheckConstraint(
                condition=Q(version=1, corrected_at__isnull=True)
                | Q(version__gt=1, corrected_at__isnull=False),
                name="activity_corrected_since_version_2",
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=~Q(source_id=""),
                name="activity_source_id_once",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-day"], name="activity_by_customer"),
            models.Index(fields=["staff", "-day"], name="activity_by_staff"),
            # What a source has brought, for the preview of its next file.
            models.Index(
                fields=["source", "day"],
                condition=Q(withdrawn_at__isnull=True) & ~Q(source=""),
                name="activity_live_by_source",
            ),
        ]


class ActivitySlice(models.Model):
    """An activity cut at the firm's midnights and at every change of its UTC offset.

    `start_minute` counts from the firm's midnight, NULL where the entry has no time of day;
    `cost` = minutes x cost rate of the grade on that day x premium factor, direct; `loaded_cost`
    is the same with the overhead, NULL where the firm had no loaded rate.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="slices")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    start_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField()
    cost = MoneyField()
    loaded_cost = MoneyField(null=True, blank=True)

    class Meta:
        constraints = [
            money_range("cost", name="activity_slice_cost_range"),
            money_range("loaded_cost", name="activity_slice_loaded_range"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=24 * 60), name="slice_minutes_range"
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer", "day"], include=["cost"], name="slice_cost_by_customer"
            )
        ]


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old))
class Favor(models.Model):
    """The mark on an entry that this work was given for nothing: goodwill work.

    `usual_price` is net in the base currency. Out of the tier's goodwill budget it does not count
    against the contract's hours.
    """

    activity = models.OneToOneField(Activity, on_delete=models.PROTECT, related_name="favor")
    usual_price = MoneyField()
    why = models.CharField(max_length=200)
    # What kind of thing it was: the same again and again becomes expected.
    category = models.CharField(max_length=80, blank=True)
    customer_knows = models.BooleanField(default=False)
    told = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    from_budget = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            money_range("usual_price", name="favor_price_range"),
            models.CheckConstraint(
                condition=Q(usual_price__gte=0), name="favor_price_not_negative"
            ),
        ]


class QuietWeek(models.Model):
    """Somebody has said that nothing was done for this customer in the week from this Monday."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="quiet_weeks")
    week = models.DateField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "week"], name="quiet_week_once"),
            models.CheckConstraint(
                condition=Q(week__iso_week_day=1), name="quiet_week_starts_on_monday"
            ),
        ]


class ActivityDraft(models.Model):
    """An entry proposed from a calendar or an hours file, until its person ticks it in or leaves
    it out. What was left out is not proposed again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        TAKEN = "taken", _("Recorded")
        LEFT_OUT = "left_out", _("Left out")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="activity_drafts"
    )
    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    started_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    activity = models.ForeignKey(Activity, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "source", "source_id"], name="activity_draft_once"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=24 * 60), name="draft_minutes_range"
            ),
            models.CheckConstraint(
                condition=Q(state="taken", activity__isnull=False)
                | ~Q(state="taken") & Q(activity__isnull=True),
                name="draft_taken_as_an_entry",
            ),
        ]
        ordering = ["day", F("started_at").asc(nulls_first=True), "pk"]


class PurposeReading(models.Model):
    """Who has read which version of what is recorded here, why, and who sees it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="purpose_readings"
    )
    version = models.PositiveSmallIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "version"], name="purpose_read_once")
        ]


class ScopeInquiry(models.Model):
    """A scope check and what it answered: what was asked for, when, and what became of it."""

    class Verdict(models.TextChoices):
        IN_SCOPE = "in_scope", _("In scope")
        ALLOWANCE = "allowance", _("Within the allowance")
        NEEDS_APPROVAL = "needs_approval", _("Needs approval")
        OUT_OF_SCOPE = "out_of_scope", _("Out of scope")
        UNKNOWN = "unknown", _("Not enough is known")

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        DECLINED = "declined", _("Declined")
        LOGGED = "logged", _("Recorded")
        GOODWILL = "goodwill", _("Given as goodwill")
        REQUESTED = "requested", _("Requested")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="scope_inquiries")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField()
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    request = models.CharField(max_length=500, blank=True)  # the customer's own words
    work_item = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=12, choices=Channel.choices, blank=True)
    work_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    verdict = models.CharField(max_length=14, choices=Verdict.choices)
    reasons = models.JSONField(default=list)  # codes and numbers, worded when shown
    outcome = models.CharField(max_length=9, choices=Outcome.choices, default=Outcome.OPEN)
    outcome_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gte=1, minutes__lte=24 * 60 * 31),
                name="inquiry_minutes_range",
            ),
        ]
        indexes = [models.Index(fields=["customer", "-asked_at"], name="inquiry_by_customer")]
