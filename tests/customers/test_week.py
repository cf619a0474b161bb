"""The weekly sheet: what it saves, what it leaves alone, what it refuses."""

import datetime
from typing import Any

import pytest
from django.urls import reverse

from customers.actions.activities import EntryData, read_purpose, record_activity
from customers.actions.week import Wish, save_week
from customers.models import Activity, ActivitySlice, QuietWeek
from customers.service_log.purpose import VERSION
from customers.service_log.week import hours_text, sheet_of
from customers.service_log.week_form import BadHours, read_hours
from firm.actions import add_calendar_version, add_company_days
from firm.business_time import Week
from firm.dates import today as firm_today
from firm.models import WorkCalendar
from firm.refusals import Refused
from firm.scope import scope_of
from firm.work_calendars import OFFICE
from tests.factories import a_customer

pytestmark = pytest.mark.django_db

MONDAY = datetime.date(2026, 7, 13)
TUESDAY = datetime.date(2026, 7, 14)
SAVE, COPY, ADD = (reverse(f"customers:log-week-{act}") for act in ("save", "copy", "add"))


@pytest.fixture(autouse=True)
def everybody_has_read(account_manager, section_manager, stranger, now):
    for person in (account_manager, section_manager, stranger):
        read_purpose(version=VERSION, by=person, now=now)


@pytest.fixture
def customer(account_manager):
    return a_customer("青葉商事", code="K-0001", owner=account_manager)


def a_wish(customer, minutes, *, day=MONDAY, cause="in_contract", was="in_contract") -> Wish:
    return Wish(customer=customer.pk, day=day, cause=cause, minutes=minutes, was=was)


def entries(**values: Any) -> list[tuple]:
    live = Activity.objects.live().filter(**values).order_by("day", "pk")
    return list(live.values_list("day", "cause", "minutes", "source"))


def typed(customer, cells: dict[int, str], *, cause="in_contract", shown="0,0,0,0,0,0,0", **more):
    """The form for one row as the browser sends it: by the weekday's number."""
    key = f"{customer.pk}-in_contract"
    hours = {f"hours-{key}-{place}": text for place, text in cells.items()}
    return {
        "week": MONDAY.isoformat(),
        "shown": f"{key}={shown}",
        f"cause-{key}": cause,
        **hours,
        **more,
    }


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", 0),
        ("0", 0),
        ("1", 60),
        ("1.5", 90),
        ("1,25", 75),
        (".25", 15),
        ("0.75h", 45),
        ("1:30", 90),
        ("1時間30分", 90),
        ("１．５", 90),
        ("2時間", 120),
        ("24", 1440),
    ],
)
def test_hours_are_read_as_people_write_them(text, minutes):
    assert read_hours(text) == minutes


@pytest.mark.parametrize("text", ["0.3", "1:10", "24.25", "25", "-1", "1e3", "１日", "1:75", "x"])
def test_what_is_no_quarter_hour_is_not_guessed(text):
    with pytest.raises(BadHours):
        read_hours(text)


def test_a_cell_becomes_an_entry_without_a_time_of_day(account_manager, customer, now):
    save_week(week=MONDAY, wishes=[a_wish(customer, 90)], by=account_manager, now=now)
    entry = Activity.objects.get()
    assert (entry.day, entry.minutes, entry.started_at) == (MONDAY, 90, None)
    assert (entry.staff, entry.source) == (account_manager, "grid")
    assert ActivitySlice.objects.get().minutes == 90


def test_the_same_week_sent_twice_is_saved_once(account_manager, customer, now):
    for _time in range(2):
        save_week(week=MONDAY, wishes=[a_wish(customer, 90)], by=account_manager, now=now)
    assert entries() == [(MONDAY, "in_contract", 90, "grid")]
    assert Activity.objects.get().version == 1


def test_another_figure_corrects_the_entry_and_none_withdraws_it(account_manager, customer, now):
    for minutes in (90, 120, 0, 45):
        save_week(week=MONDAY, wishes=[a_wish(customer, minutes)], by=account_manager, now=now)
    assert entries() == [(MONDAY, "in_contract", 45, "grid")]
    assert Activity.objects.get(withdrawn_at__isnull=False).version == 2


