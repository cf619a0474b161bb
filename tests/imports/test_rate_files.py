"""Cost rates and list prices by file: seen and brought in by whoever may see them."""

import io
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from customers.actions.activities import EntryData, record_activity
from customers.models import ActivitySlice, Import
from firm import jobs
from firm.models import AuditEvent, BillRate, CostRate, JobRun, User
from tests.factories import NOW, a_cost_rate, a_customer, a_person
from tests.imports.conftest import Written, bring, lines_of, reasons

pytestmark = pytest.mark.django_db

HEADER = "等級,適用開始日,直接原価,間接費込み"
RATES = (
    HEADER,
    '主任,2026/6/1,"6,000",9000',
    "主任,R8.7.1,6500,9750",
    "課長,2026/6/1,8000,12000",
)


def upload(client: Client, kind: str, *lines: str) -> Import:
    """Uploaded on the page and read by the worker."""
    file = io.BytesIO("\n".join(lines).encode())
    file.name = "単価.csv"
    assert client.post("/imports/create/", {"kind": kind, "file": file}).status_code == 302
    import_ = Import.objects.select_related("job").latest("pk")
    assert jobs.run(import_.job.pk, now=NOW).state == JobRun.State.DONE
    import_.refresh_from_db()
    return import_


def test_rates_are_previewed_applied_and_work_is_costed_anew(
    client_of: Callable[..., Client], administrator: User
) -> None:
    worker = a_person("佐藤 花子", cost_grade="主任")
    work = EntryData(day=NOW.date().replace(day=10), minutes=60, cause="in_contract")
    record_activity(customer=a_customer(), data=work, staff=worker, by=None, now=NOW)
    a_cost_rate("主任", valid_from=NOW.date().replace(month=6, day=1), direct=5_000, loaded=9_000)
    client = client_of(administrator)
    import_ = upload(client, "cost_rates", *RATES)
    page = client.get(f"/imports/{import_.pk}/").content.decode()
    for words in ("5,000", "6,000", "9,750", "課長", "誰も使っていない等級"):
        assert words in page
    client.post(f"/imports/{import_.pk}/apply/")
    for job in JobRun.objects.filter(state="queued").order_by("pk"):
        jobs.run(job.pk, now=NOW)
    for job in JobRun.objects.filter(kind="recost", state="queued"):
        jobs.run(job.pk, now=NOW)
    assert CostRate.objects.count() == 3
    assert ActivitySlice.objects.get().cost == Decimal(6_500)
    trail = AuditEvent.objects.filter(code="cost_rate_set")
    assert {event.data["grade"] for event in trail} == {"主任", "課長"}
    assert "6500" not in str([event.data for event in trail])


def test_only_who_may_see_cost_rates_brings_them_in_and_sees_the_import(
    client_of: Callable[..., Client], administrator: User, back_office: User
) -> None:
    desk = client_of(back_office)
    file = io.BytesIO("\n".join(RATES).encode())
    file.name = "単価.csv"
    assert desk.post("/imports/create/", {"kind": "cost_rates", "file": file}).status_code == 422
    import_ = upload(client_of(administrator), "cost_rates", *RATES)
    for path in (f"/imports/{import_.pk}/", f"/api/v1/imports/{import_.pk}"):
        assert desk.get(path).status_code == 404
        assert client_of(administrator).get(path).status_code == 200
    assert desk.post(f"/imports/{import_.pk}/apply/").status_code == 404
    assert "単価.csv" not in desk.get("/imports/").content.decode()
    assert desk.get("/api/v1/imports").json()["results"] == []
    prices = upload(desk, "bill_rates", "適用開始日,1時間の価格", "2026-04-01,12000")
    assert prices.state == Import.State.PREVIEWED, "list prices are the back office's to set"


def test_rates_that_cannot_be_are_refused_by_line(written: Written) -> None:
    import_ = bring(
        "cost_rates",
        written(
            "grade,valid_from,direct,loaded",
            "主任,2026-06-01,6000,5999",
            "主任,2026-07-01,-1,5",
            "主任,2026-06-01,6000,9000",
            ",2026-06-01,1,2",
        ),
    )
    assert reasons(import_) == [
        (2, "loaded", "loaded_below_direct"),
        (3, "direct", "rate_out_of_range"),
        (4, "valid_from", "stands_twice"),
        (5, "grade", "required"),
    ]
    assert not CostRate.objects.exists()


def test_list_prices_are_added_and_corrected(written: Written) -> None:
    bring("bill_rates", written("valid_from,amount", "2026-04-01,12000"))
    again = written("適用開始日,単価", "2026-04-01,12500", "2026-10-01,13000")
    assert lines_of(bring("bill_rates", again).summary["figures"], "added", "changed") == (1, 1)
    assert lines_of(bring("bill_rates", again).summary["figures"], "added", "changed") == (0, 0)
    assert [rate.amount for rate in BillRate.objects.all()] == [13_000, 12_500]
    refused = bring("bill_rates", written("valid_from,amount", "2026-04-01,0"))
    assert reasons(refused) == [(2, "amount", "price_not_positive")]
