"""Benefits: used and left by fiscal period, taken back, and the word of caution before."""

import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import CustomerSnapshot
from firm.dates import fiscal_period
from firm.models import AuditEvent
from firm.refusals import Forbidden, Refused
from firm.scope import scope_of
from tests.examples import examples
from tests.factories import NOW, a_benefit, a_customer, a_level, a_rule_set, some_goodwill
from tests.tiering.nights import a_done_night, a_move, an_evaluation
from tiering import actions
from tiering.benefits import caution, checklist
from tiering.catalogue import STANDARD, offers
from tiering.models import BenefitUse
from tiering.models.standing import Reason
from tiering.reports.benefits import customers_without, report

pytestmark = pytest.mark.django_db

REVIEW = STANDARD["review_meeting"]
GOODWILL = STANDARD["goodwill_budget"]


@pytest.fixture
def rules(administrator):
    """S: 4 reviews a year, 2 proposals a half-year, 12 h of goodwill a quarter, 12 reports a year;
    A: one review a half-year.
    """
    rules = a_rule_set(by=administrator)
    a_benefit(unit="部")
    a_level(rules, "S", "first_response", 30)
    a_level(rules, "S", "review_meeting", 4, per="year")
    a_level(rules, "S", "proposal", 2, per="half")
    a_level(rules, "S", "goodwill_budget", 720)
    a_level(rules, "S", "paper-report", 12, per="year")
    a_level(rules, "A", "review_meeting", 1, per="half")
    return rules


def in_tier(rules, customer, tier):
    since = datetime.date(2021, 4, 1)
    evaluation = an_evaluation(rules, job=a_done_night(business_date=since), as_of=since)
    a_move(customer, evaluation, before="", after=tier, reason=Reason.INITIAL)
    return customer


@pytest.fixture
def customer(rules, account_manager):
    return in_tier(rules, a_customer("東都精機販売", owner=account_manager), "S")


def give(customer, person, now, offer=REVIEW, *, day=None, quantity=1, **values):
    return actions.record_use(
        customer=customer,
        service=offer.code,
        day=day or datetime.date(2026, 7, 1),
        quantity=quantity,
        by=person,
        now=now,
        **values,
    )


def counts(customer, on):
    """code → quota, used, left."""
    return {one.offer.code: (one.quota, one.used, one.left) for one in checklist(customer, on=on)}


def test_what_is_used_and_left_stands_in_the_checklist(customer, account_manager, now, today):
    give(customer, account_manager, now, day=datetime.date(2026, 4, 20))
    give(customer, account_manager, now, day=datetime.date(2026, 7, 10), note="役員同席")
    give(customer, account_manager, now, GOODWILL, quantity=90)
    assert counts(customer, today) == {
        "review_meeting": (4, 2, 2),
        "proposal": (2, 0, 2),
        "goodwill_budget": (720, 90, 630),
        "paper-report": (12, 0, 12),
    }


@pytest.mark.parametrize(
    ("date", "months", "start", "end"),
    [
        ("2026-03-31", 3, "2026-01-01", "2026-04-01"),
        ("2026-04-01", 3, "2026-04-01", "2026-07-01"),
        ("2026-03-31", 6, "2025-10-01", "2026-04-01"),
        ("2026-09-30", 6, "2026-04-01", "2026-10-01"),
        ("2026-03-31", 12, "2025-04-01", "2026-04-01"),
        ("2026-04-01", 12, "2026-04-01", "2027-04-01"),
        ("2028-02-29", 12, "2027-04-01", "2028-04-01"),
    ],
)
def test_periods_begin_with_the_fiscal_year(date, months, start, end):
    day = datetime.date.fromisoformat
    assert fiscal_period(day(date), months=months) == (day(start), day(end))


def test_a_fiscal_year_from_january_has_its_own_periods(settings):
    settings.FISCAL_YEAR_START = 1
    assert fiscal_period(datetime.date(2026, 3, 31), months=12) == (
        datetime.date(2026, 1, 1),
        datetime.date(2027, 1, 1),
    )