def test_what_was_logged_in_other_ways_is_counted_in_and_stays(account_manager, customer, now):
    data = EntryData(day=MONDAY, minutes=50, cause="in_contract", note="電話")
    record_activity(customer=customer, data=data, by=account_manager, now=now)
    save_week(week=MONDAY, wishes=[a_wish(customer, 75)], by=account_manager, now=now)
    assert entries() == [(MONDAY, "in_contract", 50, ""), (MONDAY, "in_contract", 25, "grid")]


def test_a_cell_cannot_go_below_what_was_logged_in_other_ways(account_manager, customer, now):
    data = EntryData(day=MONDAY, minutes=60, cause="in_contract")
    record_activity(customer=customer, data=data, by=account_manager, now=now)
    wishes = [a_wish(customer, 120, day=TUESDAY), a_wish(customer, 30)]
    with pytest.raises(Refused, match=r"青葉商事.*1 h"):
        save_week(week=MONDAY, wishes=wishes, by=account_manager, now=now)
    assert entries() == [(MONDAY, "in_contract", 60, "")]


def test_another_cause_of_a_row_corrects_its_entries(account_manager, customer, now):
    save_week(week=MONDAY, wishes=[a_wish(customer, 60)], by=account_manager, now=now)
    moved = a_wish(customer, 60, cause="customer_wish")
    save_week(week=MONDAY, wishes=[moved], by=account_manager, now=now)
    assert entries() == [(MONDAY, "customer_wish", 60, "grid")]
    assert Activity.objects.get().version == 2


def test_a_row_that_moves_is_added_to_the_one_that_stands_there(account_manager, customer, now):
    both = [a_wish(customer, 60), a_wish(customer, 30, cause="own_reason", was="own_reason")]
    save_week(week=MONDAY, wishes=both, by=account_manager, now=now)
    moved = a_wish(customer, 60, cause="own_reason")
    save_week(week=MONDAY, wishes=[moved], by=account_manager, now=now)
    assert entries() == [(MONDAY, "own_reason", 90, "grid")]


def test_a_day_in_the_future_is_refused_and_nothing_is_saved(account_manager, customer, now):
    friday = MONDAY + datetime.timedelta(days=4)
    wishes = [a_wish(customer, 60), a_wish(customer, 60, day=friday)]
    with pytest.raises(Refused, match="青葉商事"):
        save_week(week=MONDAY, wishes=wishes, by=account_manager, now=now)
    assert not entries()


def test_another_persons_customer_is_refused(stranger, customer, now):
    with pytest.raises(Refused):
        save_week(week=MONDAY, wishes=[a_wish(customer, 60)], by=stranger, now=now)


def test_nothing_this_week_holds_until_something_is_logged(account_manager, customer, now):
    save_week(week=MONDAY, wishes=[], quiet=[customer.pk], by=account_manager, now=now)
    assert QuietWeek.objects.get().week == MONDAY
    save_week(week=MONDAY, wishes=[a_wish(customer, 60)], by=account_manager, now=now)
    assert not QuietWeek.objects.exists()


def test_nothing_is_refused_where_something_was_logged(account_manager, customer, now):
    wishes = [a_wish(customer, 60)]
    with pytest.raises(Refused, match="青葉商事"):
        save_week(week=MONDAY, wishes=wishes, quiet=[customer.pk], by=account_manager, now=now)
    assert not entries()


def test_nothing_is_not_offered_where_a_colleague_has_logged_work(
    client_of, account_manager, section_manager, customer, now
):
    client, address = client_of(account_manager), "/log/week/?week=2026-07-15"
    assert client.get(address).context["sheet"].rows[0].can_be_quiet
    data = EntryData(day=MONDAY, minutes=60, cause="in_contract")
    record_activity(customer=customer, data=data, by=section_manager, now=now)
    assert not client.get(address).context["sheet"].rows[0].can_be_quiet


