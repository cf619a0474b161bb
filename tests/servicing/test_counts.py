"""Units beyond a contract's counts, and what it leaves out by name."""

import datetime

import pytest

from customers.actions.activities import withdraw_activity
from customers.contracts.kinds import TermLine
from tests.factories import NOW, a_contract
from tests.servicing.nights import a_night, flag, flags, last_seen
from tiering.models import FindingKind

pytestmark = pytest.mark.django_db

COUNTS, EXCLUSION = FindingKind.COUNTS, FindingKind.EXCLUSION
SMALL = TermLine("count", "軽微な修正", amount=3, period="month")
JULY = datetime.date(2026, 7, 3)


def test_the_fourth_correction_of_three_is_beyond(customer, log):
    a_contract(customer, terms=[SMALL])
    entries = [log(day=JULY, work_item="軽微な修正") for _ in range(3)]
    a_night()
    assert flags(customer) == set()
    fourth = log(day=JULY, work_item="軽微な修正")
    a_night()
    found = flag(customer, COUNTS)
    assert found.quantity == 1
    seen = last_seen(found)
    assert seen.evidence == [fourth.pk]
    assert seen.values["terms"] == [
        {"kind": "count", "name": "軽微な修正", "start": "2026-07-01", "included": 3, "used": 4}
    ]
    withdraw_activity(activity=entries[0], reason="重複", version=1, by=None, now=NOW)
    assert a_night().closed == 1


def test_each_month_has_its_own_three(customer, log):
    a_contract(customer, terms=[SMALL])
    for month in (4, 5, 6, 7):
        for _ in range(3):
            log(day=datetime.date(2026, month, 2), work_item="軽微な修正")
    a_night()
    assert flags(customer) == set()


@pytest.mark.parametrize(("month", "is_flagged"), [(3, False), (4, True)])
def test_periods_of_the_last_three_closed_months_are_looked_at(customer, log, month, is_flagged):
    a_contract(customer, terms=[SMALL])
    for _ in range(4):
        log(day=datetime.date(2026, month, 28), work_item="軽微な修正")
    a_night()
    assert (flag(customer, COUNTS) is not None) == is_flagged


def test_a_quarter_that_touches_them_is_looked_at_as_a_whole(customer, log):
    """On 15 August the window begins with May; the fiscal quarter began with April."""
    a_contract(customer, terms=[TermLine("count", "軽微な修正", amount=3, period="quarter")])
    for _ in range(4):
        log(day=datetime.date(2026, 4, 2), work_item="軽微な修正")
    a_night(datetime.date(2026, 8, 15))
    found = flag(customer, COUNTS)
    assert (found.quantity, found.window_from) == (1, datetime.date(2026, 4, 2))


def test_our_own_mistakes_use_up_nothing(customer, log):
    a_contract(customer, terms=[SMALL])
    for _ in range(9):
        log(day=JULY, work_item="軽微な修正", cause="own_reason")
    a_night()
    assert flags(customer) == set()


def test_work_that_the_contract_leaves_out_is_beyond(customer, log):
    a_contract(customer, terms=[TermLine("exclusion", "写真撮影")])
    log(day=JULY, work_item="写真撮影")
    log(day=JULY, work_item="写真撮影", cause="own_reason")
    log(day=JULY, work_item="動画撮影")
    log(day=datetime.date(2026, 3, 31), work_item="写真撮影")
    a_night()
    found = flag(customer, EXCLUSION)
    assert found.quantity == 1
    assert last_seen(found).values["names"] == {"写真撮影": 1}


def test_work_that_two_contracts_leave_out_is_beyond_once(customer, log):
    for name, since in (("保守", datetime.date(2026, 1, 1)), ("制作", datetime.date(2026, 2, 1))):
        a_contract(customer, name=name, valid_from=since, terms=[TermLine("exclusion", "写真撮影")])
    log(day=JULY, work_item="写真撮影")
    a_night()
    assert flag(customer, EXCLUSION).quantity == 1
