"""The calendar's and the audit trail's pages."""

import datetime

import pytest
from django.urls import reverse

from firm import audit, queries
from firm.dates import add_months, first_of_month, today
from firm.models import AuditEvent, ClosedMonth, CompanyDay, Department, Holiday
from tests.factories import a_closed_month, a_customer, a_department

pytestmark = pytest.mark.django_db

CALENDAR = "/calendar/"


def last_month() -> datetime.date:
    return add_months(first_of_month(today()), -1)


def test_everybody_reads_the_calendar_without_its_buttons(client_of, account_manager):
    page = client_of(account_manager).get(CALENDAR, {"year": "2026"}).content.decode()
    assert "元日" in page
    assert reverse("firm:add_holiday") not in page
    assert reverse("firm:close_month") not in page


@pytest.mark.parametrize("year", ["0000", "x", "99999", "２０２６", ""])
def test_a_year_that_is_none_shows_this_one(client_of, account_manager, year):
    response = client_of(account_manager).get(CALENDAR, {"year": year})
    assert response.context["year"] == today().year


def test_the_first_month_to_be_closed_is_chosen(client_of, back_office):
    browser = client_of(back_office)
    month = add_months(last_month(), -2)
    assert "first-month" in browser.get(CALENDAR).content.decode()
    browser.post(reverse("firm:close_month"), {"month": month.isoformat()})
    assert ClosedMonth.objects.get().month == month
    assert browser.get(CALENDAR).context["to_close"] == add_months(month, 1)


def test_the_latest_closed_month_can_be_reopened(client_of, back_office, now):
    a_closed_month(last_month(), by=back_office)
    browser = client_of(back_office)
    browser.post(reverse("firm:reopen_month"), {"month": last_month().isoformat()})
    assert ClosedMonth.objects.get().reopened_at is not None


def test_a_month_that_is_not_over_is_refused_with_a_sentence(client_of, back_office):
    browser = client_of(back_office)
    month = first_of_month(today()).isoformat()
    page = browser.post(reverse("firm:close_month"), {"month": month}, follow=True)
    assert "まだ終わっていません" in page.content.decode()
    assert browser.post(reverse("firm:close_month"), {"month": "x"}).status_code == 422


def test_company_days_are_added_and_removed(client_of, back_office):
    browser = client_of(back_office)
    break_ = {"own-first": "2026-08-13", "own-last": "2026-08-14", "own-name": "夏季休業"}
    browser.post(reverse("firm:add_company_days"), break_)
    assert CompanyDay.objects.count() == 2
    browser.post(reverse("firm:remove_company_day", args=[CompanyDay.objects.first().pk]))
    assert CompanyDay.objects.count() == 1


def test_a_break_that_runs_backwards_comes_back_with_the_reason(client_of, back_office):
    break_ = {"own-first": "2026-08-14", "own-last": "2026-08-13", "own-name": "夏季休業"}
    response = client_of(back_office).post(reverse("firm:add_company_days"), break_)
    assert response.status_code == 422
    assert "夏季休業" in response.content.decode()


def test_a_holiday_is_added_once(client_of, administrator):
    browser = client_of(administrator)
    day = {"holiday-day": "2026-06-15", "holiday-name": "県民の日"}
    assert browser.post(reverse("firm:add_holiday"), day).status_code == 302
    assert Holiday.objects.filter(name="県民の日").exists()
    assert browser.post(reverse("firm:add_holiday"), day).status_code == 422


@pytest.fixture
def trail(administrator, auditor, now):
    """Three acts on two days: 15 July by 高橋, 16 July by nobody."""
    audit.record("person_disabled", by=administrator, now=now, subject=auditor)
    audit.record("month_closed", by=administrator, now=now, month="2026-06-01")
    audit.record("person_added", by=None, now=now + datetime.timedelta(days=1), subject=auditor)


def found(browser, **query: str) -> list[str]:
    page = browser.get("/audit/", query)
    return [row["event"].code for row in page.context["rows"]]


def test_the_trail_is_searched_by_act_person_subject_and_day(trail, client_of, auditor):
    browser = client_of(auditor)
    assert found(browser) == ["person_added", "month_closed", "person_disabled"]
    assert found(browser, code="month_closed") == ["month_closed"]
    assert found(browser, person="高橋") == ["month_closed", "person_disabled"]
    assert found(browser, subject=f"user:{auditor.pk}") == ["person_added", "person_disabled"]
    assert found(browser, first="2026-07-16") == ["person_added"]
    assert found(browser, last="2026-07-15") == ["month_closed", "person_disabled"]


def subjects(browser) -> list[str]:
    return [row["subject"] for row in browser.get("/audit/").context["rows"]]


def test_the_trail_names_its_subjects_in_one_question_a_kind(
    client_of, auditor, now, django_assert_num_queries
):
    toto, department = a_customer("東都精機販売"), a_department("営業部")
    for subject in (
        a_closed_month(datetime.date(2026, 5, 1), by=auditor),
        department,
        auditor,
        toto,
    ):
        now += datetime.timedelta(minutes=1)
        audit.record("customer_changed", by=None, now=now, subject=subject)
    browser = client_of(auditor)
    named = subjects(browser)
    assert named[:3] == ["顧客 東都精機販売", f"社員 {auditor.name}", "部署 営業部"]
    assert named[3] == f"月 {ClosedMonth.objects.get().pk}"
    events = [*AuditEvent.objects.all()] * 2
    with django_assert_num_queries(3):
        queries.subject_names(events)


def test_a_subject_that_has_gone_is_named_by_its_number(client_of, auditor, now):
    audit.record("department_added", by=None, now=now, subject=Department(pk=4711))
    assert subjects(client_of(auditor)) == ["部署 4711"]


def test_on_a_shared_screen_the_trail_names_no_customer(client_of, auditor, now):
    toto = a_customer("東都精機販売")
    audit.record("customer_changed", by=None, now=now, subject=toto)
    browser = client_of(auditor)
    browser.post(reverse("firm:screen_share"), {"on": "1"})
    assert subjects(browser) == [f"顧客 {toto.pk}"]
    assert toto.name not in browser.get("/audit/").content.decode()


@pytest.mark.parametrize(
    "query",
    [{"first": "x"}, {"subject": "user:99999999999999999999"}, {"subject": ":"}, {"code": "?"}],
)
def test_a_search_that_cannot_be_read_is_no_error(trail, client_of, auditor, query):
    assert client_of(auditor).get("/audit/", query).status_code == 200


def test_the_trail_goes_on_behind_fifty_acts(client_of, auditor, now):
    for number in range(60):
        audit.record("person_added", by=None, now=now + datetime.timedelta(seconds=number % 3))
    browser = client_of(auditor)
    first = browser.get("/audit/")
    second = browser.get(f"/audit/{first.context['next_url']}")
    shown = [row["event"].pk for page in (first, second) for row in page.context["rows"]]
    assert sorted(shown) == sorted(AuditEvent.objects.values_list("pk", flat=True))
