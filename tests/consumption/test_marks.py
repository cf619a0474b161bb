"""What an entry means for the contract is told beside it: the checks of A1 to A4."""

import datetime
from decimal import Decimal

import pytest

from customers.actions.activities import EntryData, FavorData, record_activity, withdraw_activity
from customers.consumption.contacts import channels_outside, contacts_of
from customers.consumption.counts import counts_of
from customers.consumption.hours import hours_of
from customers.consumption.marked import marked
from customers.consumption.marks import marks_of
from customers.consumption.times import outside_hours
from customers.contracts.kinds import TermLine
from customers.models import Activity, Contract, Investment, ScopeExtension
from firm.actions import add_company_days
from firm.dates import firm_zone
from tests.factories import NOW, a_contract, a_customer
from tests.firm.test_work_calendars import a_calendar

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 7, 15)
TUESDAY = datetime.date(2026, 7, 14)
SMALL = TermLine("count", "軽微な修正", amount=3, period="month", excluded=("新規ページ",))


@pytest.fixture
def customer(account_manager):
    return a_customer("ひかり堂", owner=account_manager)


@pytest.fixture
def log(account_manager, customer, now):
    """Record an entry; `at` is the clock of the firm."""

    def record(day=TUESDAY, minutes=60, cause="in_contract", at=None, later=now, **values):
        started_at = datetime.datetime.combine(day, at, firm_zone()) if at else None
        data = EntryData(day=day, minutes=minutes, cause=cause, started_at=started_at, **values)
        return record_activity(customer=customer, data=data, by=account_manager, now=later)

    return record


def an_extension(contract: Contract, *, amount: int) -> ScopeExtension:
    """Of small corrections, in June and July."""
    return ScopeExtension.objects.create(
        contract=contract, kind="count", name=SMALL.name, amount=amount,
        starts_on=datetime.date(2026, 6, 1), ends_on=datetime.date(2026, 8, 1),
        reference="R-1", reason="合意", granted_at=NOW,
    )  # fmt: skip


def marks(entry: Activity) -> list[tuple[str, str]]:
    return [(mark.code, mark.tone) for mark in marks_of([entry])[entry.pk].marks]


# A1


def test_the_fourth_of_three_corrections_is_out_of_scope_by_its_clause(log, customer):
    a_contract(customer, name="保守", terms=[SMALL])
    entries = [log(work_item="軽微な修正") for _ in range(4)]
    found = marks_of(entries)
    assert [found[entry.pk].units[0].is_beyond for entry in entries] == [False] * 3 + [True]
    (mark,) = found[entries[3].pk].warnings
    assert mark.code == "count_beyond"
    assert mark.clause == "保守 第1版「軽微な修正」"
    (count,) = counts_of([customer.pk], on=TODAY)[customer.pk]
    assert (count.used, count.left, count.beyond) == (4, 0, 1)


def test_the_next_month_begins_with_three_again(log, customer):
    a_contract(customer, terms=[SMALL])
    for _ in range(3):
        log(day=datetime.date(2026, 6, 30), work_item="軽微な修正")
    assert marks(log(work_item="軽微な修正")) == [("count", "")]


def test_a_withdrawn_correction_is_none(log, customer, account_manager, now):
    a_contract(customer, terms=[SMALL])
    entries = [log(work_item="軽微な修正") for _ in range(4)]
    withdraw_activity(
        activity=entries[0], reason="取り違え", version=1, by=account_manager, now=now
    )
    assert marks(entries[3]) == [("count", "")]


def test_units_linked_to_an_extension_are_met_by_it_as_far_as_it_reaches(log, customer):
    extension = an_extension(a_contract(customer, terms=[SMALL]), amount=2)
    entries = [log(work_item="軽微な修正", extension=extension) for _ in range(5)]
    (count,) = counts_of([customer.pk], on=TODAY)[customer.pk]
    assert (count.extended, count.used, count.left) == (0, 3, 0)
    assert [marks(entry)[0] for entry in entries[1:3]] == [("not_counted", ""), ("count", "")]
    assert "count_beyond" in dict(marks(log(work_item="軽微な修正")))


def test_an_extension_is_used_up_once_over_its_period(log, customer):
    """Two more from June to July: with one of them used in June, one is left for July."""
    an_extension(a_contract(customer, terms=[SMALL]), amount=2)
    for _ in range(4):
        log(day=datetime.date(2026, 6, 30), work_item="軽微な修正")
    (count,) = counts_of([customer.pk], on=TODAY)[customer.pk]
    assert (count.extended, count.used, count.left) == (1, 0, 4)
    entries = [log(work_item="軽微な修正") for _ in range(5)]
    beyond = customer.activities.filter(marked(customer.pk, ["count_beyond"]))
    assert [marks(entry) for entry in entries[3:]] == [[("count", "")], [("count_beyond", "over")]]
    assert list(beyond) == entries[4:]


# A2, A3


@pytest.fixture
def ten_to_six(customer, administrator, now):
    calendar = a_calendar("サポート窓口", by=administrator, now=now)
    a_contract(
        customer,
        terms=[TermLine("support_hours", calendar=calendar), TermLine("channel", channel="mail")],
    )


def test_tuesday_evening_is_30_in_and_75_out(log, customer, ten_to_six):
    entry = log(minutes=105, at=datetime.time(17, 30))
    divided = marks_of([entry])[entry.pk].divided
    assert (divided.inside, divided.outside, divided.holiday) == (30, 75, 0)
    (day,) = outside_hours([customer.pk], since=TUESDAY, until=TODAY)
    assert (day.day, day.outside, day.holiday) == (TUESDAY, 75, 0)