def test_each_period_begins_anew_on_its_first_day(customer, account_manager, now):
    give(customer, account_manager, now, day=datetime.date(2026, 3, 31))
    give(customer, account_manager, now, GOODWILL, quantity=60, day=datetime.date(2026, 6, 30))
    assert counts(customer, datetime.date(2026, 3, 31))["review_meeting"] == (4, 1, 3)
    assert counts(customer, datetime.date(2026, 4, 1))["review_meeting"] == (4, 0, 4)
    assert counts(customer, datetime.date(2026, 6, 30))["goodwill_budget"] == (720, 60, 660)
    assert counts(customer, datetime.date(2026, 7, 1))["goodwill_budget"] == (720, 0, 720)


def test_on_a_past_day_only_what_was_used_by_then_counts(customer, account_manager, now):
    give(customer, account_manager, now, day=datetime.date(2026, 5, 2))
    assert counts(customer, datetime.date(2026, 5, 1))["review_meeting"] == (4, 0, 4)


def test_a_mistake_is_taken_back_by_a_row_of_its_own(customer, account_manager, now, today):
    use = give(customer, account_manager, now)
    actions.reverse_use(use=use, note="別のお客様", by=account_manager, now=now)
    assert counts(customer, today)["review_meeting"] == (4, 0, 4)
    assert BenefitUse.objects.count() == 2
    with pytest.raises(Refused, match="もう取り消して"):
        actions.reverse_use(use=use, by=account_manager, now=now)
    with pytest.raises(Refused, match="別の記録を取り消した"):
        actions.reverse_use(use=use.reversed_by, by=account_manager, now=now)
    assert [event.code for event in AuditEvent.objects.order_by("pk")] == [
        "benefit_given",
        "benefit_taken_back",
    ]


def test_whoever_has_the_file_records_and_nobody_else(
    customer, section_manager, back_office, stranger, auditor, compliance, now
):
    for person in (section_manager, back_office):
        give(customer, person, now)
    for person in (stranger, auditor, compliance):
        with pytest.raises(Forbidden):
            give(customer, person, now)
    assert BenefitUse.objects.count() == 2


def test_tomorrow_is_not_recorded_ahead(customer, account_manager, now, today):
    with pytest.raises(Refused, match="先の日付"):
        give(customer, account_manager, now, day=today + datetime.timedelta(days=1))


def test_a_response_time_is_nothing_to_use_up(customer, account_manager, now):
    with pytest.raises(Refused, match="使った数がありません"):
        give(customer, account_manager, now, STANDARD["first_response"])


def test_no_caution_for_what_the_tier_has(customer, today):
    assert caution(customer, REVIEW, quantity=1, day=today) is None


def test_a_benefit_of_another_tier_is_said_with_what_there_is_instead(
    rules, account_manager, today
):
    other = in_tier(rules, a_customer(owner=account_manager), "A")
    found = caution(other, GOODWILL, quantity=60, day=today)
    assert found
    assert found.sentence == "この対応（特別対応枠）はプレミアの特典です。"
    assert [one.offer.code for one in found.alternatives] == ["review_meeting"]


def test_a_benefit_of_no_tier_is_said_too(customer, today):
    a_benefit("訪問", code="visit")
    found = caution(customer, offers()["visit"], quantity=1, day=today)
    assert found
    assert "どのランクの特典でもありません" in found.sentence


def test_what_is_used_up_is_said_and_recorded_all_the_same(customer, account_manager, now, today):
    give(customer, account_manager, now, GOODWILL, quantity=700)
    found = caution(customer, GOODWILL, quantity=21, day=today)
    assert found
    assert found.sentence == "特別対応枠は、この期間の12時間のうち残り20分です。"
    assert caution(customer, GOODWILL, quantity=20, day=today) is None
    give(customer, account_manager, now, GOODWILL, quantity=21)
    own = next(one for one in checklist(customer, on=today) if one.offer == GOODWILL)
    assert (own.left, own.beyond) == (0, 1)


