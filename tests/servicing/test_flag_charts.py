"""The charts of the board and of a flag: figures in, places out."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from firm.dates import add_months, first_of_month, today
from firm.scope import scope_of
from tests.factories import a_contract, a_customer, a_rule_set, an_activity, some_goodwill
from tests.servicing.findings import a_finding
from tests.tiering.nights import an_evaluation
from tiering.current import latest
from tiering.flags.headline import headline_of
from tiering.flags.sheet import Sheet
from tiering.models import FindingKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def evaluated(administrator):
    return an_evaluation(a_rule_set(by=administrator), now=timezone.now())


def test_the_headline_sets_each_tiers_hours_below_its_revenue(
    evaluated, account_manager, executive
):
    """The top tier brings 70 % and gets 30 % of the hours, the lowest the other way round."""
    for rank, revenue, minutes in ((1, 7_000_000, 180), (4, 3_000_000, 420)):
        customer = a_customer(owner=account_manager, tier_rank=rank, trailing_revenue=revenue)
        an_activity(
            customer, add_months(evaluated.as_of, -1), staff=account_manager, minutes=minutes
        )
    headline = headline_of(scope_of(executive, on=today()), latest())
    top, lowest = headline.bands
    assert (headline.least, headline.most) == (top, lowest)
    assert (top.sign, lowest.sign) == ("under", "over")
    assert (top.above.x, top.below.x) == (0, 0)
    assert (lowest.above.x, lowest.below.x) == (70, 30)
    assert round(lowest.above.end) == round(lowest.below.end) == 100


def test_without_hours_there_is_no_headline(evaluated, account_manager, executive):
    a_customer(owner=account_manager, tier_rank=1, trailing_revenue=7_000_000)
    assert headline_of(scope_of(executive, on=today()), latest()) is None


@pytest.fixture
def flag(account_manager):
    """Ten hours a month are included; 15 h were used in the first month of the window."""
    customer = a_customer(owner=account_manager)
    a_contract(customer)
    until = first_of_month(today())
    since = add_months(until, -3)
    an_activity(customer, since, staff=account_manager, minutes=900, cause="customer_wish")
    an_activity(customer, since, staff=account_manager, minutes=100, cause="own_reason")
    return a_finding(customer, window_from=since, window_until=until)


def test_the_months_show_what_lies_beyond_and_which_were_looked_at(flag):
    bars = Sheet(flag, [flag]).chart(on=today()).bars
    assert [bar.in_window for bar in bars] == [False, False, True, True, True, False]
    beyond = bars[2]
    assert (beyond.used, beyond.hours.beyond) == (900, 300)
    # The rest is drawn above the line of what is included.
    assert beyond.within[0] == beyond.limit
    assert beyond.beyond == (0, round(beyond.limit, 2))
    assert all(bar.beyond is None for bar in bars if bar is not beyond)


def test_without_hours_terms_there_are_no_months(account_manager):
    flag = a_finding(a_customer(owner=account_manager))
    assert Sheet(flag, [flag]).chart(on=today()) is None


def test_the_causes_are_parts_of_all_work_in_the_window(flag):
    causes = {share.key: share for share in Sheet(flag, [flag]).causes()}
    assert {key: share.share for key, share in causes.items()} == {"wish": 90, "ours": 10}
    assert causes["ours"].x == 90


def test_a_withdrawn_entry_is_no_evidence_any_more(account_manager, now):
    customer = a_customer(owner=account_manager)
    day = datetime.date(2026, 6, 1)
    kept, gone = (an_activity(customer, day, staff=account_manager) for _ in range(2))
    flag = a_finding(customer, entries=[kept, gone], loss=Decimal(1))
    gone.withdrawn_at = now
    gone.save()
    assert list(Sheet(flag, [flag]).entries()) == [kept]


def test_goodwill_work_of_six_months_is_summed_beside_what_is_beyond(account_manager):
    customer, on = a_customer(owner=account_manager), datetime.date(2026, 7, 15)
    for day in (datetime.date(2026, 1, 15), datetime.date(2026, 1, 16), on):
        some_goodwill(customer, day, staff=account_manager)
    over = a_finding(customer)
    given = Sheet(over, [over]).given(on=on)
    assert (given.minutes, given.usual_price) == (120, 24_000)
    under = a_finding(customer, FindingKind.NO_PROPOSAL)
    assert Sheet(under, [under]).given(on=on) is None
