"""What an hour of each grade costs, and work that is logged already."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from customers.actions.activities import EntryData, record_activity
from customers.actions.cost_rates import remove_cost_rate, set_cost_rate
from customers.models import Activity, ActivitySlice
from firm import jobs
from firm.models import AuditEvent, CostRate, JobRun, User
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, a_closed_month, a_cost_rate, a_customer, a_person

pytestmark = pytest.mark.django_db
JUNE, JULY = datetime.date(2026, 6, 10), datetime.date(2026, 7, 10)
TERMS = {"grade": "主任", "valid_from": "2026-06-01", "direct": "6000", "loaded": "9000"}


@pytest.fixture
def worker(db: None) -> User:
    return a_person("佐藤 花子", cost_grade="主任")


def an_hour(worker: User, day: datetime.date) -> Activity:
    data = EntryData(day=day, minutes=60, cause="in_contract")
    return record_activity(customer=a_customer(), data=data, staff=worker, by=None, now=NOW)


def rated(valid_from: datetime.date, direct: int) -> CostRate:
    """Set by the system, and its job done."""
    rate = set_cost_rate(
        grade="主任",
        valid_from=valid_from,
        direct=Decimal(direct),
        loaded=Decimal(direct * 2),
        by=None,
        now=NOW,
    )
    do_jobs()
    return rate


def do_jobs() -> None:
    for job in JobRun.objects.filter(kind="recost", state="queued"):
        assert jobs.run(job.pk, now=NOW).state == JobRun.State.DONE


def costs() -> list[tuple[Decimal, Decimal | None]]:
    return list(
        ActivitySlice.objects.order_by("day", "activity").values_list("cost", "loaded_cost")
    )


def test_work_logged_before_its_rate_gets_its_cost(worker: User) -> None:
    an_hour(worker, JUNE), an_hour(worker, JULY)
    an_hour(a_person("別の人", cost_grade="部長"), JULY)
    assert costs() == [(0, None)] * 3
    rated(JULY.replace(day=1), 6_000)
    assert costs() == [(0, None), (6_000, 12_000), (0, None)]


def test_a_rate_holds_until_the_next_of_its_grade(worker: User) -> None:
    an_hour(worker, JUNE), an_hour(worker, JULY)
    rated(JULY, 7_000)
    rated(JUNE, 6_000)
    assert [cost for cost, _ in costs()] == [6_000, 7_000]
    rate = rated(JUNE, 6_500)
    assert [cost for cost, _ in costs()] == [6_500, 7_000]
    remove_cost_rate(rate=rate, by=None, now=NOW)
    do_jobs()
    assert costs() == [(0, None), (7_000, 14_000)]


def test_a_closed_month_keeps_what_it_cost_but_not_what_had_no_rate(
    worker: User, back_office: User
) -> None:
    an_hour(worker, JUNE)
    a_closed_month(datetime.date(2026, 6, 1), by=back_office)
    rated(datetime.date(2026, 4, 1), 6_000)
    assert [cost for cost, _ in costs()] == [6_000], "it had no rate at all"
    an_hour(worker, JULY)
    rated(datetime.date(2026, 4, 1), 8_000)
    assert [cost for cost, _ in costs()] == [6_000, 8_000]


def test_only_some_see_and_set_rates(
    client_of: Callable[..., Client], executive: User, section_manager: User
) -> None:
    page = client_of(executive)
    assert page.post("/cost-rates/set/", TERMS).status_code == 302
    assert "6,000" in page.get("/cost-rates/").content.decode()
    assert client_of(section_manager).get("/cost-rates/").status_code == 403
    with pytest.raises(Forbidden):
        remove_cost_rate(rate=CostRate.objects.get(), by=section_manager, now=NOW)
    event = AuditEvent.objects.get(code="cost_rate_set")
    assert event.data == {"grade": "主任", "date": "2026-06-01"}, "auditors may not see amounts"
    page.session["screen_share"] = True
    page.post("/preferences/screen-share/", {"on": "1"})
    assert "6,000" not in page.get("/cost-rates/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"loaded": "5999"},
        {"direct": "-1"},
        {"direct": "NaN"},
        {"direct": "1e99"},
        {"valid_from": "2026-02-31"},
        {"grade": "x" * 41},
        {"grade": " "},
    ],
)
def test_a_rate_that_cannot_be_is_refused(
    client_of: Callable[..., Client], administrator: User, wrong: dict[str, str]
) -> None:
    assert client_of(administrator).post("/cost-rates/set/", TERMS | wrong).status_code == 422
    answer = client_of(administrator).post(
        "/api/v1/cost-rates",
        TERMS | wrong,
        content_type="application/json",
        headers={"Idempotency-Key": "once"},
    )
    assert answer.status_code in (400, 409), answer.content
    assert not CostRate.objects.exists()


def test_the_action_refuses_what_no_form_let_through(worker: User) -> None:
    with pytest.raises(Refused):
        rated(datetime.date(1812, 1, 1), 1)
    with pytest.raises(Refused):
        set_cost_rate(
            grade="主任",
            valid_from=JUNE,
            direct=Decimal("NaN"),
            loaded=Decimal("NaN"),
            by=None,
            now=NOW,
        )


def test_the_api_lists_sets_and_removes(
    client_of: Callable[..., Client], administrator: User
) -> None:
    client = client_of(administrator)
    a_cost_rate("課長")
    answer = client.post("/api/v1/cost-rates", TERMS, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert [rate["grade"] for rate in client.get("/api/v1/cost-rates").json()] == ["主任", "課長"]
    assert client.delete(f"/api/v1/cost-rates/{answer.json()['id']}").status_code == 204
    assert CostRate.objects.get().grade == "課長"
