from django.db import models

from customers.models import Customer
from firm.models import JobRun
from firm.money import MoneyField, money_range
from tiering.models.standing import Reason, tier_reference


class HeldMove(models.Model):
    """A customer who would have moved in a run that was held for confirmation; nobody did.

    From the tier that holds to the one at the run's end, however many dates it evaluated. The
    numbers follow the reader's interest: downgrades first, the largest revenue first. A run with
    very many movers keeps the first of them; how many there were, and the digest of all, is in the
    job's counts (tiering/engine/breaker.py). `is_foreseen`: listed in the impact preview by which
    the rules were published.
    """

    job = models.ForeignKey(
        JobRun, on_delete=models.PROTECT, related_name="held_moves", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    before = tier_reference()
    after = tier_reference()
    is_down = models.BooleanField()
    is_foreseen = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    trailing_revenue = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "job"], name="held_move_once"),
            money_range("trailing_revenue", name="held_move_revenue_range"),
        ]
        indexes = [models.Index(fields=["job", "id"], name="held_moves_of_job")]
