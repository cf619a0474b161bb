"""Goal 10: bringing in a ledger file with its per-line checks, beside a bare COPY of the same
lines, already resolved, into the same constrained table; and beside django-import-export.
"""

import csv
import datetime
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tablib
from django.db import connection, transaction
from django.db.models import QuerySet
from import_export import fields, resources, widgets

from bench import data
from bench.report import Goal, note, side_by_side, timed
from customers.actions import import_now
from customers.models import Customer, Import, RevenueEntry
from firm.files import chunks_of

SOURCE = "bench"
HEADER = ["customer_code", "date", "amount", "document_no", "service"]
TIMES_COPY = 2.0
TIMES_LIBRARY = 20
LIBRARY_LINES = 5_000
ROUNDS = 3
COPY = """
COPY customers_revenueentry (customer_id, date, amount, kind, source, document_no, line_no, ordinal,
                             service, currency, original_amount, import_id)
FROM STDIN
"""


class Undone(Exception):
    """Rolls back what was measured, so that every round starts alike."""


def run(customers: int) -> list[Goal]:
    """As many lines as there are customers, in the order of their dates."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "ledger.csv"
        few = Path(directory) / "few.csv"
        resolved = Path(directory) / "resolved.tsv"
        _write(file, resolved, customers)
        few.write_text("".join(file.open().readlines()[: LIBRARY_LINES + 1]))
        times = side_by_side(
            {
                "copy": _undone(lambda: _copy(resolved)),
                "import": _undone(lambda: _import(file)),
            },
            rounds=ROUNDS,
            before={"copy": _vacuum, "import": _vacuum},
        )
        library = timed(_undone(lambda: _library(few)))
        ours = timed(_undone(lambda: _import(few)))
    note(f"{customers:,} lines: COPY {times['copy']:.2f} s, import {times['import']:.2f} s")
    note(f"{LIBRARY_LINES:,} lines: import {ours:.2f} s, django-import-export {library:.2f} s")
    ratio = times["import"] / times["copy"]
    return [
        Goal("10", "import with a per-line report / COPY", ratio, TIMES_COPY),
        Goal("10", "django-import-export / import", library / ours, TIMES_LIBRARY, at_least=True),
    ]


def _write(file: Path, resolved: Path, lines: int) -> None:
    """The same lines as a firm has them and as the table takes them."""
    ids = dict(Customer.objects.order_by("pk")[:lines].values_list("code", "pk"))
    codes = list(ids)
    first = data.LAST_DAY - datetime.timedelta(days=365)
    applied = Import.objects.earliest("pk").pk
    with file.open("w", newline="") as out, resolved.open("w") as bare:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for number in range(lines):
            code = codes[number * 7919 % len(codes)]
            day = first + datetime.timedelta(days=number * 365 // lines)
            amount = 1_000 + number * 37 % 900_000
            writer.writerow([code, day.isoformat(), amount, f"B{number}", "保守料"])
            bare.write(
                f"{ids[code]}\t{day}\t{amount}\trecurring\t{SOURCE}\tB{number}\t\t0\t保守料\tJPY"
                f"\t{amount}\t{applied}\n"
            )


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


def _vacuum() -> None:
    with data.superuser() as database:
        database.execute("VACUUM customers_revenueentry")


def _copy(resolved: Path) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for chunk in chunks_of(resolved):
            copy.write(chunk)


def _import(file: Path) -> None:
    import_, _refused = import_now(kind="revenue", path=file, by=None, now=data.NOW, source=SOURCE)
    assert import_.state == Import.State.APPLIED


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


def _library(few: Path) -> None:
    lines = tablib.Dataset().load(io.StringIO(few.read_text()), format="csv")
    result = EntryResource().import_data(lines, raise_errors=True)
    assert result.totals["new"] == LIBRARY_LINES
