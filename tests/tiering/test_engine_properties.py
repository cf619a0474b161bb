"""The engine against the oracle, on ledgers and histories that nobody would think of."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import CustomerSnapshot, RevenueEntry
from firm.models import User
from tests.factories import a_customer, an_entry, an_import
from tests.tiering.evaluations import (
    a_night,
    a_replay,
    at_night,
    correct,
    exported,
    published,
    some_rules,
)
from tests.tiering.oracle import Book, Entry, OracleRules, OracleTier
from tiering import rule_file
from tiering.models import Standing

pytestmark = pytest.mark.django_db

CODES = ["K1", "K2", "K3", "K4", "K5"]
UNIT = Decimal("0.0001")  # the smallest amount the ledger holds
FIRST_DAY = datetime.date(2023, 10, 1)
LAST_DAY = datetime.date(2024, 6, 1)  # with the 29th of February in between
SETTINGS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

bounds = st.integers(1, 40).map(lambda number: Decimal(number) * 10)
# Round ones, so that a sum of revenues meets a line exactly.
percentages = st.sampled_from([10, 20, 25, 40, 50, 60, 75, 80, 100]).map(Decimal)


@st.composite
def rule_files(draw: st.DrawFn, window_end: str = "closed_months") -> dict[str, Any]:
    """Any rules the file format allows, with two to four tiers."""
    share = draw(st.booleans())
    count = draw(st.integers(1, 3))
    lines = st.sets(percentages if share else bounds, min_size=count, max_size=count)
    enters = sorted(draw(lines), reverse=not share)
    tiers: list[dict[str, Any]] = []
    for number, enter in enumerate(enters, start=1):
        slack = draw(st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.5"), Decimal(1)]))
        keep = min(enter * (1 + slack), Decimal(100)) if share else enter * (1 - slack)
        tiers.append({"code": f"T{number}", "enter": enter, "keep": keep})
    return some_rules(
        method="share" if share else "threshold",
        tiers=[*tiers, {"code": "T9"}],
        window_months=draw(st.sampled_from([1, 2, 3, 12])),
        window_end=window_end,
        grace_evaluations=draw(st.integers(0, 3)),
        drop=draw(st.sampled_from(["to_raw", "one_step"])),
        nonpositive=draw(st.sampled_from(["at_once", "with_grace"])),
    )


def oracle_rules(data: dict[str, Any]) -> OracleRules:
    rules = rule_file.parse(data)
    return OracleRules(
        method=rules.method,
        tiers=tuple(OracleTier(line.code, line.enter, line.keep) for line in rules.tiers),
        window_months=rules.window_months,
        window_end=rules.window_end,
        grace_evaluations=rules.grace_evaluations,
        drop=rules.drop,
        nonpositive=rules.nonpositive,
    )


def amounts(data: dict[str, Any]) -> st.SearchStrategy[Decimal]:
    """Amounts that meet a bound exactly, miss it by the smallest unit, cancel out, or are nothing
    of all that; few different ones, so that many revenues are equal.
    """
    edges = {Decimal(0), Decimal(10), Decimal(-10), Decimal(25), Decimal(50), Decimal(75)}
    for tier in data["tiers"][:-1]:
        edges |= {tier["enter"], tier["keep"], -tier["enter"]}
    near = [edge + unit for edge in edges for unit in (0, UNIT, -UNIT)]
    return st.sampled_from(sorted(near))


def dates() -> st.SearchStrategy[datetime.date]:
    """Every day, with the days around the ends of months drawn more often."""
    days = [FIRST_DAY + datetime.timedelta(days=number) for number in range(-70, 250)]
    edges = [one for one, after in pairwise(days) if one.day == 1 or after.day == 1]
    return st.sampled_from(days) | st.sampled_from(edges)


def entries(data: dict[str, Any], most: int = 25) -> st.SearchStrategy[list[Entry]]:
    return st.lists(st.tuples(st.sampled_from(CODES), dates(), amounts(data)), max_size=most)


@contextmanager
def undone() -> Iterator[None]:
    """Each example starts from the same database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Firm:
    """The product and the oracle, kept side by side."""

    def __init__(self, data: dict[str, Any], by: User) -> None:
        self.customers = {code: a_customer(code=code) for code in CODES}
        published(data, by=by, since="2023-01-01", now=at_night(LAST_DAY))
        self.codes = [tier["code"] for tier in data["tiers"]]
        self.book = Book(oracle_rules(data))

    def record(self, lines: list[Entry]) -> None:
        applied = an_import()
        for code, date, amount in lines:
            an_entry(self.customers[code], date, amount, import_ref=applied)

    def ledger(self) -> list[Entry]:
        rows = RevenueEntry.objects.live().values_list("customer__code", "date", "amount")
        return list(rows)

    def night(self, date: datetime.date, as_of: datetime.date) -> None:
        a_night(date)
        self.book.evaluate(as_of, self.ledger(), CODES)

    def assert_equal(self, as_of: datetime.date) -> None:
        found = {
            code: (row["raw_tier"], row["earned_tier"], row["reason"], row["trailing_revenue"])
            for code, row in exported(as_of).items()
        }
        assert found == {
            code: (
                self.codes[row.raw - 1],
                self.codes[row.state.earned - 1],
                row.reason,
                row.revenue,
            )
            for code, row in self.book.evaluated[as_of].items()
        }

    def assert_current(self, as_of: datetime.date) -> None:
        """The state carried on, and what lists read, are those of the last evaluation."""
        expected = self.book.evaluated[as_of]
        for standing in Standing.objects.select_related("customer"):
            row = expected[standing.customer.code]
            assert standing.below_since == row.state.below_since
            assert standing.trailing_revenue == row.revenue
        for snapshot in CustomerSnapshot.objects.all():
            row = expected[snapshot.code]
            assert snapshot.tier_rank == snapshot.earned_rank == row.state.earned
            assert snapshot.trailing_revenue == row.revenue
            assert snapshot.in_grace == (row.reason == "grace")


