"""Too many contacts (A4), and contacts through a channel that no contract names."""

import datetime

import pytest

from customers.contracts.kinds import TermLine
from tests.factories import NOW, a_contract
from tests.servicing.conftest import TUESDAY
from tests.servicing.nights import NIGHT, a_night, flag, flags, last_seen
from tiering.models import FindingKind, SettledPart

pytestmark = pytest.mark.django_db

FREQUENCY, CHANNEL = FindingKind.FREQUENCY, FindingKind.CHANNEL


@pytest.fixture
def called(log):
    """So many contacts by phone, one a day backwards from Tuesday and over again."""

    def record(times: int, *, days: int = 7, **values):
        return [
            log(
                day=TUESDAY - datetime.timedelta(days=number % days),
                minutes=10,
                at=datetime.time(10, number),
                kind="contact",
                **{
                    "channel": "phone",
                    "direction": "in",
                    "thread": f"件{number}",
                    **values,
                },
            )
            for number in range(times)
        ]

    return record


def at_most(customer, times: int, period: str = "week"):
    return a_contract(customer, terms=[TermLine("contact_most", amount=times, period=period)])


def test_nine_contacts_against_three_are_one_flag_with_nine_entries(customer, called):
    at_most(customer, 3)
    entries = called(9)
    outcome = a_night()
    assert (outcome.opened, flags(customer)) == (1, {FREQUENCY})
    found = flag(customer, FREQUENCY)
    assert found.quantity == 6
    seen = last_seen(found)
    assert set(seen.evidence) == {entry.pk for entry in entries}
    assert seen.values == {
        "days": 7, "by_customer": 9, "by_us": 0, "most": 3, "settled": 0,
        "by_month": {"2026-07-01": 6},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("most", "times", "is_flagged"),
    [(3, 5, False), (3, 6, True), (8, 12, False), (8, 13, True), (0, 2, False), (0, 3, True)],
)
def test_three_more_and_half_as_many_again_are_needed(customer, called, most, times, is_flagged):
    at_most(customer, most)
    called(times)
    a_night()
    assert (flag(customer, FREQUENCY) is not None) == is_flagged


def test_whose_initiative_it_was_is_told_apart(customer, called):
    at_most(customer, 3)
    called(4)
    called(5, direction="out", channel="mail", thread="")
    a_night()
    values = last_seen(flag(customer, FREQUENCY)).values
    assert (values["by_customer"], values["by_us"]) == (4, 5)


def test_the_day_of_the_night_is_not_seen(customer, called, log):
    at_most(customer, 3)
    called(5)
    log(day=NIGHT, at=datetime.time(9), kind="contact", channel="phone", direction="in")
    a_night()
    assert flags(customer) == set()


def test_a_maximum_a_month_is_held_against_28_days(customer, called):
    at_most(customer, 3, "month")
    called(6, days=28)
    a_night()
    assert last_seen(flag(customer, FREQUENCY)).values["days"] == 28


def test_an_eighth_day_back_is_no_part_of_the_week(customer, called, log):
    at_most(customer, 3)
    called(5)
    eighth = TUESDAY - datetime.timedelta(days=7)
    log(day=eighth, at=datetime.time(9), kind="contact", channel="phone", direction="in")
    a_night()
    assert flags(customer) == set()


# Channels


@pytest.mark.parametrize(("times", "is_flagged"), [(2, False), (3, True)])
def test_three_contacts_through_one_channel_are_needed(customer, called, times, is_flagged):
    a_contract(customer, terms=[TermLine("channel", channel="mail")])
    called(times, channel="private_chat")
    called(2, channel="visit")
    called(5, channel="mail")
    a_night()
    found = flag(customer, CHANNEL)
    assert (found is not None) == is_flagged
    if found:
        assert found.quantity == 3
        assert last_seen(found).values["channels"] == {"private_chat": 3}


def test_messages_of_one_thread_a_day_are_one_contact(customer, log):
    a_contract(customer, terms=[TermLine("channel", channel="mail")])
    for hour in (9, 10, 11):
        log(at=datetime.time(hour), kind="contact", channel="chat", direction="in", thread="見積")
    a_night()
    assert flags(customer) == set()


def test_a_conversation_costs_what_all_its_messages_do(customer, log):
    a_contract(customer, terms=[TermLine("channel", channel="mail")])
    for number in range(3):
        for hour in (9, 10):
            entry = log(
                day=TUESDAY - datetime.timedelta(days=number),
                minutes=10,
                at=datetime.time(hour),
                kind="contact",
                channel="chat",
                direction="in",
                thread="見積",
            )
            entry.slices.update(cost=700)
    a_night()
    found = flag(customer, CHANNEL)
    assert (found.quantity, found.loss) == (3, 4200)


def test_a_contract_that_names_no_channel_leaves_all_open(customer, called):
    a_contract(customer, terms=[TermLine("contact_most", amount=30, period="week")])
    called(5, channel="private_chat")
    a_night()
    assert flags(customer) == set()


def test_settled_contacts_of_earlier_days_cover_no_later_ones(customer, log):
    """Of June, the days up to the 16th have left the window."""
    a_contract(customer, terms=[TermLine("channel", channel="mail")])
    for day in (1, 2, 3, 24, 25, 26):
        on = datetime.date(2026, 6, day)
        log(day=on, at=datetime.time(9), kind="contact", channel="chat", direction="in")
    a_night(datetime.date(2026, 6, 10))
    SettledPart.objects.create(
        customer=customer, kind=CHANNEL, month=datetime.date(2026, 6, 1), quantity=3,
        finding=flag(customer, CHANNEL), settled_at=NOW,
    )  # fmt: skip
    a_night()
    found = flag(customer, CHANNEL)
    assert (found.state, found.quantity) == ("open", 3)
