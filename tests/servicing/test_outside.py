"""After hours and holiday work: A2 and A3, the tolerance, and story 12."""

import datetime

import pytest

from customers.contracts.kinds import TermLine
from firm.actions import add_company_days
from tests.factories import NOW, a_contract, a_cost_rate
from tests.firm.test_work_calendars import a_calendar
from tests.servicing.conftest import TUESDAY
from tests.servicing.nights import NIGHT, a_night, flag, flags, last_seen
from tiering.models import FindingKind, SettledPart

pytestmark = pytest.mark.django_db

AFTER_HOURS, HOLIDAY = FindingKind.AFTER_HOURS, FindingKind.HOLIDAY
SATURDAY = datetime.date(2026, 7, 11)


@pytest.fixture(autouse=True)
def ten_to_six(customer, administrator, now):
    calendar = a_calendar("サポート窓口", by=administrator, now=now)
    return a_contract(customer, terms=[TermLine("support_hours", calendar=calendar)])


def test_tuesday_evening_is_75_minutes_after_hours(log, customer, account_manager):
    account_manager.cost_grade = "主任"
    account_manager.save()
    a_cost_rate("主任", direct=6000)
    entry = log(minutes=105, at=datetime.time(17, 30))
    a_night()
    found = flag(customer, AFTER_HOURS)
    assert (found.quantity, found.state) == (75, "open")
    cost = entry.slices.get().cost
    assert found.loss == round(cost * 75 / 105)
    seen = last_seen(found)
    assert seen.evidence == [entry.pk]
    assert seen.values["by_day"] == {"2026-07-14": 75}
    assert seen.values["by_month"] == {"2026-07-01": 75}


@pytest.mark.parametrize(("minutes", "is_flagged"), [(45, False), (46, True)])
def test_a_day_within_the_tolerance_counts_as_none(log, customer, minutes, is_flagged):
    log(minutes=minutes, at=datetime.time(17, 30))
    a_night()
    found = flag(customer, AFTER_HOURS)
    assert (found is not None) == is_flagged
    assert found is None or found.quantity == 16


def test_minutes_of_a_day_are_summed_before_the_tolerance(log, customer):
    log(minutes=10, at=datetime.time(18))
    log(minutes=10, at=datetime.time(19))
    a_night()
    assert flag(customer, AFTER_HOURS).quantity == 20


def test_holiday_work_is_a_kind_of_its_own(log, customer, administrator, now):
    add_company_days(first=SATURDAY, last=SATURDAY, name="創立記念日", by=administrator, now=now)
    log(day=SATURDAY, minutes=120, at=datetime.time(11))
    a_night()
    assert flags(customer) == {HOLIDAY}
    assert flag(customer, HOLIDAY).quantity == 120


@pytest.mark.parametrize("cause", ["own_reason", "incident", "sales", "internal", "investment"])
def test_work_for_our_own_reasons_is_no_over_servicing(log, customer, cause):
    """Story 12: our own deploy on a Sunday, six hours."""
    log(day=datetime.date(2026, 7, 12), minutes=360, at=datetime.time(9), cause=cause)
    a_night()
    assert flags(customer) == set()


def test_when_a_customer_reaches_out_is_not_ours_to_decide(log, customer):
    log(at=datetime.time(20), kind="contact", direction="in", channel="mail")
    a_night()
    assert flags(customer) == set()


def test_an_entry_without_a_time_of_day_says_nothing(log, customer):
    log(minutes=600)
    a_night()
    assert flags(customer) == set()


@pytest.mark.parametrize(("days", "is_flagged"), [(28, True), (29, False)])
def test_days_of_four_weeks_count(log, customer, days, is_flagged):
    log(day=NIGHT - datetime.timedelta(days=days), at=datetime.time(21))
    a_night()
    assert (flag(customer, AFTER_HOURS) is not None) == is_flagged


def test_what_is_settled_of_a_month_is_left_out(log, customer):
    log(minutes=60, at=datetime.time(18))
    a_night()
    found = flag(customer, AFTER_HOURS)
    found.state, found.resolution = "resolved", "our_mistake"
    found.save()
    SettledPart.objects.create(
        customer=customer, kind=AFTER_HOURS, month=datetime.date(2026, 7, 1), quantity=60,
        finding=found, settled_at=NOW,
    )  # fmt: skip
    assert a_night().written == 0
    log(day=TUESDAY - datetime.timedelta(days=1), minutes=16, at=datetime.time(18))
    assert a_night().reopened == 1
    found = flag(customer, AFTER_HOURS)
    assert (found.state, found.quantity) == ("open", 16)


def test_what_was_settled_covers_the_earlier_days_of_the_month(log, customer):
    """Of June, the days up to the 16th have left the window."""
    for day in (1, 20):
        log(day=datetime.date(2026, 6, day), minutes=120, at=datetime.time(19, 0))
    a_night(datetime.date(2026, 6, 10))
    SettledPart.objects.create(
        customer=customer, kind=AFTER_HOURS, month=datetime.date(2026, 6, 1), quantity=120,
        finding=flag(customer, AFTER_HOURS), settled_at=NOW,
    )  # fmt: skip
    a_night()
    found = flag(customer, AFTER_HOURS)
    assert (found.state, found.quantity) == ("open", 120)
    assert last_seen(found).values["settled"] == 0
