import datetime
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from firm.models import JobRun
from firm.money import MoneyField, money_range
from tiering.models.rules import RuleSet, Tier


class Reason(models.TextChoices):
    INITIAL = "initial", _("First evaluation")
    UPGRADED = "upgraded", _("Upgrade")
    UNCHANGED = "unchanged", _("Unchanged")
    NONPOSITIVE = "nonpositive", _("No revenue in the window")
    KEPT_BY_KEEP_BOUND = "kept_by_keep_bound", _("Kept by the keep threshold")
    GRACE = "grace", _("Grace period")
    DOWNGRADED = "downgraded", _("Downgrade")
    PROVISIONAL = "provisional", _("Provisional")
    MINIMUM_TENURE = "minimum_tenure", _("Minimum tenure")


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def real(self) -> "EvaluationQuerySet":
        """Without those made ahead of their business date."""
        return self.filter(is_ahead=False)

    def known_on(self, date: datetime.date) -> "EvaluationQuerySet":
        """Evaluations that were in the books on this day: none of later nights, and a replay
        from the day on which it was made.
        """
        return self.real().filter(known_from__lte=date)

    def latest_for(self, as_of: datetime.date) -> "Evaluation | None":
        """The last one for exactly this date, replays included; a real one before one ahead."""
        return self.filter(as_of=as_of).order_by("is_ahead", "-pk").first()


class Evaluation(models.Model):
    """A pass over all customers for one `as_of`: the first one, or one that changed something.

    `business_date` is the night it belongs to, `known_from` the day from which it counts: the
    same for an ordinary night, the day of its making for a replay. One made ahead, for a night
    still to come, is nobody's standing. `cutoff` is the highest `Import.applied_no` it saw, so
    that its facts can be worked out again.
    """

    job = models.ForeignKey(JobRun, on_delete=models.PROTECT, related_name="evaluations")
    as_of = models.DateField()
    business_date = models.DateField()
    cutoff = models.BigIntegerField()
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="evaluations")
    engine_version = models.CharField(max_length=20)
    known_from = models.DateField()
    is_replay = models.BooleanField(default=False)
    is_ahead = models.BooleanField(default=False)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # Bounds, customers and revenue per tier, movers, totals: tiering/engine/counts.py.
    counts = models.JSONField(default=dict)
    evaluated_at = models.DateTimeField()

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["as_of", "id"], name="evaluation_by_as_of"),
            models.Index(fields=["known_from", "id"], name="evaluation_by_known_from"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete)]


def tier_reference(**kwargs: Any) -> models.ForeignKey:
    """A reference to a tier without an index: nobody looks a row up by it, and every index costs
    the nightly run.
    """
    return models.ForeignKey(
        Tier, on_delete=models.PROTECT, related_name="+", db_index=False, **kwargs
    )


class Standing(models.Model):
    """The engine's state of one customer: where the fold has come to.

    The state before `changed_as_of` is kept beside it, so that another evaluation of the same
    date starts from where the former one started; rows without a change are not written.
    """

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="standing"
    )
    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    raw_tier = tier_reference()
    earned_tier = tier_reference()
    reason = models.CharField(max_length=20, choices=Reason.choices)
    trailing_revenue = MoneyField()
    cost_to_serve = MoneyField(default=0)
    # Facts that differ from those above or are read only where the rules ask for them: net revenue
    # as booked, where one-off entries count less or first months are projected; direct expenses,
    # for a margin guard; what decided, where a group of customers is judged together.
    booked_revenue = MoneyField(null=True)
    expenses = MoneyField(null=True)
    group_revenue = MoneyField(null=True)
    is_dormant = models.BooleanField(default=False, db_default=False)
    # First of the month from which the criteria have not been met; the grace period counts on it.
    below_since = models.DateField(null=True)
    earned_since = models.DateField()
    changed_as_of = models.DateField()
    earned_before = tier_reference(null=True)
    below_since_before = models.DateField(null=True)
    earned_since_before = models.DateField(null=True)

    class Meta:
        constraints = [
            money_range("trailing_revenue", name="standing_revenue_range"),
            money_range("cost_to_serve", name="standing_cost_range"),
            money_range("booked_revenue", name="standing_booked_range"),
            money_range("expenses", name="standing_expenses_range"),
            money_range("group_revenue", name="standing_group_range"),
        ]
        indexes = [
            # The few in their grace period: counted on the list's page, and a list of their own.
            models.Index(
                fields=["below_since", "customer"],
                include=["earned_since", "reason"],
                condition=Q(below_since__isnull=False),
                name="standing_in_grace",
            )
        ]


class TierChange(models.Model):
    """History, append-only: a row where an evaluation changed raw tier, earned tier, reason or
    the beginning of the grace period. What held at a date is the last row at or before it.
    """

    # Found by customer through the unique constraint.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="tier_changes", db_index=False
    )
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="changes")
    as_of = models.DateField()
    raw_tier = tier_reference()
    earned_tier = tier_reference()
    reason = models.CharField(max_length=20, choices=Reason.choices)
    trailing_revenue = MoneyField()
    below_since = models.DateField(null=True)
    earned_since = models.DateField()
    # Codes and numbers: the tier before, the distance up and down (tiering/explanations.py).
    explanation = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "as_of", "evaluation"], name="tier_change_once"
            ),
            money_range("trailing_revenue", name="tier_change_revenue_range"),
            models.CheckConstraint(
                condition=Q(below_since__isnull=True) | Q(below_since__day=1),
                name="below_since_is_a_first",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]
