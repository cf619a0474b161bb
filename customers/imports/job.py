"""One import from file to preview, and from preview to ledger, each in one transaction."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from customers.imports import staging
from customers.imports.errors import Unreadable
from customers.imports.kinds import KINDS
from customers.imports.reading import Table, open_table
from customers.imports.work import Work, execute
from customers.models import Import, ImportLine
from firm import audit
from firm.jobs import Lease, finish
from firm.models import JobRun, User

REPORTED_LINES = 10_000  # refused cells that are kept with the import
NAMED_TOTALS = 50
# From so many rows on, tables are vacuumed at once: index-only scans would read the heap.
MANY = 10_000
WRITTEN_TABLES = {
    "customers": ("customers_customer", "customers_customersnapshot"),
    "revenue": ("customers_revenueentry",),
    "activities": ("customers_activity", "customers_activityslice"),
}

Progress = Callable[[float], None]

_NO_HURRY = """
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL work_mem = '64MB';
SET LOCAL jit = off
"""
_KEEP_REFUSED = """
INSERT INTO customers_importline (import_id, line, "column", code, data)
SELECT %(import_id)s, line, name, code, data FROM import_refused ORDER BY line, name
LIMIT %(most)s
"""


@dataclass
class Preview:
    """What a file would do. `summary` goes with the import; `work` is ready to be written,
    or None where something was refused.
    """

    summary: dict[str, Any] = field(default_factory=dict)
    work: Work | None = None


def read(job: JobRun, *, lease: Lease, now: datetime.datetime) -> None:
    """Body of the job `import`: read and check an uploaded file and leave its preview."""
    import_ = Import.objects.select_related("file").get(pk=job.params["import_id"])
    with transaction.atomic():
        preview = examine(
            import_, _stored(import_), by=job.requested_by, now=now, progress=_share_of(lease)
        )
        keep(import_, preview)
        finish(job, now=timezone.now(), counts=_counts(preview))


def apply(job: JobRun, *, lease: Lease, now: datetime.datetime) -> None:
    """Body of the job `import_apply`: write what the preview showed, or show a new preview."""
    with transaction.atomic():
        number = Import.objects.next_applied_no()
        import_ = (
            Import.objects.select_for_update(of=("self",))
            .select_related("file")
            .get(pk=job.params["import_id"])
        )
        promised = import_.summary.get("figures")
        preview = examine(
            import_, _stored(import_), by=job.requested_by, now=now, progress=_share_of(lease)
        )
        is_stale = preview.work is None or preview.summary["figures"] != promised
        if is_stale:
            preview.summary["is_stale"] = True
            keep(import_, preview)
        else:
            write(import_, preview, number=number, by=job.requested_by, now=now)
        finish(job, now=timezone.now(), counts=_counts(preview) | {"is_stale": is_stale})
    if not is_stale:
        tidy(import_)


def examine(
    import_: Import, path: Path, *, by: User | None, now: datetime.datetime, progress: Progress
) -> Preview:
    """Stage, check and plan within the caller's transaction. Nothing but temporary tables is
    written; a file that cannot be read leaves not even these.
    """
    execute(_NO_HURRY)
    preview = Preview()
    try:
        with transaction.atomic():
            _examine(import_, path, preview, by=by, now=now, progress=progress)
    except Unreadable as unreadable:
        preview.work = None
        preview.summary["refusal"] = unreadable.refusal
    return preview


def _examine(
    import_: Import,
    path: Path,
    preview: Preview,
    *,
    by: User | None,
    now: datetime.datetime,
    progress: Progress,
) -> None:
    kind = KINDS[import_.kind]
    table = open_table(path, file_name=import_.file_name, kind=import_.kind)
    try:
        preview.summary.update(_understood(table))
        if import_.strict and table.header.ignored:
            raise Unreadable("unknown_columns", names=table.header.ignored)
        staging.create_tables(import_.kind)
        left_out = staging.fill(table, progress=lambda share: progress(share * 0.6))
    finally:
        table.close()
    preview.summary["left_out"] = left_out | {
        "totals": left_out["totals"][:NAMED_TOTALS],
        "total_count": len(left_out["totals"]),
    }
    work = Work(import_, frozenset(table.header.names), by=by, now=now)
    kind.check(work)
    progress(0.75)
    preview.summary.update(staging.refused_counts())
    if not preview.summary["refused"]:
        preview.summary["figures"] = kind.plan(work)
        preview.work = work
    progress(0.9)


def _understood(table: Table) -> dict[str, Any]:
    return {
        "understood": table.understood | {"header_line": table.header.line},
        "columns": list(table.header.names.items()),
        "ignored": table.header.ignored,
    }


def keep(import_: Import, preview: Preview) -> None:
    """The preview and its refused lines, unless somebody has left the import meanwhile."""
    state = Import.State.PREVIEWED if preview.work else Import.State.REFUSED
    import_.state, import_.summary = state, preview.summary
    kept = (
        Import.objects.filter(pk=import_.pk)
        .exclude(state=Import.State.LEFT)
        .update(state=state, summary=preview.summary)
    )
    if kept and preview.summary.get("refused"):
        ImportLine.objects.filter(import_ref=import_).delete()
        execute(_KEEP_REFUSED, import_id=import_.pk, most=REPORTED_LINES)


def write(
    import_: Import, preview: Preview, *, number: int, by: User | None, now: datetime.datetime
) -> None:
    """Change what the preview shows and number the import as the ledger's latest.

    `number` comes from `next_applied_no` in the same transaction, taken before `examine`, so
    that nobody changes the ledger between looking and writing.
    """
    assert preview.work is not None
    KINDS[import_.kind].write(preview.work)
    import_.state, import_.summary = Import.State.APPLIED, preview.summary
    import_.applied_at, import_.applied_by, import_.applied_no = now, by, number
    import_.save(update_fields=["state", "summary", "applied_at", "applied_by", "applied_no"])
    audit.record(
        "import_applied", by=by, now=now, subject=import_, kind=import_.kind, **_counts(preview)
    )


def tidy(import_: Import) -> None:
    """VACUUM (ANALYZE) after a large import; impossible in a transaction, harmless without the
    right to it.
    """
    figures = import_.summary["figures"]
    written = figures["added"]["lines"] + figures["changed"]["lines"]
    if written < MANY or connection.in_atomic_block:
        return
    for table in WRITTEN_TABLES.get(import_.kind, ()):
        execute(f"VACUUM (ANALYZE) {table}")


def _counts(preview: Preview) -> dict[str, Any]:
    """Lines by what becomes of them, for job and audit."""
    figures = preview.summary.get("figures", {})
    fates = ("added", "changed", "unchanged", "vanished")
    counts = {fate: figures[fate]["lines"] for fate in fates if fate in figures}
    return counts | {"refused": preview.summary.get("refused", 0)}


def _stored(import_: Import) -> Path:
    assert import_.file is not None
    return import_.file.path


def _share_of(lease: Lease) -> Progress:
    return lambda share: lease.progress(int(share * 100), 100)
