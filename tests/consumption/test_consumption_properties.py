"""Each figure's statement gives what the plain rules give, over random books."""

import datetime
from random import Random

import pytest

from customers.consumption.contacts import channels_outside, contacts_of, in_touch
from customers.consumption.counts import counts_of
from customers.consumption.hours import hours_between
from customers.consumption.times import outside_hours
from firm.business_time import Hours, Week
from firm.dates import add_months, first_of_month
from tests.consumption.books import FIRST, ON, a_book
from tests.consumption.oracle import Book
from tests.firm.test_work_calendars import a_calendar

pytestmark = pytest.mark.django_db

CUSTOMERS = 10
MONTHS = [add_months(FIRST, number) for number in range(6)]
NIGHT_SHIFT = Week(hours=((Hours(20 * 60, 5 * 60),),) * 6 + ((),))


@pytest.mark.parametrize("seed", [1, 5])
def test_every_figure_is_that_of_the_plain_rules(seed, account_manager, administrator, now):
    draw = Random(seed)
    calendars = [
        a_calendar("10-18", by=administrator, now=now),
        a_calendar("夜間", by=administrator, now=now, week=NIGHT_SHIFT),
    ]
    customers = [a_book(draw, staff=account_manager, calendars=calendars) for _ in range(CUSTOMERS)]
    books = [Book(customer, on=ON) for customer in customers]
    for check in (hours, counts, time_outside, contacts_and_channels, all_at_once):
        assert check(books), "nothing to compare"


def ids(books: list[Book]) -> list[int]:
    return [book.customer.pk for book in books]


def hours(books: list[Book]) -> bool:
    rows = hours_between(ids(books), since=FIRST, on=ON)
    found = {(row.customer_id, row.month): row for row in rows}
    assert len(found) == len(books) * len(MONTHS)
    for book in books:
        for month in MONTHS:
            row = found[book.customer.pk, month]
            own = book.own(month)
            assert row.has_terms == (own is not None)
            assert row.used == book.used(month, under_terms=True)
            assert row.elsewhere == book.used(month, under_terms=False)
            assert (row.own, row.extended) == (own or 0, book.extended(month)), month
            assert (row.carried, row.owed) == book.carried_and_owed(month), month
    return any(row.carried and row.extended for row in rows) and any(row.owed for row in rows)


def counts(books: list[Book]) -> bool:
    found = counts_of(ids(books), on=ON)
    for book in books:
        rows = found.get(book.customer.pk, [])
        assert {row.term_id: (row.amount, row.extended, row.used) for row in rows} == book.counts()
    return bool(found)


def time_outside(books: list[Book]) -> bool:
    since = datetime.date(2026, 5, 1)
    rows = outside_hours(ids(books), since=since, until=ON + datetime.timedelta(days=1))
    for book in books:
        own = [row for row in rows if row.customer_id == book.customer.pk]
        assert {row.day: (row.outside, row.holiday) for row in own} == book.outside(since)
    return bool(rows)


def contacts_and_channels(books: list[Book]) -> bool:
    contacts, channels = contacts_of(ids(books), on=ON), channels_outside(ids(books), on=ON)
    for book in books:
        for row in contacts.get(book.customer.pk, []):
            assert (row.by_customer, row.by_us) == book.contacts(row.days)
        assert (book.customer.pk in contacts) == (book.contacts(28) != (0, 0))
        uses = channels.get(book.customer.pk, [])
        assert {use.channel: use.times for use in uses} == dict(book.channels())
        pk = book.customer.pk
        assert in_touch(pk, on=ON) == (contacts.get(pk, []), uses)
    return bool(contacts and channels)


def all_at_once(books: list[Book]) -> bool:
    together = hours_between(None, since=first_of_month(ON), on=ON)
    apart = [row for pk in sorted(ids(books)) for row in hours_between([pk], since=ON, on=ON)]
    assert together == apart
    return True
