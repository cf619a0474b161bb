"""The pages and the API of work calendars."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from firm.business_time import Hours
from firm.dates import add_months, first_of_month, today
from firm.hours import in_words, read, written
from firm.models import CalendarDayOff, CompanyDay, Firm, WorkCalendar
from tests.factories import a_closed_month
from tests.firm.test_ics import a_file

pytestmark = pytest.mark.django_db

ONE_DAY = datetime.timedelta(days=1)
SUPPORT = {
    "hours": dict.fromkeys(["mon", "tue", "wed", "thu", "fri"], "10:00-18:00"),
    "country": "JP",
}


@pytest.fixture
def office() -> WorkCalendar:
    return WorkCalendar.objects.get(is_firms=True)


@pytest.fixture
def support(client_of, back_office) -> WorkCalendar:
    """Weekdays 10 to 18, by the page."""
    days = {f"hours_{number}": "１０：００〜１８：００" for number in range(5)}
    facts = {"name": "サポート窓口", "zone": "Asia/Tokyo", "country": "jp"}
    response = client_of(back_office).post(
        reverse("firm:create_calendar"), {**facts, **days, "off_on_company_days": "on"}
    )
    assert response.status_code == 302
    return WorkCalendar.objects.get(name="サポート窓口")


def page_of(calendar: WorkCalendar) -> str:
    return reverse("firm:work_calendar", args=[calendar.pk])


def a_new_version(**changed: str) -> dict[str, str]:
    return {
        "version-effective_from": (today() + ONE_DAY).isoformat(),
        "version-hours_0": "09:00-12:00, 13:00-17:00",
        "version-breaks_0": "10:30-10:45",
        "version-country": "",
        **changed,
    }


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("", ()),
        ("09:00-18:00", (Hours(540, 1080),)),
        ("9時〜18時", (Hours(540, 1080),)),
        ("９：３０－１８：００", (Hours(570, 1080),)),
        ("13:00-18:00、9:00–12:00", (Hours(540, 720), Hours(780, 1080))),
        ("22:00-6:00", (Hours(1320, 360),)),
        ("0:00-24:00", (Hours(0, 1440),)),
    ],
)
def test_hours_are_read_as_people_type_them(typed, hours):
    assert read(typed) == hours
    assert read(written(hours)) == hours


@pytest.mark.parametrize(
    "typed", ["nine to five", "9-18:99", "9:00-9:00", "9:00-25:00", "9:00-12:00, 11:00-13:00"]
)
def test_what_is_no_hours_is_refused(typed):
    with pytest.raises(ValueError, match=r"."):
        read(typed)


def test_hours_are_said_in_words():
    assert in_words((Hours(1320, 360), Hours(0, 1440))) == "22:00〜翌06:00、終日"
    assert in_words(()) == "休み"


def test_everybody_reads_and_tries_a_calendar_without_its_buttons(
    client_of, account_manager, office
):
    page = client_of(account_manager).get(page_of(office)).content.decode()
    assert "月〜金" in page
    assert "09:00〜18:00" in page
    assert reverse("firm:add_shift", args=[office.pk]) not in page


def test_an_hour_before_the_week_end_is_due_on_monday(client_of, account_manager, support):
    tried = {"due-start": "2026-07-10T17:50", "due-minutes": "60", "due-direction": "on"}
    response = client_of(account_manager).get(page_of(support), tried)
    assert response.context["due"].at == datetime.datetime(2026, 7, 13, 10, 50)
    assert [stretch.minutes for stretch in response.context["due"].stretches] == [10, 50]
    assert "07/13（月） 10:50" in response.content.decode()


def test_a_clock_is_tried_backwards(client_of, account_manager, support):
    tried = {"due-start": "2026-07-13T10:50", "due-minutes": "60", "due-direction": "back"}
    response = client_of(account_manager).get(page_of(support), tried)
    assert response.context["due"].at == datetime.datetime(2026, 7, 10, 17, 50)


def test_an_evening_is_divided(client_of, account_manager, support):
    tried = {"split-start": "2026-07-21T17:30", "split-end": "2026-07-21T19:15"}
    response = client_of(account_manager).get(page_of(support), tried)
    assert response.context["split"][:3] == (30, 75, 0)


@pytest.mark.parametrize(
    "tried",
    [
        {"due-start": "soon", "due-minutes": "60"},
        {"due-start": "2026-07-10T17:50", "due-minutes": "-1"},
        {"due-start": "0001-01-01T00:00", "due-minutes": "1"},
        {"split-start": "2026-07-10T17:50", "split-end": "2028-07-10T17:50"},
        {"split-start": "2026-07-10T17:50"},
    ],
)
def test_what_cannot_be_tried_comes_back_with_the_reason(client_of, account_manager, office, tried):
    response = client_of(account_manager).get(page_of(office), tried)
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()


def test_a_new_version_is_noted_and_removed(client_of, back_office, support):
    browser = client_of(back_office)
    address = reverse("firm:add_calendar_version", args=[support.pk])
    assert browser.post(address, a_new_version()).status_code == 302
    page = browser.get(page_of(support)).content.decode()
    assert "09:00〜12:00、13:00〜17:00（休憩 10:30〜10:45）" in page
    version = support.versions.latest("effective_from")
    browser.post(reverse("firm:remove_calendar_version", args=[support.pk, version.pk]))
    assert support.versions.count() == 1


def test_a_version_that_makes_no_sense_comes_back_as_typed(client_of, back_office, support):
    browser = client_of(back_office)
    address = reverse("firm:add_calendar_version", args=[support.pk])
    wrong = browser.post(address, a_new_version(**{"version-hours_1": "9-18-20"}))
    assert wrong.status_code == 422
    assert "9-18-20" in wrong.content.decode()
    empty = browser.post(address, a_new_version(**{"version-hours_0": ""}))
    assert "少なくとも1つの曜日" in empty.content.decode()
    Firm.objects.update(went_live_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    past = browser.post(address, a_new_version(**{"version-effective_from": "2026-01-02"}))
    assert past.status_code == 422
    assert "過ぎた日" in past.content.decode()
    assert support.versions.count() == 1


def test_a_half_day_and_a_day_off_are_entered_and_taken_back(client_of, back_office, support):
    browser, day = client_of(back_office), (today() + 7 * ONE_DAY).isoformat()
    shift = {"shift-day": day, "shift-spans": "10-13", "shift-name": "半日営業"}
    address = reverse("firm:add_shift", args=[support.pk])
    assert browser.post(address, shift).status_code == 422
    browser.post(address, {**shift, "shift-spans": "10:00-13:00"})
    off = {"off-first": day, "off-name": "青葉の休み"}
    browser.post(reverse("firm:add_days_off", args=[support.pk]), off)
    page = browser.get(page_of(support)).content.decode()
    assert "半日営業" in page
    assert "青葉の休み" in page
    browser.post(reverse("firm:remove_shift", args=[support.pk, support.shifts.get().pk]))
    browser.post(reverse("firm:remove_day_off", args=[support.pk, support.days_off.get().pk]))
    assert not support.shifts.exists()
    assert not support.days_off.exists()


def test_what_belongs_to_another_calendar_is_not_found(client_of, back_office, support, office):
    version = support.versions.get().pk
    address = reverse("firm:remove_calendar_version", args=[office.pk, version])
    assert client_of(back_office).post(address).status_code == 404


def upload(browser, data: bytes, **whose: object):
    file = SimpleUploadedFile("days.ics", data, "text/calendar")
    return browser.post(reverse("firm:read_days"), {"file": file, **whose})


def test_a_file_of_days_is_ticked_in_for_the_firm(client_of, back_office):
    browser, day = client_of(back_office), today() + 30 * ONE_DAY
    CompanyDay.objects.create(day=day, name="もうある日")
    data = a_file(
        f"SUMMARY:もうある日\nDTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"SUMMARY:創立 記念日\nDTSTART;VALUE=DATE:{day + ONE_DAY:%Y%m%d}",
        "SUMMARY:会議\nDTSTART:20260813T010000Z",
    )
    page = upload(browser, data)
    assert page.context["found"].timed == 1
    assert [known for _day, _name, known in page.context["rows"]] == [True, False]
    assert CompanyDay.objects.count() == 1
    ticked = {"day": [f"{day + ONE_DAY} 創立 記念日", f"{day + 2 * ONE_DAY} 振替"]}
    answer = browser.post(reverse("firm:add_days"), ticked, follow=True)
    assert "休業日を2日追加しました" in answer.content.decode()
    assert CompanyDay.objects.get(day=day + ONE_DAY).name == "創立 記念日"


def test_a_file_of_days_is_ticked_in_for_a_customers_calendar(client_of, back_office, support):
    browser, day = client_of(back_office), today() + 30 * ONE_DAY
    page = upload(browser, a_file(f"DTSTART;VALUE=DATE:{day:%Y%m%d}"), calendar=support.pk)
    assert page.context["calendar"] == support
    browser.post(reverse("firm:add_days"), {"calendar": support.pk, "day": [f"{day} 休"]})
    assert CalendarDayOff.objects.get().calendar == support


@pytest.mark.parametrize("ticked", [[], ["tomorrow 休"], ["2026-02-30 休"], ["9999-12-31 休"]])
def test_days_that_are_none_are_not_added(client_of, back_office, ticked):
    answer = client_of(back_office).post(reverse("firm:add_days"), {"day": ticked}, follow=True)
    assert "何も追加しませんでした" in answer.content.decode()
    assert not CompanyDay.objects.exists()


def test_a_file_that_is_no_calendar_is_refused_with_a_sentence(client_of, back_office):
    answer = upload(client_of(back_office), b"name,day\n")
    assert answer.status_code == 422
    assert ".ics" in answer.content.decode()


def test_the_calendar_pages_ask_no_more_for_more_versions(
    client_of, back_office, support, django_assert_max_num_queries
):
    browser = client_of(back_office)
    for step in range(1, 6):
        since = {"version-effective_from": (today() + step * ONE_DAY).isoformat()}
        browser.post(
            reverse("firm:add_calendar_version", args=[support.pk]), a_new_version(**since)
        )
    a_closed_month(add_months(first_of_month(today()), -1), by=back_office)
    for page in (page_of(support), reverse("firm:calendar")):
        with django_assert_max_num_queries(12):
            browser.get(page)


# --- The API -----------------------------------------------------------------------------------


def test_the_api_adds_a_calendar_and_a_version_and_shows_both(client_of, back_office):
    browser = client_of(back_office)
    body = {**SUPPORT, "name": "API", "zone": "Asia/Tokyo"}
    made = browser.post("/api/v1/calendars", body, content_type="application/json")
    assert made.status_code == 201
    address = f"/api/v1/calendars/{made.json()['id']}"
    version = {**SUPPORT, "effective_from": "2027-04-01", "breaks": {"mon": "12:00-13:00"}}
    answer = browser.post(f"{address}/versions", version, content_type="application/json")
    assert answer.status_code == 201
    shown = browser.get(address).json()
    assert [row["effective_from"] for row in shown["versions"]] == ["2015-01-01", "2027-04-01"]
    assert shown["versions"][1]["breaks"]["mon"] == "12:00-13:00"
    assert [row["name"] for row in browser.get("/api/v1/calendars").json()["results"]] == [
        "API",
        "会社の営業時間",
    ]


def test_the_api_refuses_what_the_page_refuses(client_of, back_office, account_manager):
    body = {**SUPPORT, "name": "会社の営業時間", "zone": "Asia/Tokyo"}
    browser = client_of(back_office)
    answer = browser.post("/api/v1/calendars", body, content_type="application/json")
    assert answer.status_code == 409
    body["hours"] = {"mon": "all day"}
    answer = browser.post("/api/v1/calendars", body, content_type="application/json")
    assert answer.status_code == 400


def test_the_api_says_when_something_is_due_and_how_work_divides(
    client_of, account_manager, support
):
    browser, address = client_of(account_manager), f"/api/v1/calendars/{support.pk}"
    asked = {"start": "2026-07-10T17:50:00+09:00", "minutes": "60"}
    assert browser.get(f"{address}/due", asked).json() == {"due": "2026-07-13T10:50:00+09:00"}
    asked = {"start": "2026-07-13T01:50:00+00:00", "minutes": "-60"}
    assert browser.get(f"{address}/due", asked).json() == {"due": "2026-07-10T17:50:00+09:00"}
    worked = {"start": "2026-07-21T17:30+09:00", "end": "2026-07-21T19:15+09:00"}
    found = browser.get(f"{address}/split", worked).json()
    assert found == {"inside": 30, "outside": 75, "holiday": 0}
    for wrong in ({}, {"start": "2026-07-10T17:50:00", "minutes": "60"}):
        assert browser.get(f"{address}/due", wrong).status_code == 400
    seconds = {"start": "2026-07-21T17:30:30+09:00", "end": "2026-07-21T19:15+09:00"}
    assert browser.get(f"{address}/split", seconds).status_code == 400
