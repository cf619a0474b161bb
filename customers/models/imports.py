import datetime

from django.conf import settings
from django.db import connection, models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from firm.models import JobRun, StoredFile
from firm.roles import Right
from firm.scope import Scope

# Any number that nothing else locks with: it serializes the applying of imports.
LEDGER_LOCK = 7_205_001


class ImportQuerySet(models.QuerySet["Import"]):
    def next_applied_no(self) -> int:
        """The number for an import that is being applied; call it inside that transaction.

        It holds the ledger's lock until the commit, so the numbers rise in the order of the
        commits: whoever sees number n sees all before it, and "up to n" is a sound cut-off.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
        return (self.aggregate(last=Max("applied_no"))["last"] or 0) + 1

    def visible_to(self, scope: Scope) -> "ImportQuerySet":
        """Previews of cost rates name them: these imports are for whoever may see the rates."""
        hidden = [] if scope.may(Right.COST_RATES) else [Import.Kind.COST_RATES]
        return self.exclude(kind__in=hidden)


class Import(models.Model):
    """One file brought in: read and previewed in the background, then applied or left.

    `summary` holds what was understood (encoding, separator, header line, columns, ignored
    columns) and the counts and sums the preview shows. `applied_no` is the ledger's cut-off mark:
    an import is applied later than it was created, so ids say nothing about what a run saw.
    """

    class Kind(models.TextChoices):
        CUSTOMERS = "customers", _("Customers")
        PEOPLE = "people", _("People")
        CONTACTS = "contacts", _("Contacts")
        REVENUE = "revenue", _("Revenue")
        RATES = "rates", _("Exchange rates")
        CONTRACTS = "contracts", _("Contracts")
        ACTIVITIES = "activities", _("Service log")
        COST_RATES = "cost_rates", _("Cost rates")
        BILL_RATES = "bill_rates", _("List prices")

        @property
        def has_periods(self) -> bool:
            """Whether a file can replace a period of its source."""
            return self in (Import.Kind.REVENUE, Import.Kind.ACTIVITIES)

    class State(models.TextChoices):
        READING = "reading", _("Reading")
        PREVIEWED = "previewed", _("Ready to apply")
        APPLYING = "applying", _("Being applied")
        REFUSED = "refused", _("Refused")
        APPLIED = "applied", _("Applied")
        LEFT = "left", _("Discarded")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=40, default="default")
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200, blank=True)
    replace_from = models.DateField(null=True, blank=True)
    replace_until = models.DateField(null=True, blank=True)
    strict = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.READING)
    summary = models.JSONField(default=dict)
    job = models.ForeignKey(JobRun, null=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_no = models.PositiveBigIntegerField(null=True, blank=True, unique=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(replace_from__isnull=True, replace_until__isnull=True)
                | Q(replace_from__isnull=False, replace_until__isnull=False),
                name="import_replaces_a_whole_period",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied")
                | Q(applied_at__isnull=False, applied_no__isnull=False),
                name="applied_import_has_a_moment",
            ),
        ]

    @property
    def replaces(self) -> tuple[datetime.date, datetime.date] | None:
        """The half-open period `[from, until)` whose missing entries are retired."""
        if self.replace_from is None or self.replace_until is None:
            return None
        return self.replace_from, self.replace_until


class ImportLine(models.Model):
    """A refused line: where, why (code + data), and what stood there."""

    import_ref = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="refused", db_column="import_id"
    )
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=40)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["line", "id"]
        indexes = [models.Index(fields=["import_ref", "line"], name="import_line_by_import")]