@pytest.mark.parametrize(
    ("cells", "ticks", "said"),
    [
        ({0: "1"}, {}, "1件を保存しました。"),
        ({}, {"quiet": True}, "「対応なし」を1社分保存しました。"),
        ({}, {}, "変わったところはありません。"),
    ],
)
def test_the_page_says_what_was_saved(client_of, account_manager, customer, cells, ticks, said):
    form = typed(customer, cells) | {name: str(customer.pk) for name in ticks}
    page = client_of(account_manager).post(SAVE, form, follow=True)
    assert [str(message) for message in page.context["messages"]] == [said]


def test_the_page_saves_what_was_typed(client_of, account_manager, customer):
    response = client_of(account_manager).post(SAVE, typed(customer, {0: "1.5", 1: "0:45", 2: ""}))
    assert response.headers["Location"] == "/log/week/?week=2026-07-13"
    assert entries() == [
        (MONDAY, "in_contract", 90, "grid"),
        (TUESDAY, "in_contract", 45, "grid"),
    ]
    page = client_of(account_manager).get("/log/week/?week=2026-07-15").content.decode()
    assert 'value="1.5"' in page
    assert f"={'90,45,0,0,0,0,0'}" in page


def test_a_cell_that_cannot_be_read_is_said_and_the_rest_is_kept(
    client_of, account_manager, customer
):
    response = client_of(account_manager).post(SAVE, typed(customer, {0: "1.5", 1: "1.3"}))
    page = response.content.decode()
    assert response.status_code == 422
    assert "15分単位" in page
    assert response.context["sheet"].hours == "1.5", "what can be read is added up"
    assert 'value="1.3"' in page
    assert 'value="1.5"' in page
    assert not entries()


def test_only_changed_cells_are_saved(client_of, account_manager, customer, now):
    """What was logged elsewhere since the page was made is not undone by an empty cell."""
    data = EntryData(day=MONDAY, minutes=60, cause="in_contract")
    record_activity(customer=customer, data=data, by=account_manager, now=now)
    response = client_of(account_manager).post(SAVE, typed(customer, {0: "", 1: "1"}))
    assert response.status_code == 302
    assert len(entries()) == 2


def test_a_row_of_the_page_is_saved_though_others_came_up_meanwhile(
    client_of, account_manager, customer, now
):
    data = EntryData(day=MONDAY, minutes=60, cause="customer_wish")
    record_activity(customer=customer, data=data, by=account_manager, now=now)
    client_of(account_manager).post(SAVE, typed(customer, {1: "1"}))
    assert (TUESDAY, "in_contract", 60, "grid") in entries()


def test_the_week_before_fills_empty_cells_and_saves_nothing(
    client_of, account_manager, customer, now
):
    earlier = MONDAY - datetime.timedelta(days=7)
    wishes = [a_wish(customer, 90, day=earlier + datetime.timedelta(days=n)) for n in range(2)]
    save_week(week=earlier, wishes=wishes, by=account_manager, now=now)
    response = client_of(account_manager).post(COPY, typed(customer, {0: "2"}))
    page = response.content.decode()
    key = f"{customer.pk}-in_contract"
    assert f'name="hours-{key}-0" value="2"' in page
    assert f'name="hours-{key}-1" value="1.5"' in page
    assert f"{key}=0,0,0,0,0,0,0" in page
    assert response.context["sheet"].hours == "3.5"
    assert not entries(day__gte=MONDAY)


def test_a_customer_is_added_by_code_and_what_was_typed_stays(
    client_of, section_manager, account_manager, customer
):
    other = a_customer("緑屋", code="K-0002", owner=account_manager)
    page = client_of(section_manager).get("/log/week/?week=2026-07-13").content.decode()
    assert "青葉商事" not in page
    data = typed(customer, {0: "1"}, find="k-0002")
    page = client_of(section_manager).post(ADD, data).content.decode()
    assert f'name="hours-{other.pk}-in_contract-0"' in page
    assert f'name="hours-{customer.pk}-in_contract-0" value="1"' in page


def test_somebody_elses_customer_cannot_be_added(client_of, stranger, customer):
    page = client_of(stranger).post(ADD, typed(customer, {}, find="K-0001")).content.decode()
    assert f"hours-{customer.pk}" not in page


