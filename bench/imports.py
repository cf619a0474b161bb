"""Goal 10: bringing in a file of the ledger and one of the service log with their per-line
checks, beside a bare COPY of the same lines, already resolved, into the same constrained tables;
and beside django-import-export.

The log's COPY fills both its tables with slices that are cut and costed already; the import cuts
them, by the firm's calendar and by cost rates, which every colleague's grade has here.
"""

import csv
import datetime
import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tablib
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from import_export import fields, resources, widgets

from bench import data
from bench.report import Goal, note, side_by_side, timed
from customers.actions import import_now
from customers.models import Activity, Customer, Import, RevenueEntry
from customers.service_log.slices import write_slices
from firm.dates import firm_date
from firm.files import chunks_of
from firm.models import User

SOURCE = "bench"
TIMES_COPY = 2.0
TIMES_LIBRARY = 20
LIBRARY_LINES = 5_000
ROUNDS = 3
FEWER = 300_000  # lines, from which on one round is enough: what disturbs it lasts less long
DIRECT, LOADED = 6_000, 9_000  # an hour

RATES = """
UPDATE firm_user SET cost_grade = '主任' WHERE cost_grade = '';
INSERT INTO firm_costrate (grade, valid_from, direct, loaded)
VALUES ('主任', '2020-01-01', %(direct)s, %(loaded)s) ON CONFLICT DO NOTHING
"""


class Undone(Exception):
    """Rolls back what was measured, so that every round starts alike."""


def run(customers: int) -> list[Goal]:
    """As many lines as there are customers, in the order of their dates."""
    with data.superuser() as database:
        database.execute(RATES, {"direct": DIRECT, "loaded": LOADED})
    return [goal for measured in (REVENUE, ACTIVITIES) for goal in goals(measured, customers)]


def goals(measured: "Measured", lines: int) -> list[Goal]:
    kind = measured.kind
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "file.csv"
        few = Path(directory) / "few.csv"
        resolved = [Path(directory) / f"{table}.tsv" for table in measured.copies]
        measured.write(file, resolved, lines)
        few.write_text("".join(file.open().readlines()[: LIBRARY_LINES + 1]))
        times = side_by_side(
            {
                "copy": _undone(lambda: _copy(measured, resolved)),
                "import": _undone(lambda: _import(kind, file)),
            },
            rounds=ROUNDS if lines < FEWER else 1,
            before=dict.fromkeys(("copy", "import"), lambda: _vacuum(measured)),
        )
        library = timed(_undone(lambda: _library(measured, few)))
        ours = timed(_undone(lambda: _import(kind, few)))
    note(f"{lines:,} lines of {kind}: COPY {times['copy']:.2f} s, import {times['import']:.2f} s")
    note(f"{LIBRARY_LINES:,} lines: import {ours:.2f} s, django-import-export {library:.2f} s")
    ratio, faster = times["import"] / times["copy"], library / ours
    return [
        Goal("10", f"import of {kind} with a per-line report / COPY", ratio, TIMES_COPY),
        Goal(
            "10", f"django-import-export / import of {kind}", faster, TIMES_LIBRARY, at_least=True
        ),
    ]


def _write_revenue(file: Path, resolved: list[Path], lines: int) -> None:
    """The same lines as a firm has them and as the table takes them."""
    applied = Import.objects.earliest("pk").pk
    with file.open("w", newline="") as out, resolved[0].open("w") as bare:
        writer = csv.writer(out)
        writer.writerow(["customer_code", "date", "amount", "document_no", "service"])
        for number, code, customer, day in _days_of(lines):
            amount = 1_000 + number * 37 % 900_000
            writer.writerow([code, day.isoformat(), amount, f"B{number}", "保守料"])
            bare.write(
                f"{customer}\t{day}\t{amount}\trecurring\t{SOURCE}\tB{number}\t\t0\t保守料\tJPY"
                f"\t{amount}\t{applied}\n"
            )


