import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.models import Contract
from firm.models.people import DateSpan


class Tier(models.Model):
    """A service tier that lives on through the versions of the rules: `code` is its identity."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    def in_force(self, date: datetime.date) -> "RuleSet | None":
        """The published version in force on this date, or None."""
        return self.on(date).first()

    def on(self, date: datetime.date) -> "RuleSetQuerySet":
        """The same as rows: at most one."""
        return self.filter(
            Q(effective_until__isnull=True) | Q(effective_until__gt=date),
            state=RuleSet.State.PUBLISHED,
            effective_from__lte=date,
        )


# Rows of a published version: nobody adds, changes or removes one.
_PUBLISHED_ROWS_ARE_FINAL = """
    IF EXISTS (SELECT FROM tiering_ruleset
                WHERE id IN (OLD.rule_set_id, NEW.rule_set_id) AND state = 'published') THEN
        RAISE EXCEPTION 'The rules of a published version are final.';
    END IF;
    RETURN coalesce(NEW, OLD);
"""


class RuleSet(models.Model):
    """A version of the tier rules. Once published nothing of it is edited but its end, and who
    looks after it until which review.

    Scheduled, active and retired are not stored: a published version is scheduled before
    `effective_from`, active in `[effective_from, effective_until)` and retired after it.
    """

    class Method(models.TextChoices):
        THRESHOLD = "threshold", _("Threshold")
        SHARE = "share", _("Share of revenue")

    class WindowEnd(models.TextChoices):
        CLOSED_MONTHS = "closed_months", _("Closed months")
        TO_DATE = "to_date", _("Up to the day")

    class Drop(models.TextChoices):
        TO_RAW = "to_raw", _("To the tier the criteria give")
        ONE_STEP = "one_step", _("One step at a time")

    class Nonpositive(models.TextChoices):
        AT_ONCE = "at_once", _("At once")
        WITH_GRACE = "with_grace", _("With the grace period")

    class MonthClose(models.TextChoices):
        CALENDAR = "calendar", _("At the month's end")
        CLOSED = "closed", _("By the back office only")
        CLOSED_OR_DAY_10 = "closed_or_day_10", _("By the back office, or automatically on the 10th")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        PUBLISHED = "published", _("Published")

    number = models.PositiveIntegerField(null=True, unique=True)
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    method = models.CharField(max_length=9, choices=Method.choices)
    window_months = models.PositiveSmallIntegerField(default=12)
    window_end = models.CharField(
        max_length=13, choices=WindowEnd.choices, default=WindowEnd.CLOSED_MONTHS
    )
    grace_evaluations = models.PositiveSmallIntegerField(default=0)
    drop = models.CharField(max_length=8, choices=Drop.choices, default=Drop.TO_RAW)
    nonpositive = models.CharField(
        max_length=10, choices=Nonpositive.choices, default=Nonpositive.AT_ONCE
    )
    month_close = models.CharField(
        max_length=16, choices=MonthClose.choices, default=MonthClose.CALENDAR
    )
    # Facts. A one-off entry counts by this weight; a customer's first months are told apart by
    # `cold_start_months` (0: everyone is evaluated plainly), and one without an entry for
    # `dormant_after_months` stands outside the total of the share method (0: off).
    one_off_weight = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    cold_start_months = models.PositiveSmallIntegerField(default=0)
    dormant_after_months = models.PositiveSmallIntegerField(default=0)
    minimum_tenure_days = models.PositiveSmallIntegerField(default=0)
    # Every member of a group of customers (parent and children) is judged by the group's sums.
    rolls_up = models.BooleanField(default=False)
    # A run is held for confirmation beyond these, all None where that is off: movers down of all
    # customers in per cent and in number (both must be passed), and by how many per cent entries
    # or their total may fall.
    breaker_down_share = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    breaker_down_count = models.PositiveIntegerField(null=True, blank=True)
    breaker_drop_share = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    note = models.TextField(blank=True)
    effective_from = models.DateField(null=True, blank=True)
    effective_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    # A draft's way to the second person. `authors` are the ids of all who wrote in it, `revision`
    # counts the savings, so that nobody saves over another's work unseen.
    authors = ArrayField(models.BigIntegerField(), default=list, blank=True)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    return_note = models.TextField(blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Rules are looked at anew every half-year: by whom, and by when.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    review_on = models.DateField(null=True, blank=True)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_active_rule_set",
                condition=Q(state="published"),
                expressions=[
                    (
                        DateSpan("effective_from", "effective_until", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(
                    number__isnull=False,
                    effective_from__isnull=False,
                    published_at__isnull=False,
                    published_by__isnull=False,
                ),
                name="published_rule_set_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True)
                | Q(effective_until__gte=F("effective_from")),
                name="rule_set_period_forward",
            ),
            models.CheckConstraint(
                condition=Q(window_months__gte=1, window_months__lte=60),
                name="rule_set_window_range",
            ),
            models.CheckConstraint(
                condition=Q(one_off_weight__gte=0, one_off_weight__lte=1),
                name="rule_set_one_off_weight_range",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_review")
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="reviewed_rule_set_was_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state="draft") | Q(approved_by__isnull=True, approved_at__isnull=True),
                name="approved_rule_set_is_no_draft",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state = 'published' AND (OLD.method, OLD.window_months, OLD.window_end,"
                    " OLD.grace_evaluations, OLD.drop, OLD.nonpositive, OLD.month_close,"
                    " OLD.effective_from, OLD.state, OLD.one_off_weight, OLD.cold_start_months,"
                    " OLD.dormant_after_months, OLD.minimum_tenure_days, OLD.rolls_up,"
                    " OLD.breaker_down_share, OLD.breaker_down_count, OLD.breaker_drop_share)"
                    " IS DISTINCT FROM (NEW.method, NEW.window_months, NEW.window_end,"
                    " NEW.grace_evaluations, NEW.drop, NEW.nonpositive, NEW.month_close,"
                    " NEW.effective_from, NEW.state, NEW.one_off_weight, NEW.cold_start_months,"
                    " NEW.dormant_after_months, NEW.minimum_tenure_days, NEW.rolls_up,"
                    " NEW.breaker_down_share, NEW.breaker_down_count, NEW.breaker_drop_share)"
                ),
            ),
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state = 'published'"),
            ),
        ]


class TierRule(models.Model):
    """One tier of one version: rank 1 is the top, the last has no `enter`.

    `enter` and `keep` are amounts in the base currency (threshold) or per cent (share). A name
    belongs to the tier, not to the version: `name` and `name_en` are what the tier will be called
    from the version's publication on.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="tiers")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="rules")
    rank = models.PositiveSmallIntegerField()
    enter = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    keep = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    instruction = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=40, blank=True)
    name_en = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "rank"], name="rank_once_a_version"),
            models.UniqueConstraint(fields=["rule_set", "tier"], name="tier_once_a_version"),
            models.CheckConstraint(
                condition=Q(enter__isnull=True) | Q(enter__gte=0, enter__lte=999_999_999_999),
                name="tier_rule_enter_range",
            ),
            models.CheckConstraint(
                condition=Q(keep__isnull=True) | Q(keep__gte=0, keep__lte=999_999_999_999),
                name="tier_rule_keep_range",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_tiers_are_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_PUBLISHED_ROWS_ARE_FINAL,
            )
        ]
        ordering = ["rank"]


