"""Hours beyond, and hours not given: each bound, one minute to either side of it."""

import datetime
from decimal import Decimal

import pytest

from customers.contracts.kinds import TermLine
from customers.models import QuietWeek
from firm.actions import set_bill_rate
from tests.factories import NOW, a_contract, a_customer
from tests.servicing.nights import MONTHS, NIGHT, a_night, flag, last_seen, worked
from tiering.actions import resolve_flag
from tiering.models import FindingKind

pytestmark = pytest.mark.django_db

HOURS, UNUSED = FindingKind.HOURS, FindingKind.UNUSED_HOURS
APRIL, MAY, JUNE = MONTHS
JULY = datetime.date(2026, 7, 1)


@pytest.fixture
def work(customer, account_manager):
    def done(*minutes: int, months=MONTHS, **values):
        """In each of the months so many minutes, at 100 yen a minute."""
        return [
            entry
            for month, part in zip(months, minutes, strict=False)
            for entry in worked(customer, month, minutes=part, staff=account_manager, **values)
        ]

    return done


def ten_hours_a_month(customer, **values):
    return a_contract(customer, terms=[TermLine("hours", amount=600, period="month")], **values)


# Over the three months together: 1,800 minutes included, 2,070 are 115 %, 2,160 six hours more.


@pytest.mark.parametrize(("used", "is_flagged"), [(2159, False), (2160, True)])
def test_six_hours_beyond_are_needed(customer, work, used, is_flagged):
    ten_hours_a_month(customer)
    work(600, 600, used - 1200)
    a_night()
    assert (flag(customer, HOURS) is not None) == is_flagged


@pytest.mark.parametrize(("used", "is_flagged"), [(10349, False), (10350, True)])
def test_115_per_cent_are_needed(customer, work, used, is_flagged):
    a_contract(customer, terms=[TermLine("hours", amount=3000, period="month")])
    work(3000, 3000, used - 6000)
    a_night()
    assert (flag(customer, HOURS) is not None) == is_flagged


def test_a_flag_tells_hours_cost_months_and_entries(customer, work, administrator):
    set_bill_rate(valid_from=APRIL, amount=Decimal(12000), by=administrator, now=NOW)
    ten_hours_a_month(customer)
    entries = work(600, 900, 900)
    for entry in entries:
        entry.slices.update(cost=100 * entry.minutes)
    a_night()
    found = flag(customer, HOURS)
    assert (found.quantity, found.loss, found.forgone_fee) == (600, 60_000, 120_000)
    assert (found.state, found.severity, found.is_preliminary) == ("open", "mid", False)
    assert (found.window_from, found.window_until, found.opened_on) == (
        APRIL, datetime.date(2026, 7, 1), NIGHT,
    )  # fmt: skip
    seen = last_seen(found)
    assert seen.values == {
        "rule": "months", "used": 2400, "included": 1800, "settled": 0,
        "by_month": {"2026-05-01": 300, "2026-06-01": 300},
    }  # fmt: skip
    assert seen.evidence == [entry.pk for entry in reversed(entries)]


def test_a_rerun_writes_nothing(customer, work):
    ten_hours_a_month(customer)
    work(600, 900, 900)
    assert a_night().written == 2
    assert a_night().written == 0
    assert flag(customer, HOURS).observations.count() == 1


def test_what_is_carried_into_the_first_month_is_included(customer, work):
    """Ten of March's hours go into April; what April carries on is no more than that."""
    ten_hours_a_month(customer, carry_over="all", valid_from=datetime.date(2026, 3, 1))
    work(600, months=(APRIL,))
    work(1, months=(datetime.date(2026, 3, 1),))
    work(0, 900, 1258)
    a_night()
    assert flag(customer, HOURS) is None
    work(1, months=(APRIL,))
    a_night()
    assert flag(customer, HOURS).quantity == 360


def test_an_overrun_that_is_settled_is_owed_by_no_later_month(customer, work, account_manager):
    """April owes ten hours to May and June, whose own are used up exactly."""
    ten_hours_a_month(customer, carries_deficit=True)
    work(1200, 600, 600, 600, months=(*MONTHS, JULY))
    a_night()
    found = flag(customer, HOURS)
    assert found.quantity == 600
    resolve_flag(
        finding=found, version=1, resolution="amended", reason="改定", by=account_manager, now=NOW
    )
    assert a_night().written == 0
    assert a_night(datetime.date(2026, 8, 15)).written == 0


def test_hours_not_given_that_are_settled_are_carried_into_no_later_month(
    customer, work, account_manager
):
    ten_hours_a_month(customer, carry_over="all", valid_from=APRIL)
    work(1, 1, 600, 600, 600, months=(*MONTHS, JULY, datetime.date(2026, 8, 1)))
    a_night()
    found = flag(customer, UNUSED)
    assert last_seen(found).values["by_month"] == {"2026-04-01": 599, "2026-05-01": 599}
    resolve_flag(
        finding=found, version=1, resolution="amended", reason="改定", by=account_manager, now=NOW
    )
    assert a_night(datetime.date(2026, 9, 15)).written == 0


