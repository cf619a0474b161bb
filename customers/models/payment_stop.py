import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from customers.models.customer import Customer


class PaymentStopQuerySet(models.QuerySet["PaymentStop"]):
    def in_force(self, date: datetime.date) -> "PaymentStopQuerySet":
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=date), starts_on__lte=date)


class PaymentStop(models.Model):
    """No work on credit for this customer in `[starts_on, ends_on)`: a mark of the back office.

    Without an end it lasts until it is lifted.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payment_stops")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_reason = models.CharField(max_length=200, blank=True)

    objects = PaymentStopQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ends_on__isnull=True), name="one_open_payment_stop"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="payment_stop_period_forward",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="payment_stop_lifted_by_somebody",
            ),
        ]
