"""Out of touch, no proposal, and benefits that nobody used."""

import datetime

import pytest

from customers.contracts.kinds import TermLine
from customers.models import QuietWeek
from tests.factories import (
    NOW,
    a_benefit,
    a_benefit_use,
    a_contract,
    a_customer,
    a_level,
    a_rule_set,
    an_activity,
)
from tests.servicing.nights import NIGHT, a_night, flag, flags, in_tier, last_seen
from tiering.models import BenefitUse, FindingKind

pytestmark = pytest.mark.django_db

INTERVAL, PROPOSAL = FindingKind.CONTACT_INTERVAL, FindingKind.NO_PROPOSAL
BENEFIT = FindingKind.UNUSED_BENEFIT
ONE_DAY = datetime.timedelta(days=1)
LONG_AGO = datetime.date(2025, 6, 1)


@pytest.fixture
def others(customer, account_manager):
    """Of another customer everything is recorded: the firm does log it."""
    other = a_customer(owner=account_manager)
    for kind in ("contact", "proposal"):
        an_activity(
            other, LONG_AGO, staff=account_manager, kind=kind, direction="out", initiator="us"
        )
    a_benefit_use(other, service="review_meeting", now=NOW - 300 * ONE_DAY)
    an_activity(customer, LONG_AGO, staff=account_manager)
    return other


@pytest.fixture
def rules(administrator):
    return a_rule_set(by=administrator)


@pytest.fixture
def did(customer, account_manager):
    """An entry of ours so many days before the last day that the night sees."""

    def do(days_ago: int, kind="contact", **values):
        day = NIGHT - (days_ago + 1) * ONE_DAY
        values = {"initiator": "us", **values}
        return an_activity(customer, day, staff=account_manager, kind=kind, **values)

    return do


@pytest.mark.parametrize(("days", "beyond"), [(14, None), (15, 1)])
def test_a_tier_says_how_often_we_are_in_touch(customer, others, did, rules, days, beyond):
    a_level(rules, "B", "contact_interval", 2)
    in_tier(customer, "B", rules=rules)
    did(days)
    a_night()
    found = flag(customer, INTERVAL)
    assert (found and found.quantity) == beyond
    assert found is None or (found.severity, found.loss, found.forgone_fee) == ("mid", 0, 0)


@pytest.mark.parametrize(("days", "beyond"), [(31, None), (32, 1)])
def test_a_contract_goes_before_the_tier(customer, others, did, rules, days, beyond):
    a_level(rules, "B", "contact_interval", 2)
    in_tier(customer, "B", rules=rules)
    a_contract(customer, terms=[TermLine("contact_least", amount=1, period="month")])
    did(days)
    a_night()
    found = flag(customer, INTERVAL)
    assert (found and found.quantity) == beyond
    assert found is None or last_seen(found).values["source"] == "contract"


@pytest.mark.parametrize(
    "values",
    [
        {"initiator": "customer"},
        {"initiator": "", "direction": "in"},
        {"kind": "work"},
        {"kind": "meeting", "initiator": "customer"},
        {"withdrawn_at": NOW},
    ],
)
def test_only_our_own_initiative_counts(customer, others, did, rules, values):
    a_level(rules, "B", "contact_interval", 2)
    in_tier(customer, "B", rules=rules)
    did(20)
    did(1, **values)
    a_night()
    found = flag(customer, INTERVAL)
    assert (found.quantity, last_seen(found).values["days"]) == (6, 20)


def test_a_meeting_and_an_outbound_message_are_contacts(customer, others, did, rules):
    a_level(rules, "B", "contact_interval", 2)
    in_tier(customer, "B", rules=rules)
    did(1, kind="meeting", initiator="")
    a_night()
    assert flags(customer) == set()


def test_the_days_beyond_are_spread_over_their_months(customer, others, did, rules):
    a_level(rules, "B", "contact_interval", 2)
    in_tier(customer, "B", rules=rules)
    did(60)  # 15 May: beyond from 30 May on
    a_night()
    found = flag(customer, INTERVAL)
    assert last_seen(found).values["by_month"] == {
        "2026-05-01": 2, "2026-06-01": 30, "2026-07-01": 14,
    }  # fmt: skip
    assert (found.quantity, found.window_from) == (46, datetime.date(2026, 5, 30))