def test_what_was_given_without_being_the_tiers_is_listed_with_no_quota(
    rules, account_manager, now, today
):
    other = in_tier(rules, a_customer(owner=account_manager), "A")
    give(other, account_manager, now, offers()["paper-report"], quantity=2)
    assert counts(other, today) == {
        "paper-report": (0, 2, 0),
        "review_meeting": (1, 0, 1),
    }


DAYS = st.dates(datetime.date(2024, 12, 1), datetime.date(2026, 7, 15))
USES = st.lists(
    st.tuples(
        st.sampled_from(["review_meeting", "proposal", "goodwill_budget", "paper-report"]),
        DAYS,
        st.integers(1, 300),
        st.booleans(),
    ),
    max_size=12,
)
QUOTAS = {
    "review_meeting": (4, 12),
    "proposal": (2, 6),
    "goodwill_budget": (720, 3),
    "paper-report": (12, 12),
}


def period_number(day: datetime.date, months: int) -> int:
    """Periods are numbered from April of the year 0 on; those of one number are the same."""
    return (day.year * 12 + day.month - 4) // months


@given(book=USES, on=DAYS)
@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_used_and_left_are_what_plain_python_says(customer, account_manager, now, book, on):
    with transaction.atomic():
        known = offers()
        for code, day, quantity, is_taken_back in book:
            use = give(customer, account_manager, now, known[code], day=day, quantity=quantity)
            if is_taken_back:
                actions.reverse_use(use=use, by=account_manager, now=now)
        expected = {}
        for code, (quota, months) in QUOTAS.items():
            used = sum(
                quantity
                for other, day, quantity, is_taken_back in book
                if other == code
                and not is_taken_back
                and day <= on
                and period_number(day, months) == period_number(on, months)
            )
            expected[code] = (quota, used, max(0, quota - used))
        assert counts(customer, on) == expected
        transaction.set_rollback(True)


def logged(customer, day, minutes, **values):
    return some_goodwill(customer, day, staff=customer.owner, minutes=minutes, **values)


def test_the_goodwill_budget_is_used_by_marked_entries_of_the_log(customer, today):
    logged(customer, today, 90, from_budget=True)
    logged(customer, today, 60, from_budget=True)
    logged(customer, today, 600)  # goodwill, but not out of the budget
    logged(customer, datetime.date(2026, 6, 30), 60, from_budget=True)  # the quarter before
    logged(customer, today, 60, from_budget=True, withdrawn_at=NOW)
    budget = next(one for one in checklist(customer, on=today) if one.offer == GOODWILL)
    assert (budget.used, budget.left, budget.logged) == (150, 570, 150)


def test_minutes_noted_by_hand_and_logged_the_same_day_count_once(
    customer, account_manager, now, today
):
    day = datetime.date(2026, 7, 1)
    give(customer, account_manager, now, GOODWILL, quantity=90, day=day)
    logged(customer, day, 60, from_budget=True)
    assert counts(customer, today)["goodwill_budget"] == (720, 90, 630)
    logged(customer, day, 60, from_budget=True)
    logged(customer, today, 30, from_budget=True)
    assert counts(customer, today)["goodwill_budget"] == (720, 150, 570)


def test_a_customer_without_the_budget_shows_what_the_log_took_from_it(rules, account_manager):
    other = in_tier(rules, a_customer(owner=account_manager), "A")
    logged(other, datetime.date(2026, 7, 1), 60, from_budget=True)
    assert counts(other, datetime.date(2026, 7, 15))["goodwill_budget"] == (0, 60, 0)


def test_the_report_knows_a_budget_that_only_the_log_uses(
    rules, customer, executive, account_manager, today
):
    CustomerSnapshot.objects.filter(customer=customer).update(tier_rank=1)
    a_customer(owner=account_manager, tier_rank=1)
    logged(customer, today, 60, from_budget=True)
    scope = scope_of(executive, on=today)
    found = next(one for one in report(scope, on=today).rows if one.offer == GOODWILL)
    assert (found.customers, found.users) == (2, 1)
    assert customers_without(scope, GOODWILL, 1, on=today).count() == 1
