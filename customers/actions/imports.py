"""Imports from request to ledger. The work itself is customers/imports."""

import datetime
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actions.cost_rates import check_can_edit_cost_rates
from customers.imports import job
from customers.imports.period import check_period
from customers.models import Import
from customers.service_log.entries import check_source
from firm import audit, files
from firm.actions import check_can_edit_prices
from firm.dates import firm_date
from firm.jobs import request_job
from firm.models import JobRun, StoredFile, User
from firm.refusals import Forbidden, Refused
from firm.roles import Right
from firm.scope import scope_of

Period = tuple[datetime.date, datetime.date]


def check_can_import(*, kind: str, by: User | None, now: datetime.datetime) -> None:
    """`by=None` is the command line. A file of people gives posts and one of cost rates shows what
    people cost, so these need their own rights, too.
    """
    if by is None:
        return
    scope = scope_of(by, on=firm_date(now))
    if not scope.may(Right.IMPORT):
        raise Forbidden(_("Only the back office or an administrator may import."))
    if kind == Import.Kind.PEOPLE and not scope.may(Right.EDIT_PEOPLE):
        raise Forbidden(_("Only an administrator may import people: the file gives posts."))
    if kind == Import.Kind.COST_RATES:
        check_can_edit_cost_rates(by=by, now=now)
    if kind == Import.Kind.BILL_RATES:
        check_can_edit_prices(by=by, now=now)


def check_can_apply(*, import_: Import, by: User | None, now: datetime.datetime) -> None:
    """Also once more after an attempt that died."""
    check_can_import(kind=import_.kind, by=by, now=now)
    if import_.state == Import.State.REFUSED:
        raise Refused(_("This file was refused. Correct it and upload it again."))
    if import_.state == Import.State.PREVIEWED or (
        import_.state == Import.State.APPLYING and _job_is_dead(import_)
    ):
        return
    raise Refused(_("This import is not waiting to be applied."))


def check_can_leave(*, import_: Import, by: User | None, now: datetime.datetime) -> None:
    check_can_import(kind=import_.kind, by=by, now=now)
    if import_.state == Import.State.APPLIED:
        raise Refused(_("This import is applied. Import a corrected file to change it."))
    if import_.state == Import.State.LEFT:
        raise Refused(_("This import was already discarded."))
    if import_.state == Import.State.APPLYING and not _job_is_dead(import_):
        raise Refused(_("This import is being applied right now."))


def _job_is_dead(import_: Import) -> bool:
    return import_.job is not None and import_.job.state == JobRun.State.FAILED


@transaction.atomic
def request_import(
    *,
    kind: str,
    file_name: str,
    chunks: Iterable[bytes],
    by: User | None,
    now: datetime.datetime,
    source: str = "",
    replaces: Period | None = None,
    strict: bool = False,
) -> Import:
    """Keep the file and let a worker read it. `replaces` is half-open and for some kinds only."""
    check_can_import(kind=kind, by=by, now=now)
    import_ = _new_import(
        kind=kind,
        file=files.store(chunks, now=now),
        file_name=file_name,
        by=by,
        now=now,
        source=source,
        replaces=replaces,
        strict=strict,
    )
    import_.job = request_job(kind="import", by=by, now=now, params={"import_id": import_.pk})
    import_.save(update_fields=["job"])
    return import_


def _new_import(
    *,
    kind: str,
    file: StoredFile | None,
    file_name: str,
    by: User | None,
    now: datetime.datetime,
    source: str,
    replaces: Period | None,
    strict: bool,
) -> Import:
    if replaces is not None:
        if not Import.Kind(kind).has_periods:
            raise Refused(_("Only revenue and the service log have a period to replace."))
        check_period(*replaces)
    if len(source.strip()) > 40:
        raise Refused(_("The name of a source has at most 40 characters."))
    if kind == Import.Kind.ACTIVITIES:
        check_source(source.strip())
    replace_from, replace_until = replaces or (None, None)
    return Import.objects.create(
        kind=kind,
        source=source.strip() or "default",
        file=file,
        file_name=Path(file_name).name[-200:],
        replace_from=replace_from,
        replace_until=replace_until,
        strict=strict,
        created_by=by,
        created_at=now,
    )


@transaction.atomic
def apply_import(*, import_: Import, by: User | None, now: datetime.datetime) -> Import:
    """Let a worker write what the preview shows."""
    import_ = _locked(import_)
    check_can_apply(import_=import_, by=by, now=now)
    import_.state = Import.State.APPLYING
    import_.job = request_job(kind="import_apply", by=by, now=now, params={"import_id": import_.pk})
    import_.save(update_fields=["state", "job"])
    return import_


@transaction.atomic
def leave_import(*, import_: Import, by: User | None, now: datetime.datetime) -> None:
    """Nothing of it is applied; the row and its file stay."""
    import_ = _locked(import_)
    check_can_leave(import_=import_, by=by, now=now)
    import_.state = Import.State.LEFT
    import_.save(update_fields=["state"])
    audit.record("import_left", by=by, now=now, subject=import_, kind=import_.kind)


def _locked(import_: Import) -> Import:
    return Import.objects.select_for_update(of=("self",)).select_related("job").get(pk=import_.pk)


class DryRun(Exception):
    """Undoes what `import_now` did once its preview is there."""


def import_now(
    *,
    kind: str,
    path: Path,
    by: User | None,
    now: datetime.datetime,
    source: str = "",
    replaces: Period | None = None,
    strict: bool = False,
    dry_run: bool = False,
) -> tuple[Import, list[tuple[int, str, str, dict[str, object]]]]:
    """Read, check and write a file here and now, in one transaction, for the command line.

    Returns the import and its refused cells as (line, column, code, data). A refused file leaves
    its import row behind, a dry run nothing.
    """
    check_can_import(kind=kind, by=by, now=now)
    try:
        with transaction.atomic():
            number = Import.objects.next_applied_no()
            import_ = _new_import(
                kind=kind,
                file=None if dry_run else files.store(files.chunks_of(path), now=now),
                file_name=path.name,
                by=by,
                now=now,
                source=source,
                replaces=replaces,
                strict=strict,
            )
            preview = job.examine(import_, path, by=by, now=now, progress=lambda share: None)
            job.keep(import_, preview)
            refused = list(import_.refused.values_list("line", "column", "code", "data"))
            if dry_run:
                raise DryRun
            if preview.work is not None:
                job.write(import_, preview, number=number, by=by, now=now)
    except DryRun:
        return import_, refused
    if import_.state == Import.State.APPLIED:
        job.tidy(import_)
    return import_, refused