@pytest.mark.parametrize(("days", "beyond"), [(14, None), (15, 1)])
def test_nobody_is_late_before_it_was_promised(customer, others, rules, days, beyond):
    a_level(rules, "B", "contact_interval", 2)
    in_tier(customer, "B", rules=rules, since=NIGHT - (days + 1) * ONE_DAY)
    a_night()
    found = flag(customer, INTERVAL)
    assert (found and found.quantity) == beyond


def test_the_last_contact_is_told_as_it_was_though_promised_later(customer, others, did, rules):
    a_level(rules, "B", "contact_interval", 2)
    in_tier(customer, "B", rules=rules, since=NIGHT - 16 * ONE_DAY)
    did(100)
    a_night()
    found = flag(customer, INTERVAL)
    assert (found.quantity, last_seen(found).values["days"]) == (1, 100)


def test_of_a_customer_nobody_logs_nothing_is_known(account_manager, others, rules):
    a_level(rules, "B", "contact_interval", 2)
    silent = a_customer(owner=account_manager)
    in_tier(silent, "B", rules=rules)
    a_night()
    assert flags(silent) == set()
    QuietWeek.objects.create(
        customer=silent, week=datetime.date(2026, 3, 2), confirmed_by=account_manager,
        confirmed_at=NOW,
    )  # fmt: skip
    a_night()
    assert flags(silent) == {INTERVAL}


def test_a_firm_that_logs_no_contacts_hears_nothing_of_them(customer, did, rules):
    a_level(rules, "B", "contact_interval", 2)
    in_tier(customer, "B", rules=rules)
    did(200, kind="work")
    a_night()
    assert flags(customer) == set()


# Proposals


@pytest.mark.parametrize(("days", "beyond"), [(92, None), (93, 1)])
def test_a_proposal_a_quarter_is_one_every_92_days(customer, others, did, rules, days, beyond):
    a_level(rules, "B", "proposal", 1, per="quarter")
    in_tier(customer, "B", rules=rules)
    did(days, kind="proposal")
    a_night()
    found = flag(customer, PROPOSAL)
    assert (found and found.quantity) == beyond
    assert found is None or found.severity == "low"


def test_a_proposal_recorded_as_used_is_one(customer, others, did, rules):
    a_level(rules, "B", "proposal", 1, per="quarter")
    in_tier(customer, "B", rules=rules)
    use = a_benefit_use(customer, service="proposal", now=NOW - 10 * ONE_DAY)
    a_night()
    assert flags(customer) == set()
    BenefitUse.objects.create(
        customer=customer, service="proposal", day=use.day, quantity=1, reverses=use,
        recorded_at=NOW,
    )  # fmt: skip
    a_night()
    assert flags(customer) == {PROPOSAL}


# Benefits: the last full fiscal quarter before 15 July is April to June.


@pytest.mark.parametrize(
    ("day", "is_flagged"),
    [
        (datetime.date(2026, 3, 31), True),
        (datetime.date(2026, 4, 1), False),
        (datetime.date(2026, 6, 30), False),
        (datetime.date(2026, 7, 1), True),
    ],
)
def test_a_meeting_of_the_last_full_period_was_used_or_not(
    customer, others, rules, day, is_flagged
):
    a_level(rules, "B", "review_meeting", 2, per="quarter")
    in_tier(customer, "B", rules=rules)
    a_benefit_use(customer, now=NOW - (NIGHT - day))
    a_night()
    found = flag(customer, BENEFIT)
    assert (found is not None) == is_flagged
    if found:
        assert (found.quantity, found.severity) == (2, "low")
        assert last_seen(found).values["benefits"] == [
            {"code": "review_meeting", "times": 2, "from": "2026-04-01", "until": "2026-07-01"}
        ]


@pytest.mark.parametrize(("day", "is_flagged"), [(1, True), (2, False)])
def test_the_tier_was_held_all_through_the_period(customer, others, rules, day, is_flagged):
    a_benefit()
    a_level(rules, "B", "paper-report", 3, per="quarter")
    in_tier(customer, "B", rules=rules, since=datetime.date(2026, 4, day))
    a_night()
    assert (flag(customer, BENEFIT) is not None) == is_flagged


def test_where_nobody_records_uses_nothing_is_known(customer, rules):
    a_level(rules, "B", "review_meeting", 2, per="quarter")
    in_tier(customer, "B", rules=rules)
    a_night()
    assert flags(customer) == set()


def test_another_tier_brings_something_else(customer, others, rules):
    a_level(rules, "A", "review_meeting", 2, per="quarter")
    in_tier(customer, "B", rules=rules)
    a_night()
    assert flags(customer) == set()
