"""Goodwill work beyond what the tier allows, and what becomes expected."""

import datetime

import pytest

from customers.models import Favor
from tests.factories import NOW, a_level, a_rule_set, some_goodwill
from tests.servicing.nights import a_night, flag, flags, in_tier, last_seen
from tiering.models import FindingKind, SettledPart

pytestmark = pytest.mark.django_db

GOODWILL, NORM = FindingKind.GOODWILL, FindingKind.NORM_FORMING
JULY = datetime.date(2026, 7, 2)


@pytest.fixture
def gave(customer, account_manager):
    def give(minutes=60, day=JULY, **values):
        return some_goodwill(customer, day, staff=account_manager, minutes=minutes, **values)

    return give


@pytest.fixture
def an_hour_a_case(administrator, customer):
    """Of tier B: an hour a case, two hours a quarter."""
    rules = a_rule_set(by=administrator)
    a_level(rules, "B", "allowance_case", 60)
    a_level(rules, "B", "allowance_quarter", 120)
    in_tier(customer, "B", rules=rules)
    return rules


def test_without_a_tier_nothing_is_allowed(customer, gave):
    favor = gave(30)
    a_night()
    found = flag(customer, GOODWILL)
    assert found.quantity == 30
    assert last_seen(found).evidence == [favor.activity_id]


@pytest.mark.parametrize(("minutes", "beyond"), [(60, None), (61, 1)])
def test_what_a_case_may_take_is_allowed(customer, gave, an_hour_a_case, minutes, beyond):
    gave(minutes)
    a_night()
    found = flag(customer, GOODWILL)
    assert (found and found.quantity) == beyond


@pytest.mark.parametrize(("minutes", "beyond"), [(20, None), (21, 1)])
def test_a_quarter_has_its_own_allowance(customer, gave, an_hour_a_case, minutes, beyond):
    for part in (50, 50, minutes):
        gave(part)
    gave(60, day=datetime.date(2026, 6, 30))
    gave(60, day=datetime.date(2026, 6, 30))
    a_night()
    found = flag(customer, GOODWILL)
    assert (found and found.quantity) == beyond


def test_every_category_has_an_allowance_of_its_own(customer, gave, an_hour_a_case):
    for category in ("資料再送", "操作説明"):
        for _time in range(2):
            gave(60, category=category)
    a_night()
    assert flags(customer) == set()


def test_of_the_budget_and_withdrawn_it_is_beyond_nothing(customer, gave):
    gave(from_budget=True)
    gave(withdrawn_at=NOW)
    a_night()
    assert flags(customer) == set()


def test_a_mark_taken_back_closes_the_flag(customer, gave):
    gave()
    a_night()
    Favor.objects.update(withdrawn_at=NOW)
    assert a_night().closed == 1


@pytest.mark.parametrize(("times", "is_flagged"), [(2, False), (3, True)])
def test_the_same_three_times_becomes_expected(customer, gave, times, is_flagged):
    for _ in range(times):
        gave(15, category="データ抽出", from_budget=True)
    gave(15, category="操作説明", from_budget=True)
    gave(15, from_budget=True)
    a_night()
    found = flag(customer, NORM)
    assert (found is not None) == is_flagged
    if found:
        assert (found.quantity, last_seen(found).values["categories"]) == (3, {"データ抽出": 3})


@pytest.mark.parametrize(("day", "is_flagged"), [(14, False), (15, True)])
def test_three_months_are_looked_at(customer, gave, day, is_flagged):
    gave(category="データ抽出", from_budget=True, day=datetime.date(2026, 4, day))
    for _ in range(2):
        gave(category="データ抽出", from_budget=True)
    a_night()
    assert (flag(customer, NORM) is not None) == is_flagged


def test_what_was_settled_of_april_covers_its_earlier_days(customer, gave):
    """The night of 15 July looks back to 15 April."""
    for day in (1, 2, 3, 20, 21, 22):
        gave(15, category="データ抽出", from_budget=True, day=datetime.date(2026, 4, day))
    a_night(datetime.date(2026, 4, 10))
    SettledPart.objects.create(
        customer=customer, kind=NORM, month=datetime.date(2026, 4, 1), quantity=3,
        finding=flag(customer, NORM), settled_at=NOW,
    )  # fmt: skip
    a_night()
    found = flag(customer, NORM)
    assert (found.state, found.quantity) == ("open", 3)
