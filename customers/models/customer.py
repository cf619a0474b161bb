"""Customers, and which of them a person may open: everybody signed in has the card; the file is
for the owner, the backup, their superiors and the roles that see all files (firm/scope.py).
"""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.grams import Grams
from firm.models import Department
from firm.money import MoneyField, money_range
from firm.scope import Scope


def _theirs(scope: Scope) -> Q:
    if scope.sees_all_files:
        return Q()
    return Q(owner_id__in=scope.people) | Q(backup_id__in=scope.people)


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, scope: Scope) -> Self:
        """Customers whose file this person may read; a view answers 404 for the others."""
        return self.filter(_theirs(scope))

    def active(self) -> Self:
        return self.filter(status="active")


class SnapshotQuerySet(models.QuerySet["CustomerSnapshot"]):
    def visible_to(self, scope: Scope) -> Self:
        """Rows whose file, and so whose revenue, this person may read."""
        return self.filter(_theirs(scope))

    def active(self) -> Self:
        return self.filter(status="active")

    def card_only(self, scope: Scope) -> Self:
        """The other rows: names and tiers, no money."""
        if scope.sees_all_files:
            return self.none()
        return self.exclude(_theirs(scope))


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class Customer(models.Model):
    """A firm we serve. Text is stored as typed; the keys for finding live in the snapshot."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        INACTIVE = "inactive", _("Inactive")

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_kana = models.CharField(_("name in kana"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=80, blank=True)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="customers"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned_customers",
    )
    backup = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="backed_customers",
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    started_on = models.DateField(_("customer since"), null=True, blank=True)
    ended_on = models.DateField(_("customer until"), null=True, blank=True)
    closing_day = models.CharField(_("closing day"), max_length=20, blank=True)
    payment_terms = models.CharField(_("payment terms"), max_length=80, blank=True)
    corporate_number = models.CharField(_("corporate number"), max_length=13, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="customer_is_not_its_own_parent",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
                name="customer_period_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent())
class Contact(models.Model):
    """A person at the customer's, with the phones one calls them on."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120)
    name_kana = models.CharField(_("name in kana"), max_length=120, blank=True)
    department = models.CharField(_("department"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    mobile = models.CharField(_("mobile"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    key_person = models.BooleanField(_("key person"), default=False)
    decider = models.BooleanField(_("decides"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "name"], name="contact_once_per_customer")
        ]
        ordering = ["-decider", "-key_person", "id"]


class CustomerSnapshot(models.Model):
    """What lists and search read: one narrow row a customer, so that filtering and sorting need
    one table. Written by customers.actions in the transaction that changes the customer, and in
    its tier and money columns by the nightly run. Never read for a decision.
    """

    class TierSource(models.TextChoices):
        EARNED = "earned", _("Earned")
        OVERRIDE = "override", _("Manual override")
        PAYMENT_STOP = "payment_stop", _("Payment stop")

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="snapshot"
    )
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    # For sorting by name without ICU: folded kana, or the folded name where there is no kana.
    sort_key = models.CharField(max_length=200, db_collation="C")
    # Folded code, name, kana and phone digits, separated by spaces (firm/text.py).
    search_key = models.TextField(db_collation="C")
    # Without indexes of their own: those of the lists begin with them.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    backup = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(max_length=8)
    # Written by the nightly run; rank 1 is the top. NULL: not evaluated yet.
    tier_rank = models.PositiveSmallIntegerField(null=True)
    earned_rank = models.PositiveSmallIntegerField(null=True)
    # Where `tier_rank` comes from, and the first day on which that does not hold any more.
    # Written with what changes it, and at local midnight (tiering/in_force.py).
    tier_source = models.CharField(
        max_length=12, choices=TierSource.choices, db_default=TierSource.EARNED
    )
    tier_until = models.DateField(null=True)
    in_grace = models.BooleanField(default=False)
    trailing_revenue = MoneyField(default=0)
    cost_to_serve = MoneyField(default=0)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            money_range("trailing_revenue", name="snapshot_revenue_range"),
            money_range("cost_to_serve", name="snapshot_cost_range"),
        ]
        # For every order the list has, an index that delivers it and holds beside it what the
        # filters ask for, so that a page's keys are read from the index alone. The owner's and
        # the backup's carry the other orders, too: one person's customers are soon sorted.
        indexes = [
            models.Index(
                fields=["-trailing_revenue", "-customer"],
                include=["tier_rank", "department", "status", "owner", "backup"],
                name="snapshot_revenue",
            ),
            models.Index(
                fields=["sort_key", "customer"],
                include=["tier_rank", "department", "status", "owner", "backup"],
                name="snapshot_kana",
            ),
            models.Index(
                fields=["code", "customer"],
                include=["tier_rank", "department", "status", "owner", "backup"],
                name="snapshot_code",
            ),
            models.Index(
                fields=["tier_rank", "-trailing_revenue", "-customer"],
                include=["department", "status", "owner", "backup"],
                name="snapshot_tier",
            ),
            models.Index(
                fields=["tier_rank", "sort_key", "customer"],
                include=["department", "status", "owner", "backup"],
                name="snapshot_tier_kana",
            ),
            models.Index(
                fields=["sort_key", "customer"],
                condition=Q(tier_rank__isnull=True),
                name="snapshot_unranked",
            ),
            # The few whose tier is not the earned one.
            models.Index(
                fields=["customer"],
                condition=~Q(tier_source="earned"),
                name="snapshot_not_earned",
            ),
            models.Index(
                fields=["owner", "-trailing_revenue", "-customer"],
                include=["sort_key", "code", "tier_rank", "department", "status", "backup"],
                name="snapshot_owner",
            ),
            models.Index(
                fields=["backup", "-trailing_revenue", "-customer"],
                include=["sort_key", "code", "tier_rank", "department", "status", "owner"],
                name="snapshot_backup",
            ),
            models.Index(
                fields=["department", "-trailing_revenue", "-customer"], name="snapshot_department"
            ),
            models.Index(
                fields=["-trailing_revenue", "-customer"],
                condition=Q(status="inactive"),
                name="snapshot_inactive",
            ),
            models.Index(
                fields=["sort_key", "customer"],
                condition=Q(status="inactive"),
                name="snapshot_inactive_kana",
            ),
            models.Index(
                fields=["code", "customer"],
                condition=Q(status="inactive"),
                name="snapshot_inactive_code",
            ),
            models.Index(
                fields=["tier_rank", "sort_key", "customer"],
                condition=Q(status="inactive"),
                name="snapshot_inactive_tier",
            ),
        ]


class SearchKey(models.Model):
    """The snapshot's search key once more, under the two indexes that find rare text.

    Apart from the snapshot, because these indexes cost ten times as much as any other, and the
    nightly run, which writes the snapshot's tiers and amounts, would pay for them.
    """

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    search_key = models.TextField(db_collation="C")

    class Meta:
        indexes = [
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="search_key_trigrams"),
            GinIndex(Grams("search_key"), name="search_key_grams"),
        ]
