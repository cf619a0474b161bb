"""What a tier brings: service levels by version of the rules, and what of them was used."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from tiering.models.rules import RuleSet, Tier


class Service(models.TextChoices):
    """The closed catalogue of standard services; their values are typed by tiering/catalogue.py."""

    FIRST_RESPONSE = "first_response", _("First response target")
    AFTER_HOURS = "after_hours", _("Outside support hours")
    CONTACT_INTERVAL = "contact_interval", _("Regular contact")
    REVIEW_MEETING = "review_meeting", _("Review meeting")
    PROPOSAL = "proposal", _("Proposal")
    BACKUP = "backup", _("Backup")
    INTERRUPT_MEETINGS = "interrupt_meetings", _("Interrupting meetings")
    GOODWILL_BUDGET = "goodwill_budget", _("Goodwill budget")
    ALLOWANCE_CASE = "allowance_case", _("Pre-approved allowance per case")
    ALLOWANCE_QUARTER = "allowance_quarter", _("Pre-approved allowance per quarter")


class Per(models.TextChoices):
    """Periods of the fiscal year; each begins anew with its first day."""

    QUARTER = "quarter", _("a quarter")
    HALF = "half", _("a half-year")
    YEAR = "year", _("a year")


CHOSEN = (Service.AFTER_HOURS, Service.BACKUP, Service.INTERRUPT_MEETINGS)
COUNTED = (Service.REVIEW_MEETING, Service.PROPOSAL)
# What is used up in the course of a period, besides the firm's own benefits.
USABLE = (*COUNTED, Service.GOODWILL_BUDGET)


class Benefit(models.Model):
    """A benefit of the firm's own, such as 月次紙レポート, that lives on through the versions."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40, blank=True)
    unit = models.CharField(max_length=10, blank=True)
    unit_en = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(code__in=Service.values), name="benefit_is_no_standard_service"
            )
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name

    @property
    def counted_in(self) -> str:
        """The unit in the reader's language; empty for plain times."""
        return self.unit_en if self.unit_en and get_language() == "en" else self.unit


class Offered(models.Model):
    """A standard service, or a benefit of the firm's own: exactly one of them."""

    service = models.CharField(max_length=20, choices=Service.choices, blank=True)
    benefit = models.ForeignKey(
        Benefit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def code(self) -> str:
        """Costs no query for a standard service; select `benefit` with the others."""
        return self.service or self.benefit.code  # type: ignore[union-attr]


ONE_OFFERED = Q(service="", benefit__isnull=False) | Q(
    service__in=Service.values, benefit__isnull=True
)


class ServiceLevel(Offered):
    """What one tier of one version gets of a service; no row means nothing beyond the promise.

    `amount` is in business minutes (first response), weeks (regular contact), minutes (goodwill
    budget and allowances) or times `per` period (meetings, proposals, benefits); `choice` is a
    code of the catalogue.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="service_levels")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveIntegerField(null=True, blank=True)
    choice = models.CharField(max_length=20, blank=True)
    per = models.CharField(max_length=7, choices=Per.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_OFFERED, name="level_of_one_service"),
            models.UniqueConstraint(
                fields=["rule_set", "tier", "service", "benefit"],
                name="service_level_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(service__in=CHOSEN, amount__isnull=True, per="") & ~Q(choice="")
                | (~Q(service__in=CHOSEN) & Q(amount__isnull=False, choice="")),
                name="service_level_chosen_or_measured",
            ),
            models.CheckConstraint(
                condition=Q(service__in=[*COUNTED, ""], per__in=Per.values)
                | (~Q(service__in=[*COUNTED, ""]) & Q(per="")),
                name="service_level_period_where_counted",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=1, amount__lte=100_000),
                name="service_level_amount_range",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_levels_are_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT FROM tiering_ruleset
                                WHERE id IN (OLD.rule_set_id, NEW.rule_set_id)
                                  AND state = 'published') THEN
                        RAISE EXCEPTION 'The service levels of a published version are final.';
                    END IF;
                    RETURN coalesce(NEW, OLD);
                """,
            )
        ]


class BenefitUseQuerySet(models.QuerySet["BenefitUse"]):
    def standing(self) -> "BenefitUseQuerySet":
        """Uses that count: neither taken back nor the taking back of another."""
        return self.filter(reverses__isnull=True, reversed_by__isnull=True)


class BenefitUse(Offered):
    """A benefit given to a customer on a day: so many times, or minutes of the goodwill budget.

    Never edited or deleted; a mistake is taken back by a row that `reverses` it.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="benefit_uses")
    day = models.DateField()
    quantity = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    objects = BenefitUseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=ONE_OFFERED & (Q(benefit__isnull=False) | Q(service__in=[*USABLE])),
                name="use_of_one_benefit",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=100_000), name="benefit_use_range"
            ),
        ]
        indexes = [models.Index(fields=["customer", "-day"], name="benefit_use_by_customer")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
