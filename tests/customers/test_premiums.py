"""What an hour costs more by when it is worked, and work that is logged already."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from customers.actions.activities import EntryData, record_activity
from customers.actions.premiums import remove_premiums, set_premiums
from customers.models import Activity, ActivitySlice
from firm import jobs
from firm.models import AuditEvent, JobRun, Premium, User
from firm.refusals import Forbidden, Refused
from tests.factories import NOW, a_closed_month, a_cost_rate, a_customer, a_person, some_premiums
from tests.firm.test_business_time import tokyo

pytestmark = pytest.mark.django_db
PAGE, API = "/cost-rates/premiums/", "/api/v1/cost-premiums"
JUNE, JULY = datetime.date(2026, 6, 1), datetime.date(2026, 7, 1)
TERMS = {"valid_from": "2026-07-01", "after_hours": 50, "holiday": 60, "night": 25}


def an_evening(day: datetime.date, *, time: str = "19:00") -> Activity:
    """An hour after hours, of somebody whose hour costs 6,000."""
    data = EntryData(
        day=day,
        minutes=60,
        cause="in_contract",
        started_at=tokyo(f"{day} {time}") if time else None,
    )
    staff = User.objects.filter(cost_grade="主任").first() or a_person(cost_grade="主任")
    return record_activity(customer=a_customer(), data=data, staff=staff, by=None, now=NOW)


def premiums_from(day: datetime.date, after_hours: int, **values: Any) -> Premium:
    """Set by the system, and its job done."""
    made = {"holiday": 35, "night": 25, "by": None, "now": NOW} | values
    premium = set_premiums(valid_from=day, after_hours=after_hours, **made)
    do_jobs()
    return premium


def do_jobs() -> None:
    for job in JobRun.objects.filter(kind="recost", state="queued"):
        assert jobs.run(job.pk, now=NOW).state == JobRun.State.DONE


def costs() -> list[Decimal]:
    return list(ActivitySlice.objects.order_by("day", "activity").values_list("cost", flat=True))


def test_work_that_is_logged_is_costed_anew_until_the_next_premiums() -> None:
    a_cost_rate()
    an_evening(JUNE), an_evening(JULY), an_evening(JULY, time="")
    assert costs() == [7_500, 7_500, 6_000]
    premiums_from(JULY, 100)
    assert costs() == [7_500, 12_000, 6_000]
    june = premiums_from(JUNE, 50)
    assert costs() == [9_000, 12_000, 6_000]
    remove_premiums(premium=june, by=None, now=NOW)
    do_jobs()
    assert costs() == [7_500, 12_000, 6_000]


def test_a_closed_month_keeps_what_it_cost(back_office: User) -> None:
    a_cost_rate()
    an_evening(JUNE), an_evening(JULY)
    a_closed_month(JUNE, by=back_office)
    premiums_from(JUNE, 100)
    assert costs() == [7_500, 12_000]


def test_premiums_of_the_future_cost_nothing_anew() -> None:
    premiums_from(datetime.date(2026, 8, 1), 100)
    assert not JobRun.objects.exists()


def test_only_some_see_and_set_them(client_of, executive: User, section_manager: User) -> None:
    page = client_of(executive)
    assert "35%" in page.get(PAGE).content.decode(), "the standard ones"
    assert page.post(f"{PAGE}set/", TERMS).status_code == 302
    assert "60%" in page.get(PAGE).content.decode()
    assert client_of(section_manager).get(PAGE).status_code == 403
    with pytest.raises(Forbidden):
        remove_premiums(premium=Premium.objects.get(), by=section_manager, now=NOW)
    event = AuditEvent.objects.get(code="premiums_set")
    assert event.data == {"date": "2026-07-01", "after_hours": 50, "holiday": 60, "night": 25}
    assert page.post(f"{PAGE}{Premium.objects.get().pk}/remove/").status_code == 302
    assert not Premium.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"night": "301"}, {"night": "-1"}, {"holiday": "1.5"}, {"after_hours": ""},
     {"valid_from": "2026-02-31"}, {"valid_from": "1812-01-01"}],
)  # fmt: skip
def test_what_cannot_be_is_refused(client_of, administrator: User, wrong: dict[str, str]) -> None:
    client = client_of(administrator)
    assert client.post(f"{PAGE}set/", TERMS | wrong).status_code == 422
    answer = client.post(API, TERMS | wrong, content_type="application/json")
    assert answer.status_code in (400, 409), answer.content
    assert not Premium.objects.exists()


def test_the_action_refuses_what_no_form_let_through() -> None:
    with pytest.raises(Refused, match="300"):
        premiums_from(JULY, 301)
    premiums_from(JULY, 300)  # the negative control: as much as there may be


def test_the_api_lists_sets_and_removes(client_of, administrator: User) -> None:
    client = client_of(administrator)
    some_premiums(valid_from=JUNE)
    answer = client.post(API, TERMS, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert [row["valid_from"] for row in client.get(API).json()] == ["2026-07-01", "2026-06-01"]
    assert client.delete(f"{API}/{answer.json()['id']}").status_code == 204
    assert Premium.objects.get().valid_from == JUNE
