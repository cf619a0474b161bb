"""What we have promised a customer: contracts, their dated revisions and typed terms."""

import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from firm.models import WorkCalendar
from firm.models.people import DateSpan
from firm.money import LARGEST, MoneyField

MOST_MINUTES = 60 * 24 * 366


class Channel(models.TextChoices):
    """The ways in which a customer and we reach each other."""

    PHONE = "phone", _("Phone")
    MAIL = "mail", _("E-mail")
    TICKET = "ticket", _("Ticket")
    CHAT = "chat", _("Chat")
    PRIVATE_CHAT = "private_chat", _("Private chat")
    VISIT = "visit", _("Visit")
    MEETING = "meeting", _("Meeting")
    OTHER = "other", _("Other way")


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class Contract(models.Model):
    """An agreement with a customer; what it says on a day is its revision of that day."""

    class Template(models.TextChoices):
        MAINTENANCE = "maintenance", _("Maintenance")
        RETAINER = "retainer", _("Retainer")
        MAINTENANCE_TICKETS = "maintenance_tickets", _("Maintenance with production tickets")
        SAAS = "saas", _("SaaS")
        QUASI_MANDATE = "quasi_mandate", _("Work by the hour (quasi-mandate)")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contracts")
    name = models.CharField(_("name"), max_length=120)
    template = models.CharField(max_length=19, choices=Template.choices)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "name"], name="contract_name_once")
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class ContractRevision(models.Model):
    """What the contract says in `[valid_from, valid_to)`. Amounts in the base currency, net.

    Unused time goes into the next month by `carry_over`: not at all, up to `carry_cap` per cent
    of the month's hours for `carry_months` months, or all of it; `carries_deficit` takes overruns
    along, too.
    """

    class CarryOver(models.TextChoices):
        NONE = "none", _("Not carried over")
        CAPPED = "capped", _("Carried over up to a cap")
        ALL = "all", _("All carried over")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    monthly_fee = MoneyField(default=0)
    annual_value = MoneyField(null=True, blank=True)
    price_beyond = MoneyField(null=True, blank=True)  # an hour beyond the contract
    carry_over = models.CharField(max_length=6, choices=CarryOver.choices, default=CarryOver.NONE)
    carry_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    carry_months = models.PositiveSmallIntegerField(null=True, blank=True)
    carries_deficit = models.BooleanField(default=False)
    renews_on = models.DateField(null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)
    # Whether somebody has gone through it with the customer: the expectation sheet.
    explained_on = models.DateField(null=True, blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="revisions_do_not_overlap",
                expressions=[
                    ("contract", RangeOperators.EQUAL),
                    (
                        DateSpan("valid_from", "valid_to", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.UniqueConstraint(fields=["contract", "number"], name="revision_number_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="revision_period_forward",
            ),
            models.CheckConstraint(
                condition=Q(monthly_fee__gte=0, monthly_fee__lte=LARGEST),
                name="revision_fee_range",
            ),
            models.CheckConstraint(
                condition=Q(annual_value__isnull=True)
                | Q(annual_value__gte=0, annual_value__lte=LARGEST),
                name="revision_annual_value_range",
            ),
            models.CheckConstraint(
                condition=Q(price_beyond__isnull=True)
                | Q(price_beyond__gte=0, price_beyond__lte=LARGEST),
                name="revision_price_range",
            ),
            models.CheckConstraint(
                condition=Q(carry_over="capped", carry_cap__isnull=False, carry_cap__lte=1000)
                | ~Q(carry_over="capped") & Q(carry_cap__isnull=True),
                name="revision_cap_goes_with_capped",
            ),
            models.CheckConstraint(
                condition=Q(explained_on__isnull=True, explained_by__isnull=True)
                | Q(explained_on__isnull=False, explained_by__isnull=False),
                name="revision_explained_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["renews_on"],
                condition=Q(renews_on__isnull=False),
                name="revision_by_renewal",
            ),
            models.Index(
                fields=["valid_from"],
                condition=Q(explained_on__isnull=True),
                name="revision_not_explained",
            ),
        ]
        ordering = ["-valid_from"]

    @property
    def last_day(self) -> datetime.date | None:
        return self.valid_to and self.valid_to - datetime.timedelta(days=1)

    @property
    def notice_by(self) -> datetime.date | None:
        """The last day on which notice can be given."""
        if self.renews_on is None or self.notice_days is None:
            return None
        return self.renews_on - datetime.timedelta(days=self.notice_days)


class ScopeTerm(models.Model):
    """One thing a revision includes, limits or leaves out.

    Which of the columns a kind has stands in customers/contracts/kinds.py. `amount` is minutes for
    hours and for the first response (business minutes), else a count; it is per `period` where
    there is one.
    """

    class Kind(models.TextChoices):
        HOURS = "hours", _("Included hours")
        COUNT = "count", _("Included count")
        SUPPORT_HOURS = "support_hours", _("Support hours")
        RESPONSE = "response", _("First response target")
        CHANNEL = "channel", _("Channel")
        CONTACT_MOST = "contact_most", _("Contacts at most")
        CONTACT_LEAST = "contact_least", _("Contacts at least")
        MEETINGS = "meetings", _("Meetings")
        DELIVERABLE = "deliverable", _("Deliverable")
        REVISIONS = "revisions", _("Revision rounds")
        EXCLUSION = "exclusion", _("Not included")

    class Period(models.TextChoices):
        WEEK = "week", _("a week")
        MONTH = "month", _("a month")
        QUARTER = "quarter", _("a quarter")
        HALF = "half", _("a half-year")
        YEAR = "year", _("a year")

    revision = models.ForeignKey(ContractRevision, on_delete=models.CASCADE, related_name="terms")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80, blank=True)
    amount = models.PositiveIntegerField(null=True, blank=True)
    period = models.CharField(max_length=7, choices=Period.choices, blank=True)
    channel = models.CharField(max_length=12, choices=Channel.choices, blank=True)
    # Support hours: whose hours these are, None for the firm's own.
    calendar = models.ForeignKey(
        WorkCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # An emergency is served at any time: beside support hours.
    emergency = models.BooleanField(default=False)
    included = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    excluded = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0, amount__lte=MOST_MINUTES),
                name="scope_term_amount_range",
            ),
            models.UniqueConstraint(
                fields=["revision", "kind"],
                condition=Q(
                    kind__in=[
                        "hours",
                        "support_hours",
                        "response",
                        "contact_most",
                        "contact_least",
                        "revisions",
                    ]
                ),
                name="scope_term_once_a_revision",
            ),
            models.UniqueConstraint(
                fields=["revision", "kind", "name"],
                condition=Q(kind__in=["count", "deliverable", "exclusion", "meetings"]),
                name="scope_term_name_once",
            ),
            models.UniqueConstraint(
                fields=["revision", "channel"],
                condition=Q(kind="channel"),
                name="scope_channel_once",
            ),
        ]
        ordering = ["place", "pk"]