def month_starts() -> list[datetime.date]:
    return [datetime.date(2023, month, 1) for month in (10, 11, 12)] + [
        datetime.date(2024, month, 1) for month in range(1, 7)
    ]


@SETTINGS
@given(st.data())
def test_every_month_is_as_the_oracle_says(administrator: User, data: st.DataObject):
    rules = data.draw(rule_files())
    lines = data.draw(entries(rules))
    with undone():
        firm = Firm(rules, administrator)
        firm.record(lines)
        a_replay(str(FIRST_DAY), str(LAST_DAY), now=at_night(LAST_DAY))
        for as_of in month_starts():
            firm.book.evaluate(as_of, firm.ledger(), CODES)
            firm.assert_equal(as_of)
        firm.assert_current(LAST_DAY)


few_amounts = st.sampled_from([-10, 0, 10, 10 + UNIT, 20, 25, 30, 40, 50]).map(Decimal)


@settings(SETTINGS, max_examples=60)
@given(
    revenues=st.lists(few_amounts, min_size=len(CODES), max_size=len(CODES)),
    shares=st.sets(percentages, min_size=1, max_size=3),
)
def test_shares_met_exactly_are_as_the_oracle_says(
    administrator: User, revenues: list[Decimal], shares: set[Decimal]
):
    """Few amounts and round shares: sums that end on a line to the smallest unit, and ties."""
    tiers = [{"code": f"T{share}", "enter": share} for share in sorted(shares)]
    with undone():
        firm = Firm(some_rules(method="share", tiers=[*tiers, {"code": "T0"}]), administrator)
        firm.record(
            [
                (code, FIRST_DAY - datetime.timedelta(days=1), revenue)
                for code, revenue in zip(CODES, revenues, strict=True)
            ]
        )
        firm.night(FIRST_DAY, FIRST_DAY)
        firm.assert_equal(FIRST_DAY)


@SETTINGS
@given(st.data())
def test_the_order_of_the_ledger_does_not_matter(administrator: User, data: st.DataObject):
    rules = data.draw(rule_files())
    lines = data.draw(entries(rules))
    shuffled = data.draw(st.permutations(lines))
    results = []
    for one in (lines, shuffled):
        with undone():
            Firm(rules, administrator).record(one)
            a_replay(str(FIRST_DAY), str(LAST_DAY), now=at_night(LAST_DAY))
            results.append([exported(as_of) for as_of in month_starts()])
    assert results[0] == results[1]


@SETTINGS
@given(st.data())
def test_late_corrections_and_replays_are_as_the_oracle_says(
    administrator: User, data: st.DataObject
):
    """Nights, some of them repeated after a late import, some evaluated again from an older date:
    an evaluation starts from the state before its date, whatever was there.
    """
    rules = data.draw(rule_files())
    with undone():
        firm = Firm(rules, administrator)
        firm.record(data.draw(entries(rules, most=12)))
        for as_of in month_starts()[:6]:
            firm.night(as_of, as_of)
            firm.record(data.draw(entries(rules, most=4)))
            live = list(RevenueEntry.objects.live().order_by("pk"))
            if live and data.draw(st.booleans(), label="correct one"):
                entry = data.draw(st.sampled_from(live))
                correct(entry, amount=data.draw(st.none() | amounts(rules)))
            if data.draw(st.booleans(), label="the night again"):
                firm.night(as_of + datetime.timedelta(days=data.draw(st.integers(0, 20))), as_of)
                firm.assert_equal(as_of)
            if data.draw(st.booleans(), label="replay"):
                first = data.draw(st.sampled_from(sorted(firm.book.evaluated)))
                a_replay(str(first), str(first), now=at_night(as_of) + datetime.timedelta(days=25))
                firm.book.replay(first, firm.ledger(), CODES)
            for evaluated in firm.book.evaluated:
                firm.assert_equal(evaluated)
            firm.assert_current(as_of)


@settings(SETTINGS, max_examples=8)
@given(st.data())
def test_day_by_day_only_the_first_of_a_month_lowers(administrator: User, data: st.DataObject):
    rules = data.draw(rule_files(window_end="to_date"))
    lines = data.draw(entries(rules, most=15))
    start, end = datetime.date(2024, 1, 20), datetime.date(2024, 3, 5)
    with undone():
        firm = Firm(rules, administrator)
        firm.record(lines)
        a_replay(str(start), str(end), now=at_night(LAST_DAY))
        for number in range((end - start).days + 1):
            as_of = start + datetime.timedelta(days=number)
            firm.book.evaluate(as_of, firm.ledger(), CODES)
            firm.assert_equal(as_of)