def _write_activities(file: Path, resolved: list[Path], lines: int) -> None:
    """Half an hour each, in the afternoon, and the one slice that each has."""
    applied = Import.objects.earliest("pk").pk
    staff = dict(User.objects.exclude(email=None).order_by("pk")[:100].values_list("email", "pk"))
    emails = list(staff)
    # The first id that the table would give; COPY tells the ids, as the slices must name them.
    following = (Activity.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    header = "customer_code,staff,started_at,minutes,channel,cause,work_item,source_id"
    with (
        file.open("w", newline="") as out,
        resolved[0].open("w") as entries,
        resolved[1].open("w") as slices,
    ):
        writer = csv.writer(out)
        writer.writerow(header.split(","))
        for number, code, customer, day in _days_of(lines):
            email, start = emails[number % len(emails)], 13 * 60 + number % 240
            began = f"{day}T{start // 60:02}:{start % 60:02}:00+09:00"
            told = ["phone", "customer_wish", "軽微な修正", f"B{number}"]
            writer.writerow([code, email, began, 30, *told])
            pk = following + number
            entries.write(
                f"{pk}\t{customer}\t{staff[email]}\t{day}\t{began}\t30\t{told[0]}\t{told[1]}"
                f"\t{told[2]}\t{SOURCE}\t{told[3]}\t{applied}\n"
            )
            slices.write(
                f"{pk}\t{customer}\t{day}\t{start}\t30\t{DIRECT / 2:.4f}\t{LOADED / 2:.4f}\n"
            )


def _days_of(lines: int) -> Iterator[tuple[int, str, int, datetime.date]]:
    """(number, code, customer, day) of each line, over the last year."""
    ids = dict(Customer.objects.order_by("pk")[:lines].values_list("code", "pk"))
    codes = list(ids)
    first = data.LAST_DAY - datetime.timedelta(days=365)
    for number in range(lines):
        code = codes[number * 7919 % len(codes)]
        yield number, code, ids[code], first + datetime.timedelta(days=number * 365 // lines)


def _undone(work: Callable[[], object]) -> Callable[[], None]:
    """The work with the foreign keys checked as a commit would, and then rolled back."""

    def measured() -> None:
        try:
            with transaction.atomic():
                work()
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                raise Undone
        except Undone:
            pass

    return measured


def _vacuum(measured: "Measured") -> None:
    with data.superuser() as database:
        for table in measured.copies:
            database.execute(f"VACUUM {table}")


def _copy(measured: "Measured", resolved: list[Path]) -> None:
    with connection.cursor() as cursor:
        for (table, columns), lines in zip(measured.copies.items(), resolved, strict=True):
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for chunk in chunks_of(lines):
                    copy.write(chunk)


def _import(kind: str, file: Path) -> None:
    import_, _refused = import_now(kind=kind, path=file, by=None, now=data.NOW, source=SOURCE)
    assert import_.state == Import.State.APPLIED, import_.summary


class EntryResource(resources.ModelResource):
    """As its documentation advises for many rows: in bulk, without a report of its own."""

    customer = fields.Field(
        column_name="customer_code",
        attribute="customer",
        widget=widgets.ForeignKeyWidget(Customer, field="code"),
    )

    class Meta:
        model = RevenueEntry
        fields = ("customer", "date", "amount", "document_no", "service")
        import_id_fields = ("customer", "document_no")
        use_bulk = True
        skip_diff = True

    def get_queryset(self) -> QuerySet[RevenueEntry]:
        """Where its look-up of each line finds the index of live documents."""
        return RevenueEntry.objects.live().filter(source=SOURCE, line_no="").exclude(document_no="")

    def before_save_instance(self, instance: RevenueEntry, row: Any, **kwargs: Any) -> None:
        instance.source, instance.currency = SOURCE, "JPY"
        instance.original_amount = instance.amount
        instance.import_ref_id = Import.objects.values_list("pk", flat=True).first()

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Leaves out its resetting of the sequence, for which the worker has no right."""


class ActivityResource(resources.ModelResource):
    """The same way; the slices, which the library knows nothing of, are left to our own SQL."""

    customer = fields.Field(
        column_name="customer_code",
        attribute="customer",
        widget=widgets.ForeignKeyWidget(Customer, field="code"),
    )
    staff = fields.Field(
        column_name="staff",
        attribute="staff",
        widget=widgets.ForeignKeyWidget(User, field="email"),
    )
    started_at = fields.Field(
        column_name="started_at",
        attribute="started_at",
        widget=widgets.DateTimeWidget(format="%Y-%m-%dT%H:%M:%S%z"),
    )

    class Meta:
        model = Activity
        fields = (
            "customer", "staff", "started_at", "minutes", "channel", "cause", "work_item",
            "source_id",
        )  # fmt: skip
        import_id_fields = ("source_id",)
        use_bulk = True
        skip_diff = True

    def get_queryset(self) -> QuerySet[Activity]:
        return Activity.objects.filter(source=SOURCE).exclude(source_id="")

    def before_save_instance(self, instance: Activity, row: Any, **kwargs: Any) -> None:
        assert instance.started_at is not None
        instance.source, instance.day = SOURCE, firm_date(instance.started_at)
        instance.recorded_at, instance.version = data.NOW, 1

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        write_slices(Activity.objects.filter(source=SOURCE))


def _library(measured: "Measured", few: Path) -> None:
    lines = tablib.Dataset().load(io.StringIO(few.read_text()), format="csv")
    result = measured.resource().import_data(lines, raise_errors=True)
    assert result.totals["new"] == len(lines)


@dataclass(frozen=True)
class Measured:
    """A kind of file; `copies` has the columns of each table that the bare COPY fills, and
    `write` makes the file and the lines of these tables.
    """

    kind: str
    copies: dict[str, str]
    write: Callable[[Path, list[Path], int], None]
    resource: type[resources.ModelResource]


REVENUE = Measured(
    "revenue",
    {
        "customers_revenueentry": "customer_id, date, amount, kind, source, document_no, line_no,"
        " ordinal, service, currency, original_amount, import_id",
    },
    _write_revenue,
    EntryResource,
)
ACTIVITIES = Measured(
    "activities",
    {
        "customers_activity": "id, customer_id, staff_id, day, started_at, minutes, channel,"
        " cause, work_item, source, source_id, import_id",
        "customers_activityslice": "activity_id, customer_id, day, start_minute, minutes, cost,"
        " loaded_cost",
    },
    _write_activities,
    ActivityResource,
)
