import datetime
from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.imports import Import
from firm.dates import add_months, first_of_month
from firm.money import MoneyField, money_range

# The 24 months of the charts, and before them the longest window that tier rules can have.
MONTHS_OF_FILE = 24 + 60


class RevenueEntryQuerySet(models.QuerySet["RevenueEntry"]):
    def live(self) -> "RevenueEntryQuerySet":
        return self.filter(superseded_by_import__isnull=True)

    def seen_by(self, cutoff: int) -> "RevenueEntryQuerySet":
        """What a run with this cut-off (the highest `Import.applied_no` it saw) read."""
        return self.filter(
            Q(superseded_by_import__isnull=True) | Q(superseded_by_import__applied_no__gt=cutoff),
            import_ref__applied_no__lte=cutoff,
        )

    def months_of_file(
        self, customer_id: int, *, today: datetime.date
    ) -> dict[datetime.date, Decimal]:
        """Net live amounts by the month's first day, of the months that the charts of a
        customer's file are made of; months without any are left out.
        """
        start = add_months(first_of_month(today), -MONTHS_OF_FILE)
        rows = (
            self.live()
            .filter(customer=customer_id, date__gte=start, date__lte=today)
            .annotate(month=TruncMonth("date"))
            .values_list("month")
            .annotate(Sum("amount"))
            .order_by("month")
        )
        return dict(rows)


class RevenueEntry(models.Model):
    """A line of the ledger. Never edited: a correction inserts a row and marks the old one.

    Identity = source + customer + document_no + line_no; without a document number the content
    and `ordinal`, its position among equal lines of its file. `amount` and `cost` are in the
    base currency, net of consumption tax; `original_amount` is as the file said, in `currency`.
    """

    class Kind(models.TextChoices):
        RECURRING = "recurring", _("Recurring")
        ONE_OFF = "one_off", _("One-off")

    # Foreign keys without an index of their own: Meta has narrower ones, and a million lines are
    # imported at once.
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="revenue", db_index=False
    )
    date = models.DateField()
    amount = MoneyField()
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.RECURRING)
    source = models.CharField(max_length=40)
    document_no = models.CharField(max_length=60, blank=True)
    line_no = models.CharField(max_length=20, blank=True)
    ordinal = models.PositiveIntegerField(default=0)
    service = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3)
    original_amount = MoneyField()
    cost = MoneyField(null=True, blank=True)
    import_ref = models.ForeignKey(
        Import,
        on_delete=models.PROTECT,
        related_name="entries",
        db_column="import_id",
        db_index=False,
    )
    superseded_by_import = models.ForeignKey(
        Import,
        null=True,
        on_delete=models.PROTECT,
        related_name="superseded_entries",
        db_index=False,
    )

    objects = RevenueEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "source",
                    "customer",
                    "date",
                    "original_amount",
                    "currency",
                    "kind",
                    "service",
                    "line_no",
                    "ordinal",
                ],
                condition=Q(superseded_by_import__isnull=True, document_no=""),
                name="revenue_live_line_once",
            ),
            models.UniqueConstraint(
                fields=["source", "customer", "document_no", "line_no"],
                condition=Q(superseded_by_import__isnull=True) & ~Q(document_no=""),
                name="revenue_live_document_once",
            ),
            money_range("amount", name="revenue_amount_range"),
            money_range("original_amount", name="revenue_original_range"),
            models.CheckConstraint(
                condition=Q(cost__isnull=True)
                | Q(cost__gte=-999_999_999_999, cost__lte=999_999_999_999),
                name="revenue_cost_range",
            ),
        ]
        indexes = [
            # Both deliver a customer's entries already in order, so the nightly run needs no hash.
            models.Index(
                fields=["customer", "date"],
                include=["amount"],
                condition=Q(superseded_by_import__isnull=True),
                name="revenue_live_by_customer",
            ),
            # What few entries have, read by versions of the rules that ask for it.
            models.Index(
                fields=["customer", "date"],
                include=["amount"],
                condition=Q(superseded_by_import__isnull=True, kind="one_off"),
                name="revenue_live_one_off",
            ),
            models.Index(
                fields=["customer", "date"],
                include=["cost"],
                condition=Q(superseded_by_import__isnull=True, cost__isnull=False),
                name="revenue_live_cost",
            ),
            # What a source has brought, for the preview of its next file.
            models.Index(
                fields=["source", "date"],
                condition=Q(superseded_by_import__isnull=True),
                name="revenue_live_by_source",
            ),
            models.Index(fields=["import_ref"], name="revenue_by_import"),
            models.Index(
                fields=["superseded_by_import"],
                condition=Q(superseded_by_import__isnull=False),
                name="revenue_superseded",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="superseded_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.superseded_by_import_id IS NOT NULL OR OLD.amount <> NEW.amount"
                    " OR OLD.date <> NEW.date OR OLD.customer_id <> NEW.customer_id"
                ),
            ),
        ]


class ExchangeRate(models.Model):
    """Units of the base currency for one unit of `currency` on `date`."""

    currency = models.CharField(max_length=3)
    date = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "date"], name="exchange_rate_once_a_day"),
            models.CheckConstraint(
                condition=Q(rate__gt=0, rate__lte=999_999_999), name="exchange_rate_range"
            ),
        ]
