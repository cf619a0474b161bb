"""An upload from the page to the ledger: read by a worker, previewed, applied or left."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.actions import apply_import, leave_import, request_import
from customers.models import Import, RevenueEntry
from firm import jobs
from firm.models import JobRun, User
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, a_customer, a_job
from tests.imports.conftest import Written, bring

pytestmark = pytest.mark.django_db
LINES = ("顧客コード,日付,金額,伝票番号", "0001,2026-07-10,1000,A1")


@pytest.fixture
def upload(back_office: User) -> Callable[..., Import]:
    def request(*lines: str, by: User | None = None, **options: Any) -> Import:
        return request_import(
            kind=options.pop("kind", "revenue"),
            file_name="売上.csv",
            chunks=["\n".join(lines).encode()],
            by=by or back_office,
            now=NOW,
            **options,
        )

    return request


def work(import_: Import) -> Import:
    """What a worker does with the import's job."""
    assert import_.job_id is not None
    jobs.run(import_.job_id, now=NOW)
    import_.refresh_from_db()
    return import_


def test_a_preview_changes_nothing_until_it_is_applied(upload, back_office: User) -> None:
    a_customer(code="0001")
    import_ = work(upload(*LINES))
    assert import_.state == Import.State.PREVIEWED
    assert import_.summary["figures"]["added"] == {"lines": 1, "before": "0", "after": "1000"}
    assert not RevenueEntry.objects.exists()
    work(apply_import(import_=import_, by=back_office, now=NOW))
    assert (import_.refresh_from_db(), import_.state) == (None, Import.State.APPLIED)
    assert import_.applied_by == back_office
    assert RevenueEntry.objects.get().amount == 1000


def test_a_refused_file_can_be_left_but_not_applied(upload, back_office: User) -> None:
    import_ = work(upload(*LINES))
    assert import_.state == Import.State.REFUSED
    assert list(import_.refused.values_list("code", flat=True)) == ["unknown_customer"]
    with pytest.raises(Refused):
        apply_import(import_=import_, by=back_office, now=NOW)
    leave_import(import_=import_, by=back_office, now=NOW)
    assert Import.objects.get().state == Import.State.LEFT


def test_what_changed_since_the_preview_is_shown_before_anything_is_written(
    upload, back_office: User, written: Written
) -> None:
    a_customer(code="0001")
    import_ = work(upload(*LINES))
    bring("revenue", written(LINES[0], "0001,2026-07-10,900,A1"))
    work(apply_import(import_=import_, by=back_office, now=NOW))
    import_.refresh_from_db()
    assert import_.state == Import.State.PREVIEWED
    assert import_.summary["is_stale"] is True
    assert import_.summary["figures"]["changed"]["before"] == "900.0000"
    assert RevenueEntry.objects.live().get().amount == 900
    work(apply_import(import_=import_, by=back_office, now=NOW))
    assert RevenueEntry.objects.live().get().amount == 1000


def test_an_import_that_was_left_while_it_was_read_stays_left(upload, back_office: User) -> None:
    a_customer(code="0001")
    import_ = upload(*LINES)
    leave_import(import_=import_, by=back_office, now=NOW)
    assert work(import_).state == Import.State.LEFT


def test_an_import_is_applied_once(upload, back_office: User) -> None:
    a_customer(code="0001")
    import_ = work(upload(*LINES))
    work(apply_import(import_=import_, by=back_office, now=NOW))
    for act in (apply_import, leave_import):
        with pytest.raises(Refused):
            act(import_=import_, by=back_office, now=NOW)


def test_an_apply_that_died_can_be_tried_again(upload, back_office: User) -> None:
    a_customer(code="0001")
    import_ = work(upload(*LINES))
    apply_import(import_=import_, by=back_office, now=NOW)
    with pytest.raises(Refused):
        leave_import(import_=import_, by=back_office, now=NOW)
    dead = a_job("import_apply", state=JobRun.State.FAILED)
    Import.objects.update(job=dead)
    assert apply_import(import_=import_, by=back_office, now=NOW).job != dead


def test_only_people_who_may_import_can_and_people_only_by_an_administrator(
    upload, account_manager: User, administrator: User
) -> None:
    with pytest.raises(Forbidden):
        upload(*LINES, by=account_manager)
    people = ("email,name,role", "new@example.jp,新人,administrator")
    with pytest.raises(Forbidden):
        upload(*people, kind="people")
    assert work(upload(*people, kind="people", by=administrator)).state == Import.State.PREVIEWED


def test_only_revenue_has_a_period_to_replace(upload) -> None:
    with pytest.raises(Refused):
        upload("code,name", "C1,A", kind="customers", replaces=(NOW.date(), NOW.date()))


def test_the_same_file_is_kept_once(upload) -> None:
    first, second = upload(*LINES), upload(*LINES)
    assert first.file == second.file
    assert first.file.path.read_bytes() == "\n".join(LINES).encode()