def test_of_very_many_customers_what_was_typed_is_never_cut_off(
    client_of, account_manager, customer, monkeypatch
):
    monkeypatch.setattr("customers.service_log.week.MOST_CUSTOMERS", 1)
    for number in range(3):
        a_customer(f"あ{number}", owner=account_manager)
    client = client_of(account_manager)
    assert "青葉商事" not in client.get("/log/week/?week=2026-07-13").content.decode()
    client.post(SAVE, typed(customer, {0: "1"}))
    assert entries() == [(MONDAY, "in_contract", 60, "grid")]


def test_a_week_to_come_is_this_week(client_of, account_manager, customer):
    page = client_of(account_manager).get("/log/week/?week=2099-01-01").content.decode()
    monday = firm_today() - datetime.timedelta(days=firm_today().weekday())
    assert f'name="week" value="{monday}"' in page


def test_a_shared_screen_names_no_customers(client_of, account_manager, customer):
    client = client_of(account_manager)
    client.post(reverse("firm:screen_share"), {"on": "1"})
    assert "青葉商事" not in client.get("/log/week/").content.decode()


@pytest.mark.parametrize(("minutes", "text"), [(0, ""), (90, "1.5"), (60, "1"), (50, "0.83")])
def test_minutes_are_shown_as_hours(minutes, text):
    assert hours_text(minutes) == text


def test_the_purpose_is_read_before_the_first_week(client_of, back_office):
    assert "/log/purpose/" in client_of(back_office).get("/log/week/").headers["Location"]
    response = client_of(back_office).post(SAVE, {"week": MONDAY.isoformat()})
    assert response.status_code == 409


def api_week(client, customer, *, minutes=90, day=MONDAY, **more):
    cells = [{"customer": customer.pk, "day": day.isoformat(), "minutes": minutes}]
    body = {"week": MONDAY.isoformat(), "cells": cells, **more}
    return client.post("/api/v1/log/week", body, content_type="application/json")


def test_the_api_saves_cells_and_shows_the_week(client_of, account_manager, customer):
    client = client_of(account_manager)
    quiet = a_customer(owner=account_manager)
    answer = api_week(client, customer, quiet=[quiet.pk])
    assert answer.json() == {"recorded": 1, "corrected": 0, "withdrawn": 0}
    shown = client.get("/api/v1/log/week?week=2026-07-15").json()
    assert shown["cells"] == [
        {
            "customer": customer.pk,
            "day": "2026-07-13",
            "cause": "in_contract",
            "minutes": 90,
            "others": 0,
        }
    ]
    assert shown["quiet"] == [quiet.pk]


def test_the_api_takes_a_monday_and_its_days(client_of, account_manager, customer):
    sunday_before = MONDAY - datetime.timedelta(days=1)
    assert api_week(client_of(account_manager), customer, day=sunday_before).status_code == 400
    assert api_week(client_of(account_manager), customer, minutes=1441).status_code == 400


def test_the_api_takes_nobody_elses_customer(client_of, stranger, customer):
    assert api_week(client_of(stranger), customer).status_code == 404
    assert not entries()


def closed_in(person, *, days_later: int = 0) -> list[str]:
    week = MONDAY + datetime.timedelta(days=days_later)
    sheet = sheet_of(person, scope_of(person, on=week), week=week, today=week)
    return [f"{day:%a}" for day, is_off in sheet.days if is_off]


def test_a_firm_sees_its_own_week(account_manager, customer, administrator, now):
    """Open on Saturdays and closed on Wednesdays from the next week on; a company day besides."""
    add_calendar_version(
        calendar=WorkCalendar.objects.get(is_firms=True),
        effective_from=MONDAY + datetime.timedelta(days=7),
        week=Week(hours=((OFFICE,), (OFFICE,), (), (OFFICE,), (OFFICE,), (OFFICE,), ())),
        country="JP",
        off_on_company_days=True,
        by=administrator,
        now=now,
    )
    assert closed_in(account_manager) == ["Sat", "Sun"]
    # 20 July is Marine Day.
    assert closed_in(account_manager, days_later=7) == ["Mon", "Wed", "Sun"]
    friday = MONDAY + datetime.timedelta(days=18)
    add_company_days(first=friday, last=friday, name="棚卸", by=administrator, now=now)
    assert closed_in(account_manager, days_later=14) == ["Wed", "Fri", "Sun"]