def test_only_days_under_an_hours_term_count(customer, work):
    """A term from May on; April's work is nobody's, and no month includes anything for it."""
    ten_hours_a_month(customer, valid_from=MAY)
    work(3000, 600, 959)
    a_night()
    assert flag(customer, HOURS) is None
    work(1, months=(JUNE,))
    a_night()
    assert flag(customer, HOURS).quantity == 360


def test_one_month_at_least_lies_under_a_term_as_a_whole(customer, work):
    ten_hours_a_month(customer, valid_from=datetime.date(2026, 6, 2))
    work(900, months=(datetime.date(2026, 6, 2),))
    a_night()
    assert flag(customer, HOURS) is None


def test_without_a_contract_nothing_is_known(customer, work):
    work(3000, 3000, 3000)
    assert a_night().written == 0


def test_where_nothing_is_included_six_hours_are_beyond(customer, work):
    a_contract(customer, terms=[TermLine("hours", amount=0, period="month")])
    work(0, 0, 360)
    a_night()
    found = flag(customer, HOURS)
    assert found.quantity == 360
    assert last_seen(found).values["included"] == 0


@pytest.mark.parametrize(("used", "is_flagged"), [(1199, False), (1200, True)])
@pytest.mark.parametrize("month", [JUNE, datetime.date(2026, 7, 1)])
def test_a_month_alone_gives_the_alarm_at_twice_its_hours(customer, work, month, used, is_flagged):
    """The last closed month, and the running one."""
    ten_hours_a_month(customer)
    work(used, months=(month,))
    a_night()
    found = flag(customer, HOURS)
    assert (found is not None) == is_flagged
    assert found is None or (found.is_preliminary, found.quantity) == (True, 600)


def test_a_month_alone_needs_ten_hours(customer, work):
    a_contract(customer, terms=[TermLine("hours", amount=60, period="month")])
    work(0, 0, 359)
    work(659, months=(datetime.date(2026, 7, 1),))
    a_night()
    assert flag(customer, HOURS) is None
    work(1, months=(datetime.date(2026, 7, 3),))
    a_night()
    assert flag(customer, HOURS).quantity == 600


def test_the_day_of_the_night_is_not_seen_yet(customer, work):
    ten_hours_a_month(customer)
    work(600, months=(datetime.date(2026, 7, 13),))
    work(600, months=(datetime.date(2026, 7, 15),))
    a_night()
    assert flag(customer, HOURS) is None
    a_night(datetime.date(2026, 7, 16))
    assert flag(customer, HOURS).is_preliminary


@pytest.mark.parametrize(("used", "is_flagged"), [(1799, False), (1800, True)])
def test_in_its_first_months_a_firm_is_told_of_half_as_much_again(
    account_manager, used, is_flagged
):
    """Nobody has logged before May: May and June are judged, 1,200 minutes."""
    young = a_customer(owner=account_manager)
    ten_hours_a_month(young)
    worked(young, MAY, minutes=used - 700, staff=account_manager)
    worked(young, JUNE, minutes=700, staff=account_manager)
    a_night()
    found = flag(young, HOURS)
    assert (found is not None) == is_flagged
    assert found is None or (found.is_preliminary, found.window_from) == (True, MAY)


# Hours not given: 1,800 minutes included, 1,440 are 80 %.


@pytest.mark.parametrize(("used", "is_flagged"), [(1439, True), (1440, False)])
def test_below_80_per_cent_a_customer_gets_too_little(customer, work, used, is_flagged):
    ten_hours_a_month(customer)
    work(600, used - 600)
    a_night()
    found = flag(customer, UNUSED)
    assert (found is not None) == is_flagged
    if found:
        assert (found.quantity, found.loss, found.severity) == (361, 0, "mid")
        assert last_seen(found).values["by_month"] == {"2026-06-01": 600}, "May had more"


def test_where_nobody_has_logged_nothing_is_known(customer, account_manager):
    """A week that somebody has confirmed as quiet is logged, too."""
    ten_hours_a_month(customer)
    a_night()
    assert flag(customer, UNUSED) is None
    QuietWeek.objects.create(
        customer=customer, week=datetime.date(2026, 6, 29), confirmed_by=account_manager,
        confirmed_at=NOW,
    )  # fmt: skip
    a_night()
    assert flag(customer, UNUSED).quantity == 1800


def test_all_three_months_must_be_under_terms(customer, work):
    ten_hours_a_month(customer, valid_from=MAY)
    work(0, 60, 60)
    a_night()
    assert flag(customer, UNUSED) is None


def test_a_young_firm_gives_nobody_too_little(account_manager):
    young = a_customer(owner=account_manager)
    ten_hours_a_month(young)
    worked(young, MAY, minutes=60, staff=account_manager)
    a_night()
    assert flag(young, UNUSED) is None


def test_of_an_inactive_customer_nothing_is_said(account_manager, customer):
    gone = a_customer(owner=account_manager, status="inactive")
    ten_hours_a_month(gone)
    worked(gone, JUNE, minutes=3000, staff=account_manager)
    assert a_night().written == 0
