from django.db import models

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
