import datetime

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from firm.money import MoneyField, money_range

LONGEST_CAP = 60 * 2000


class InvestmentQuerySet(models.QuerySet["Investment"]):
    def open(self) -> "InvestmentQuerySet":
        return self.filter(state="open")

    def overdue(self, on: datetime.date) -> "InvestmentQuerySet":
        """Open although the day of the review has passed."""
        return self.open().filter(review_on__lt=on)


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), exclude=["reminded_of", "escalated_of"])
class Investment(models.Model):
    """Unpaid work on purpose: what is expected of it, at most how much, and when to look at it.

    `cap_minutes` bounds it: what is logged beyond counts against the contract. At the review it
    has paid back, goes on until a new date, or is stopped.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PAID_BACK = "paid_back", _("Paid back")
        STOPPED = "stopped", _("Stopped")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="investments")
    title = models.CharField(max_length=120)
    expectation = models.CharField(max_length=300)
    expected_return = MoneyField(null=True, blank=True)
    cap_minutes = models.PositiveIntegerField()
    starts_on = models.DateField()
    review_on = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    verdict = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The review date that the owner was reminded of, and the one whose passing the manager knows.
    reminded_of = models.DateField(null=True, blank=True)
    escalated_of = models.DateField(null=True, blank=True)

    objects = InvestmentQuerySet.as_manager()

    class Meta:
        constraints = [
            money_range("expected_return", name="investment_return_range"),
            models.CheckConstraint(
                condition=Q(cap_minutes__gte=1, cap_minutes__lte=LONGEST_CAP),
                name="investment_cap_range",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="investment_decided_by_somebody",
            ),
        ]
