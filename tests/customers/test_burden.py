"""What people carry: one's own figures, the section's sum, work done alone; and who looked."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.actions.activities import EntryData, FavorData, ask_about, record_activity
from customers.actions.burden import answer_lone_work, record_looks, tell_of_lone_work
from customers.models import LoneWorkNotice
from customers.service_log.burden import (
    Load,
    load_of_section,
    loads_of,
    lone_work_of,
    overdue,
    section_of,
)
from firm.actions import add_calendar_version
from firm.business_time import Week
from firm.dates import add_months, firm_zone, first_of_month
from firm.dates import today as firm_today
from firm.models import AuditEvent, Notification, User, WorkCalendar
from firm.refusals import Refused
from firm.scope import FEWEST_PEOPLE, scope_of
from firm.work_calendars import OFFICE, ensure_firm_calendar
from tests.factories import a_customer, a_person

pytestmark = pytest.mark.django_db

JULY, AUGUST = datetime.date(2026, 7, 1), datetime.date(2026, 8, 1)
LAST_MONTH = add_months(first_of_month(firm_today()), -1)


@pytest.fixture(autouse=True)
def office_hours(now):
    """Monday to Friday 09:00 to 18:00."""
    ensure_firm_calendar(now=now)


@pytest.fixture
def customer(account_manager):
    return a_customer("青葉商事", owner=account_manager)


def an_evening(customer, day, *, hours=2, by, start=18, favor=None, now=None):
    """Work from this hour of the clock on."""
    began = datetime.datetime.combine(day, datetime.time(start), firm_zone())
    data = EntryData(
        day=day, minutes=hours * 60, cause="customer_wish", started_at=began, favor=favor
    )
    ended = began + datetime.timedelta(hours=hours)
    return record_activity(customer=customer, data=data, by=by, now=now or ended)


def three_evenings(customer, by, *, day=datetime.date(2026, 7, 6)):
    return [an_evening(customer, day + datetime.timedelta(days=n), by=by) for n in range(3)]


def looks(person) -> list[tuple]:
    about = AuditEvent.objects.filter(subject_kind="user", subject_id=person.pk)
    return list(about.order_by("pk").values_list("code", "actor"))


def test_a_load_is_what_lay_outside_support_hours(account_manager, customer):
    an_evening(customer, datetime.date(2026, 7, 7), by=account_manager, start=17)
    an_evening(customer, datetime.date(2026, 7, 20), by=account_manager, hours=1)  # 海の日
    found = loads_of([account_manager.pk], since=JULY, until=AUGUST)
    assert found == {(account_manager.pk, JULY): Load(logged=180, outside=60, holiday=60)}


def test_an_entry_without_a_time_of_day_is_logged_and_nothing_more(account_manager, customer, now):
    data = EntryData(day=datetime.date(2026, 7, 12), minutes=60, cause="in_contract")
    record_activity(customer=customer, data=data, by=account_manager, now=now)
    found = loads_of([account_manager.pk], since=JULY, until=AUGUST)
    assert found == {(account_manager.pk, JULY): Load(logged=60)}


def test_three_times_alone_within_thirty_days_raise_the_question(account_manager, customer, today):
    first, second, _third = three_evenings(customer, account_manager)
    (work,) = lone_work_of([account_manager.pk], on=today)
    assert [entry.pk for entry in work.entries][:2] == [first.pk, second.pk]


def test_twice_does_not(account_manager, customer, today):
    for day in (6, 7):
        an_evening(customer, datetime.date(2026, 7, day), by=account_manager)
    assert not lone_work_of([account_manager.pk], on=today)


def test_three_times_in_more_than_thirty_days_do_not(account_manager, customer, today):
    for day in (datetime.date(2026, 6, 1), datetime.date(2026, 6, 20), datetime.date(2026, 7, 7)):
        an_evening(customer, day, by=account_manager)
    assert not lone_work_of([account_manager.pk], on=today)


def test_work_that_others_know_of_is_not_carried_alone(
    account_manager, section_manager, customer, today
):
    first, *_others = three_evenings(customer, account_manager)
    told = FavorData(why="お詫び", usual_price=Decimal(100), told=section_manager)
    an_evening(customer, datetime.date(2026, 7, 10), by=account_manager, favor=told)
    assert len(lone_work_of([account_manager.pk], on=today)[0].entries) == 3
    ask_about(activity=first, question="どうしましょう", by=account_manager, now=first.recorded_at)
    assert not lone_work_of([account_manager.pk], on=today)


def test_whoever_did_the_work_is_nobody_else(account_manager, customer, today):
    told = FavorData(why="お詫び", usual_price=Decimal(100), told=account_manager)
    for day in (6, 7, 8):
        an_evening(customer, datetime.date(2026, 7, day), by=account_manager, favor=told)
    assert lone_work_of([account_manager.pk], on=today)


def test_a_customer_that_somebody_else_works_for_too_is_not_carried_alone(
    account_manager, section_manager, customer, today
):
    three_evenings(customer, account_manager)
    assert lone_work_of([account_manager.pk], on=today)
    an_evening(customer, datetime.date(2026, 7, 9), by=section_manager, start=10)
    assert not lone_work_of([account_manager.pk], on=today)


def test_the_manager_hears_of_it_on_the_sixth_business_day(account_manager, customer, today):
    """The third evening was Wednesday 8 July; the sixth business day is Wednesday 15 July."""
    three_evenings(customer, account_manager)
    work = lone_work_of([account_manager.pk], on=today)
    assert not overdue(work, on=datetime.date(2026, 7, 14))
    assert overdue(work, on=datetime.date(2026, 7, 15))


def test_its_business_days_are_those_of_the_firm(
    account_manager, administrator, customer, now, today
):
    """With Saturdays for Tuesdays the sixth is still the Wednesday, with both it is the Tuesday."""
    three_evenings(customer, account_manager)
    work = lone_work_of([account_manager.pk], on=today)
    tuesday, wednesday = datetime.date(2026, 7, 14), datetime.date(2026, 7, 15)
    for since, closed, first in ((6, {1, 6}, wednesday), (7, {6}, tuesday)):
        hours = tuple(() if day in closed else (OFFICE,) for day in range(7))
        add_calendar_version(
            calendar=WorkCalendar.objects.get(is_firms=True),
            effective_from=datetime.date(2026, 7, since),
            week=Week(hours=hours), country="JP", off_on_company_days=True,
            by=administrator, now=now,
        )  # fmt: skip
        assert overdue(work, on=first)
        assert not overdue(work, on=first - datetime.timedelta(days=1))


def told_on(day: int) -> list[tuple[str, User]]:
    """What the daily job of this day of July tells, and to whom."""
    known = set(Notification.objects.values_list("pk", flat=True))
    tell_of_lone_work(now=datetime.datetime(2026, 7, day, 0, 5, tzinfo=firm_zone()))
    told = Notification.objects.exclude(pk__in=known).select_related("recipient")
    return [(notice.code, notice.recipient) for notice in told]


def test_the_person_is_told_first_and_alone_and_the_manager_after_five_business_days(
    account_manager, section_manager, customer, now
):
    three_evenings(customer, account_manager)
    told = {day: told_on(day) for day in range(8, 18)}
    assert {day: who for day, who in told.items() if who} == {
        8: [("lone_work_noticed", account_manager)],
        15: [("lone_work_waits", section_manager)],
    }


def test_nobody_else_is_told_before_the_person_has_been(account_manager, section_manager, customer):
    """Nights that did not run are no reason to go to the manager first."""
    three_evenings(customer, account_manager)
    assert told_on(30) == [("lone_work_noticed", account_manager)]
    assert told_on(31) == [("lone_work_waits", section_manager)]


def test_what_is_no_longer_carried_alone_is_told_to_nobody(
    account_manager, section_manager, customer
):
    three_evenings(customer, account_manager)
    told_on(9)
    an_evening(customer, datetime.date(2026, 7, 9), by=section_manager, start=10)
    assert told_on(15) == []
    assert not LoneWorkNotice.objects.exists()


def test_the_first_page_asks_the_person_and_later_tells_the_manager(
    client_of, account_manager, section_manager, stranger, customer
):
    asks, tells = (
        "ひとりで対応が続いています。相談しますか",
        "課のだれかが、ひとりで対応を続けています",
    )
    notice = LoneWorkNotice.objects.create(person=account_manager, told_at=timezone.now())
    pages = {person: client_of(person) for person in (account_manager, section_manager, stranger)}

    def read(person) -> tuple[bool, bool]:
        text = pages[person].get("/customers/").content.decode()
        return asks in text, tells in text

    assert [read(person) for person in pages] == [(True, False), (False, False), (False, False)]
    notice.manager = section_manager
    notice.save()
    assert [read(person) for person in pages] == [(True, False), (False, True), (False, False)]


def test_an_answer_closes_the_question_until_it_comes_up_again(
    account_manager, section_manager, customer, now, today
):
    three_evenings(customer, account_manager)
    LoneWorkNotice.objects.create(person=account_manager, told_at=now)
    answer_lone_work(answer="asked", question="手が足りません", by=account_manager, now=now)
    assert Notification.objects.get().recipient == section_manager
    assert not lone_work_of([account_manager.pk], on=today)
    assert not LoneWorkNotice.objects.exists()
    with pytest.raises(Refused):
        answer_lone_work(answer="managing", by=account_manager, now=now)


@pytest.mark.parametrize("given", [{"answer": "asked"}, {"answer": "perhaps"}])
def test_an_answer_says_something(given, account_manager, section_manager, customer, now):
    three_evenings(customer, account_manager)
    with pytest.raises(Refused):
        answer_lone_work(**given, by=account_manager, now=now)


def test_a_section_is_whom_the_manager_is_the_next_above(
    account_manager, section_manager, department_head, today
):
    below = scope_of(section_manager, on=today).people
    assert section_of(section_manager.pk, below, on=today) == [
        section_manager.pk,
        account_manager.pk,
    ]
    below = scope_of(department_head, on=today).people
    assert account_manager.pk not in section_of(department_head.pk, below, on=today)


def test_a_sum_takes_three_people_and_names_whoever_carries_too_much(
    account_manager, section_manager, customer
):
    people = [section_manager.pk, account_manager.pk]
    for day in range(6, 11):
        an_evening(customer, datetime.date(2026, 7, day), by=account_manager)
    found = load_of_section(people, manager=section_manager.pk, month=JULY)
    assert (found.whole, found.alone) == (None, {})
    people.append(a_person("小林").pk)
    assert len(people) == FEWEST_PEOPLE
    found = load_of_section(people, manager=section_manager.pk, month=JULY)
    assert (found.whole, found.alone) == (Load(600, 600, 0), {})


def test_a_sum_from_which_one_person_would_follow_is_not_told(
    account_manager, section_manager, customer
):
    """Whoever is named could be taken out of it."""
    people = [section_manager.pk, account_manager.pk, a_person("小林").pk]
    for day in range(6, 12):
        an_evening(customer, datetime.date(2026, 7, day), by=account_manager)
    found = load_of_section(people, manager=section_manager.pk, month=JULY)
    assert found.alone.keys() == {account_manager.pk}
    assert found.whole is None
    people.append(a_person("中村").pk)
    found = load_of_section(people, manager=section_manager.pk, month=JULY)
    assert found.whole == found.alone[account_manager.pk]


def test_ones_records_name_whoever_looked(client_of, account_manager, section_manager, customer):
    a_person("小林", role="account_manager", department="営業部/第一課")
    an_evening(customer, LAST_MONTH, by=account_manager)
    client_of(section_manager).get(f"/log/section/?month={LAST_MONTH:%Y-%m}")
    assert looks(account_manager) == [("load_in_sum_seen", section_manager.pk)]
    assert looks(section_manager) == []
    page = client_of(account_manager).get("/log/mine/").content.decode()
    assert section_manager.name in page


def test_a_look_is_recorded_once_a_day_and_month(account_manager, section_manager, now):
    def look(month: datetime.date, at: datetime.datetime) -> None:
        seen = [("load_seen", account_manager.pk)]
        record_looks(looks=seen, month=month, by=section_manager, now=at)

    for month in (JULY, JULY, AUGUST):
        look(month, now)
    assert len(looks(account_manager)) == 2
    look(JULY, now + datetime.timedelta(days=1))
    assert len(looks(account_manager)) == 3


def test_the_card_is_shown_to_the_person_and_answered_there(client_of, account_manager, customer):
    now = timezone.now()
    day = firm_today() - datetime.timedelta(days=3)
    for hour in (20, 21, 22):
        an_evening(customer, day, by=account_manager, hours=1, start=hour, now=now)
    client = client_of(account_manager)
    assert "ひとりで対応が続いています" in client.get("/log/mine/").content.decode()
    address = reverse("customers:log-answer")
    response = client.post(address, {"answer": "asked", "question": ""})
    assert response.status_code == 422
    assert client.post(address, {"answer": "managing"}).status_code == 302
    assert "ひとりで対応が続いています" not in client.get("/log/mine/").content.decode()


@pytest.mark.parametrize("who", ["stranger", "department_head", "executive", "administrator"])
def test_nobody_but_oneself_and_the_manager_is_told_of_a_person(
    who, request, client_of, account_manager, customer
):
    for hour in (6, 7):
        an_evening(customer, LAST_MONTH, by=account_manager, hours=12, start=hour)
    address = reverse("api-person-load", args=[account_manager.pk])
    reader = request.getfixturevalue(who)
    request.getfixturevalue("section_manager")
    assert client_of(reader).get(f"{address}?month={LAST_MONTH:%Y-%m}").status_code == 404
    assert looks(account_manager) == []


def test_the_manager_is_told_of_a_person_above_ten_hours_only(
    client_of, account_manager, section_manager, customer
):
    address = reverse("api-person-load", args=[account_manager.pk])
    address = f"{address}?month={LAST_MONTH:%Y-%m}"
    an_evening(customer, LAST_MONTH, by=account_manager, hours=10, start=0)
    client = client_of(section_manager)
    assert client.get(address).status_code == 404
    assert client_of(account_manager).get(address).status_code == 200
    an_evening(customer, LAST_MONTH, by=account_manager, hours=4, start=19)
    assert client.get(address).json()["logged"] == 14 * 60
    assert looks(account_manager) == [("load_seen", section_manager.pk)]


def test_the_api_tells_me_of_myself(client_of, account_manager, section_manager, customer):
    an_evening(customer, LAST_MONTH, by=account_manager)
    answer = client_of(account_manager).get("/api/v1/log/mine").json()
    assert [month["logged"] for month in answer["months"]] == [0, 120, 0, 0, 0, 0]
    assert answer["looks"] == []
    answer = client_of(section_manager).get("/api/v1/log/section").json()
    assert (answer["people"], answer["whole"]) == (2, None)
