"""The entries that stand behind a figure are those it was made of."""

import datetime

import pytest
from django.urls import reverse

from customers.actions.activities import EntryData, record_activity
from customers.consumption.behind import Figure, entries_behind
from customers.consumption.counts import counts_of
from customers.consumption.times import outside_hours
from customers.contracts.kinds import TermLine
from firm.dates import firm_zone
from firm.work_calendars import ensure_firm_calendar
from tests.factories import a_contract, a_customer, an_activity

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 7, 15)
MEETINGS = TermLine("meetings", amount=2, period="quarter")


@pytest.fixture
def customer(account_manager):
    return a_customer("ひかり堂", owner=account_manager)


@pytest.fixture
def log(account_manager, customer, now):
    def record(day, at=None, minutes=60, **values):
        started_at = datetime.datetime.combine(day, at, firm_zone()) if at else None
        data = EntryData(
            day=day, minutes=minutes, cause="in_contract", started_at=started_at, **values
        )
        return record_activity(customer=customer, data=data, by=account_manager, now=now)

    return record


def behind(customer, figure, **values):
    found = entries_behind(customer.pk, figure, on=TODAY, **values)
    return [entry for entry, _marks in found.entries], found.is_cut


def test_meetings_of_the_quarter_stand_behind_their_count(
    client_of, account_manager, log, customer
):
    a_contract(customer, terms=[MEETINGS])
    met = log(datetime.date(2026, 7, 2), kind="meeting")
    log(datetime.date(2026, 7, 3))
    (count,) = counts_of([customer.pk], on=TODAY)[customer.pk]
    assert behind(customer, Figure.COUNT, term=count.name) == ([met], False)
    page = client_of(account_manager).get(
        reverse("customers:consumption-entries", args=[customer.pk]),
        {"figure": "count", "term": count.name, "on": TODAY.isoformat()},
    )
    assert "打ち合わせ" in page.content.decode()


def test_work_beyond_midnight_stands_behind_both_of_its_days(log, customer, now):
    """Only the second day has more than the tolerance outside."""
    ensure_firm_calendar(now=now)
    night = log(datetime.date(2026, 7, 13), datetime.time(23, 50), 60)
    (day,) = outside_hours([customer.pk], since=datetime.date(2026, 7, 1), until=TODAY)
    assert (day.day, day.outside) == (datetime.date(2026, 7, 14), 50)
    assert behind(customer, Figure.OUTSIDE) == ([night], False)


def test_what_does_not_belong_crowds_nothing_out(monkeypatch, account_manager, log, customer):
    monkeypatch.setattr("customers.consumption.behind.MOST", 2)
    called = log(datetime.date(2026, 7, 1), datetime.time(10), kind="contact", channel="phone")
    for _ in range(3):
        an_activity(customer, datetime.date(2026, 7, 10), staff=account_manager)
    assert behind(customer, Figure.CONTACTS) == ([called], False)
    rows, is_cut = behind(customer, Figure.HOURS)
    assert (len(rows), is_cut) == (2, True)