class ScopeExtension(models.Model):
    """More than the contract says, granted for a time: hours or a count in `[starts_on, ends_on)`,
    with what was decided. Written once; a request approved by escalation writes one, too.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="extensions")
    kind = models.CharField(
        max_length=13,
        choices=[
            (ScopeTerm.Kind.HOURS.value, ScopeTerm.Kind.HOURS.label),
            (ScopeTerm.Kind.COUNT.value, ScopeTerm.Kind.COUNT.label),
        ],
    )
    name = models.CharField(max_length=80, blank=True)
    amount = models.PositiveIntegerField()  # minutes, or a count of `name`
    starts_on = models.DateField()
    ends_on = models.DateField()
    reference = models.CharField(max_length=40)  # the request's number, or who agreed to it
    reason = models.CharField(max_length=200)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="extension_period_forward"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=1, amount__lte=MOST_MINUTES), name="extension_amount_range"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
        ordering = ["-starts_on"]

    @property
    def last_day(self) -> datetime.date:
        return self.ends_on - datetime.timedelta(days=1)


class RenewalNotice(models.Model):
    """That people were told of a contract's renewal on `renews_on`, `days` ahead; once each."""

    revision = models.ForeignKey(
        ContractRevision, on_delete=models.PROTECT, related_name="renewal_notices", db_index=False
    )
    renews_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "renews_on", "days"], name="renewal_notice_once"
            )
        ]
