from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from firm.money import MoneyField, money_range


class Activity(models.Model):
    """One piece of work or contact for a customer: an entry of the service log."""

    class Cause(models.TextChoices):
        IN_CONTRACT = "in_contract", _("In contract")
        CUSTOMER_WISH = "customer_wish", _("Customer's wish")
        OWN_REASON = "own_reason", _("Our own reason")
        INCIDENT = "incident", _("Incident")
        INVESTMENT = "investment", _("Investment")
        SALES = "sales", _("Sales")
        INTERNAL = "internal", _("Internal")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="activities")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="activities"
    )
    day = models.DateField()
    started_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveIntegerField()
    cause = models.CharField(max_length=13, choices=Cause.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=24 * 60), name="activity_minutes_range"
            )
        ]
        indexes = [models.Index(fields=["customer", "-day"], name="activity_by_customer")]


class ActivitySlice(models.Model):
    """An activity cut at the firm's midnights and at every change of its UTC offset.

    `start_minute` counts from the firm's midnight, NULL where the entry has no time of day;
    `cost` = minutes x cost rate of the grade on that day x premium factor, direct; `loaded_cost`
    is the same with the overhead, NULL where the firm had no loaded rate.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="slices")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
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