@pytest.mark.parametrize("minutes", [45, 46])
def test_a_day_with_15_minutes_outside_counts_none(log, customer, ten_to_six, minutes):
    log(minutes=minutes, at=datetime.time(17, 30))
    rows = outside_hours([customer.pk], since=TUESDAY, until=TODAY)
    assert [row.outside for row in rows] == ([] if minutes == 45 else [16])


def test_a_contact_from_the_customer_counts_none(log, customer, ten_to_six):
    log(minutes=60, at=datetime.time(20), kind="contact", direction="in", channel="mail")
    assert outside_hours([customer.pk], since=TUESDAY, until=TODAY) == []


def test_holidays_and_company_days_are_marked(log, customer, ten_to_six, administrator, now):
    closing = datetime.date(2026, 12, 30)
    add_company_days(first=closing, last=closing, name="年末休業", by=administrator, now=now)
    later = datetime.datetime(2027, 1, 4, tzinfo=datetime.UTC)
    for day in (datetime.date(2026, 9, 22), datetime.date(2026, 5, 6), closing):
        entry = log(day=day, at=datetime.time(11), later=later)
        assert marks_of([entry])[entry.pk].divided.holiday == 60
        assert ("holiday", "warn") in marks(entry)


def test_an_entry_without_a_time_of_day_says_nothing_of_hours(log, ten_to_six):
    entry = log(minutes=600)
    assert marks_of([entry])[entry.pk].divided is None


# A4 and channels


def test_nine_contacts_in_seven_days_are_one_line_with_nine_entries(log, customer):
    a_contract(customer, terms=[TermLine("contact_most", amount=3, period="week")])
    for number in range(9):
        day = TODAY - datetime.timedelta(days=1 + number % 6)
        log(
            day=day,
            minutes=5,
            at=datetime.time(9 + number),
            kind="contact",
            channel="phone",
            direction="in",
            thread=f"T{number}",
        )
    week, _month = contacts_of([customer.pk], on=TODAY)[customer.pk]
    assert (week.by_customer, week.by_us, week.most, week.beyond) == (9, 0, 3, 6)


def test_a_thread_is_one_contact_a_day(log, customer):
    for hour in (9, 10, 11):
        log(minutes=5, at=datetime.time(hour), kind="contact", channel="chat", thread="見積")
    week, _month = contacts_of([customer.pk], on=TODAY)[customer.pk]
    assert week.total == 1


def test_a_channel_that_is_not_agreed_is_marked(log, ten_to_six):
    entry = log(at=datetime.time(11), channel="private_chat")
    assert marks(entry) == [("channel", "warn")]
    assert marks(log(at=datetime.time(13), channel="mail")) == []


def test_messages_of_one_thread_use_a_channel_once_a_day(log, customer, ten_to_six):
    for day, hour in ((13, 9), (14, 9), (14, 10), (14, 11)):
        day = datetime.date(2026, 7, day)
        log(day=day, at=datetime.time(hour), minutes=5, channel="chat", thread="見積")
    (use,) = channels_outside([customer.pk], on=TODAY)[customer.pk]
    assert (use.channel, use.times) == ("chat", 2)


# Causes


@pytest.mark.parametrize(
    ("values", "why_not"),
    [
        ({"cause": "own_reason"}, "own_reason"),
        ({"cause": "sales"}, "sales"),
        ({"cause": "internal"}, "internal"),
        ({"is_invoiced": True}, "invoiced"),
        (
            {"favor": FavorData("お詫び", Decimal(5000), from_budget=True)},
            "goodwill",
        ),
        ({"favor": FavorData("お詫び", Decimal(5000))}, ""),
        ({"cause": "incident"}, ""),
        ({"cause": "customer_wish"}, ""),
    ],
)
def test_what_does_not_count_says_why(log, customer, values, why_not):
    a_contract(customer)
    entry = log(**values)
    found = marks_of([entry])[entry.pk]
    assert found.why_not == why_not
    assert found.counted == (0 if why_not else 60)
    assert hours_of([customer.pk], on=TODAY)[customer.pk].used == found.counted


def test_an_incident_counts_none_where_emergencies_are_included(log, customer):
    terms = [TermLine("hours", amount=600, period="month")]
    a_contract(customer, terms=[*terms, TermLine("support_hours", emergency=True)])
    entry = log(cause="incident")
    assert marks_of([entry])[entry.pk].why_not == "incident"


def test_an_investment_counts_beyond_its_cap(log, customer, account_manager, now):
    a_contract(customer)
    investment = Investment.objects.create(
        customer=customer, title="提案", expectation="受注", cap_minutes=90, starts_on=TUESDAY,
        review_on=TODAY, owner=account_manager, created_at=now, created_by=account_manager,
    )  # fmt: skip
    entries = [log(cause="investment", investment=investment) for _ in range(3)]
    found = marks_of(entries)
    assert [found[entry.pk].counted for entry in entries] == [0, 30, 60]


def test_marks_of_many_entries_take_three_statements(log, ten_to_six, django_assert_num_queries):
    entries = [log(at=datetime.time(9 + number)) for number in range(6)]
    with django_assert_num_queries(3):
        assert len(marks_of(entries)) == 6
