"""Which months a night judges: those that are closed as the tiers' rules see it."""

import datetime

import pytest

from tests.factories import a_closed_month, a_contract, a_customer, a_rule_set
from tests.servicing.nights import LONG_BEFORE, MONTHS, NIGHT, a_night, flag, worked
from tiering.models import FindingKind
from tiering.servicing.kinds import MEASURES
from tiering.servicing.rules import STANDARD
from tiering.servicing.statements import STATEMENTS
from tiering.servicing.window import window_on

pytestmark = pytest.mark.django_db

APRIL, MAY, JUNE = MONTHS
JULY = datetime.date(2026, 7, 1)


def months(night: datetime.date = NIGHT) -> tuple[datetime.date, datetime.date]:
    window = window_on(night, rules=STANDARD)
    return window.since, window.until


def test_without_rules_the_calendar_closes_months(customer):
    assert months() == (APRIL, JULY)
    assert months(JULY) == (APRIL, JULY)
    assert months(datetime.date(2026, 6, 30)) == (datetime.date(2026, 3, 1), JUNE)


def test_a_month_that_nobody_has_closed_is_still_running(customer, administrator):
    a_rule_set(by=administrator, month_close="closed")
    a_closed_month(MAY, by=administrator)
    assert months() == (datetime.date(2026, 3, 1), JUNE)


def test_an_open_month_alone_can_give_the_alarm(customer, account_manager, administrator):
    """June is over and not closed: no month of the three, but one that may be far beyond."""
    a_rule_set(by=administrator, month_close="closed")
    a_closed_month(MAY, by=administrator)
    a_contract(customer)
    worked(customer, JUNE, minutes=1200, staff=account_manager)
    a_night()
    found = flag(customer, FindingKind.HOURS)
    assert (found.is_preliminary, found.window_from, found.quantity) == (True, JUNE, 600)


@pytest.mark.parametrize("has_logged_for_long", [True, False])
def test_where_no_month_is_closed_none_is_judged(
    has_logged_for_long, account_manager, administrator
):
    a_rule_set(by=administrator, month_close="closed")
    customer = a_customer(owner=account_manager)
    a_contract(customer)
    if has_logged_for_long:
        worked(customer, LONG_BEFORE, minutes=60, staff=account_manager)
    worked(customer, MAY, minutes=5000, staff=account_manager)
    assert months() == (JULY, JULY)
    a_night()
    assert flag(customer, FindingKind.HOURS) is None


def test_rules_up_to_the_day_judge_the_months_before_it(customer, administrator):
    a_rule_set(by=administrator, window_end="to_date")
    assert months() == (APRIL, JULY)


def test_a_young_firm_is_judged_from_its_first_month_on(account_manager):
    worked(a_customer(owner=account_manager), MAY, minutes=60, staff=account_manager)
    window = window_on(NIGHT, rules=STANDARD)
    assert (window.since, window.until, window.is_young) == (MAY, JULY, True)
    assert window_on(datetime.date(2026, 8, 1), rules=STANDARD).is_young is False


def test_every_kind_with_data_has_its_statement():
    assert set(STATEMENTS) == {kind for kind, measure in MEASURES.items() if measure.has_data}