class TierCriterion(models.Model):
    """What a tier of one version asks for besides its revenue bound, or takes instead of it: a
    closed list of business facts (docs/adr/0004-criteria-beside-revenue.md).

    `enter` and `keep` are in the unit of the fact: base currency, per cent, points from 0 to 5 or
    whole months. A contract type is there or is not: it has neither, and says which in `choice`.
    """

    class Needs(models.TextChoices):
        ALL = "all", _("and besides")
        ANY = "any", _("or instead")

    class Fact(models.TextChoices):
        REVENUE = "revenue", _("Revenue")
        MARGIN = "margin", _("Margin")
        STRATEGIC_FIT = "strategic_fit", _("Strategic fit")
        TENURE = "tenure", _("Months since the start")
        CONTRACT_VALUE = "contract_value", _("Contracted annual value")
        CONTRACT_TYPE = "contract_type", _("Contract type")

    rule = models.ForeignKey(TierRule, on_delete=models.CASCADE, related_name="criteria")
    needs = models.CharField(max_length=3, choices=Needs.choices)
    fact = models.CharField(max_length=14, choices=Fact.choices)
    choice = models.CharField(max_length=19, choices=Contract.Template.choices, blank=True)
    enter = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    keep = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "needs", "fact", "choice"], name="criterion_once_a_tier"
            ),
            models.CheckConstraint(
                condition=Q(fact="contract_type", enter__isnull=True, keep__isnull=True)
                & ~Q(choice="")
                | ~Q(fact="contract_type")
                & Q(choice="", enter__isnull=False, keep__isnull=False, keep__lte=F("enter")),
                name="criterion_bounds_fit_its_fact",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_criteria_are_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT FROM tiering_tierrule tier
                                 JOIN tiering_ruleset version ON version.id = tier.rule_set_id
                                WHERE tier.id IN (OLD.rule_id, NEW.rule_id)
                                  AND version.state = 'published') THEN
                        RAISE EXCEPTION 'The criteria of a published version are final.';
                    END IF;
                    RETURN coalesce(NEW, OLD);
                """,
            )
        ]
        ordering = ["rule", "needs", "pk"]


class GuardRule(models.Model):
    """A fact that limits the tier of one version: below `enter` no customer rises above `cap`,
    below `keep` none stays above it. A closed list of business facts.

    `enter` and `keep` are per cent for the margin and None for the payment stop, which is a dated
    mark on the customer. A blocking guard holds at once and both ways, outside the fold.
    """

    class Fact(models.TextChoices):
        MARGIN = "margin", _("Margin")
        PAYMENT_STOP = "payment_stop", _("Payment stop")

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="guards")
    fact = models.CharField(max_length=12, choices=Fact.choices)
    enter = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    keep = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    cap = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    is_blocking = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "fact"], name="guard_once_a_version"),
            models.CheckConstraint(
                condition=Q(fact="payment_stop", enter__isnull=True, keep__isnull=True)
                | Q(fact="margin", enter__isnull=False, keep__isnull=False, keep__lte=F("enter")),
                name="guard_bounds_fit_its_fact",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_guards_are_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_PUBLISHED_ROWS_ARE_FINAL,
            )
        ]
        ordering = ["fact"]
