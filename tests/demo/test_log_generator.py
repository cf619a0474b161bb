"""The demo's service log as the generators make it, before anything is written."""

import datetime
import itertools
from collections import Counter, defaultdict

import pytest

from escalation.demo.activities import generate_activities
from escalation.demo.contracts import generate_contracts
from escalation.demo.customers import generate_customers
from escalation.demo.entries import Cause, Span
from escalation.demo.goals import generate_goals
from escalation.demo.revenue import closed_months
from escalation.demo.stories import HIKARI, KONAN, YAMATO
from firm.calendar import SATURDAY

T = datetime.date(2026, 11, 20)


def a_span(t: datetime.date) -> Span:
    days = [t - datetime.timedelta(days=back) for back in range(183, -1, -1)]
    return Span(
        office=[day for day in days if day.weekday() < SATURDAY],
        off=[day for day in days if day.weekday() >= SATURDAY],
    )


def a_log(t: datetime.date):
    return generate_activities(
        generate_contracts(generate_customers(closed_months(t)[-1]), t), a_span(t)
    )


@pytest.fixture(scope="module")
def log():
    return a_log(T)


def test_the_same_day_gives_the_same_log_and_nobody_is_in_two_places(log):
    assert a_log(T) == log
    days = defaultdict(list)
    for entry in log:
        assert entry.minutes % 15 == 0
        if entry.start is not None:
            days[entry.staff, entry.day].append((entry.start, entry.start + entry.minutes))
    for spans in days.values():
        spans.sort()
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


@pytest.mark.parametrize("t", [T, datetime.date(2026, 4, 1), datetime.date(2026, 12, 28)])
def test_volumes_are_those_of_the_simulation_whatever_the_day(t):
    log = a_log(t)
    off = set(a_span(t).off)
    assert len(log) == pytest.approx(6_900, rel=0.04)
    assert sum(entry.minutes for entry in log) / 60 == pytest.approx(7_750, rel=0.03)
    assert sum(entry.start is not None and entry.start >= 18 * 60 for entry in log) == 143
    assert sum(entry.day in off for entry in log) == 99
    assert sum(entry.favor is not None for entry in log) == 396
    assert sum(entry.favor is not None and entry.favor.from_budget for entry in log) == 9
    named = {entry.agreed: {term.channel for term in entry.agreed.start.terms} for entry in log}
    outside = [
        entry for entry in log if entry.channel and entry.agreed.start.terms
        and entry.channel not in named[entry.agreed]
    ]  # fmt: skip
    assert len(outside) == 133
    assert all(entry.day <= t for entry in log)


def test_nobody_logs_for_a_customer_before_it_came_or_after_it_left(log):
    for entry in log:
        customer = entry.customer
        assert entry.day >= customer.started_on
        if entry.planted and entry.day.weekday() >= SATURDAY:
            continue  # the weekend after the last day at most
        assert customer.ended_on is None or entry.day <= customer.ended_on


def test_ten_people_log_about_as_much_each(log):
    hours = Counter()
    for entry in log:
        hours[entry.staff] += entry.minutes / 60 / 6
    assert len(hours) == 10
    assert all(50 < a_month < 165 for a_month in hours.values())


def test_the_stories_have_their_hours(log):
    hikari = [entry for entry in log if entry.customer.name == HIKARI]
    october = sum(
        entry.minutes for entry in hikari if (entry.day.month, entry.day.year) == (10, 2026)
    )
    assert october == 870  # 14.5 hours for 30,000 yen: 2,069 an hour
    assert round(30_000 / (october / 60)) == 2069
    assert sum(entry.minutes for entry in hikari if entry.favor) == 915
    sunday = [
        entry for entry in log
        if entry.customer.name == YAMATO and entry.cause == Cause.OWN_REASON
        and entry.day.weekday() == 6
    ]  # fmt: skip
    assert sum(entry.minutes for entry in sunday) == 360
    invested = Counter()
    for entry in log:
        if entry.customer.name == KONAN and entry.investment:
            invested[entry.investment] += entry.minutes / 60
    assert sorted(invested.values()) == [12, 30]


def test_all_of_the_upper_tiers_have_a_goal_and_some_of_the_others():
    customers = generate_customers(closed_months(T)[-1])
    ranks = [goal.customer.rank for goal in generate_goals(customers, a_span(T))]
    assert set(range(1, 15)) <= set(ranks)
    assert len([rank for rank in ranks if 15 <= rank <= 42]) == 19
    assert len([rank for rank in ranks if rank > 42]) == 18
