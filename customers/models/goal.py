import datetime

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customer import Contact, Customer


class GoalQuerySet(models.QuerySet["Goal"]):
    def open(self) -> "GoalQuerySet":
        return self.filter(state="open")

    def past_review(self, on: datetime.date) -> "GoalQuerySet":
        return self.open().filter(review_on__lt=on)


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old))
class Goal(models.Model):
    """What a customer wants to reach with us: why, and how one will see it. The measure's figures
    are words, as they are said ("1.2%", "3 days").
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        REACHED = "reached", _("Reached")
        DROPPED = "dropped", pgettext_lazy("goal", "Dropped")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="goals")
    purpose = models.CharField(max_length=200)
    measure = models.CharField(max_length=120)
    baseline = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40)
    current = models.CharField(max_length=40, blank=True)
    due_on = models.DateField(null=True, blank=True)
    agreed_with = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    agreed_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(max_length=200, blank=True, db_default="")  # what came of it, or why
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField()

    objects = GoalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_with__isnull=True) | Q(agreed_on__isnull=False),
                name="goal_agreed_on_a_day",
            ),
        ]
