from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from firm.money import MoneyField, money_range


class CostRate(models.Model):
    """What an hour of one grade costs the firm from `valid_from` on, in the base currency.

    `direct` is pay alone, `loaded` carries the overhead. By grade, never by person.
    """

    grade = models.CharField(max_length=40)
    valid_from = models.DateField()
    direct = MoneyField()
    loaded = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grade", "valid_from"], name="cost_rate_once_a_day"),
            money_range("direct", name="cost_rate_direct_range"),
            money_range("loaded", name="cost_rate_loaded_range"),
        ]
        ordering = ["grade", "-valid_from"]


class Premium(models.Model):
    """What an hour costs more than its rate by when it is worked, from `valid_from` on: per cent
    of the rate. Night adds to the others. Before the first row the standard premiums hold.
    """

    STANDARD: ClassVar = {"after_hours": 25, "holiday": 35, "night": 25}
    MOST = 300

    valid_from = models.DateField(unique=True)
    after_hours = models.PositiveSmallIntegerField()
    holiday = models.PositiveSmallIntegerField()
    night = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(after_hours__lte=300, holiday__lte=300, night__lte=300),
                name="premium_range",
            ),
        ]
        ordering = ["-valid_from"]


class BillRate(models.Model):
    """The firm's list price: what an hour costs a customer from `valid_from` on, net, in the base
    currency, where the contract names no price of its own.
    """

    valid_from = models.DateField(unique=True)
    amount = MoneyField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            money_range("amount", name="bill_rate_range"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bill_rate_positive"),
        ]
        ordering = ["-valid_from"]
