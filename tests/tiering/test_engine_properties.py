"""The engine against the oracle, on ledgers and histories that nobody would think of."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from customers.models import ActivitySlice, CustomerSnapshot, RevenueEntry
from firm.models import User
from tests.examples import examples
from tests.factories import a_customer, an_activity, an_entry, an_import
from tests.tiering.beside import a_strategic_score, an_agreement
from tests.tiering.evaluations import (
    a_night,
    a_replay,
    at_night,
    correct,
    exported,
    some_rules,
)
from tests.tiering.oracle import (
    Agreement,
    Book,
    Entry,
    OracleGuard,
    OracleNeed,
    OracleRules,
    OracleTier,
    Person,
    Score,
    Work,
    World,
)
from tiering import actions, rule_file
from tiering.models import RuleSet, Standing

pytestmark = pytest.mark.django_db

CODES = ["K1", "K2", "K3", "K4", "K5"]
UNIT = Decimal("0.0001")  # the smallest amount the ledger holds
FIRST_DAY = datetime.date(2023, 10, 1)
LAST_DAY = datetime.date(2024, 6, 1)  # with the 29th of February in between
SETTINGS = settings(
    max_examples=examples(12),
    deadline=None,
    # Shrinking a ledger takes longer than reading it.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

bounds = st.integers(1, 40).map(lambda number: Decimal(number) * 10)
# Round ones, so that a sum of revenues meets a line exactly.
percentages = st.sampled_from([10, 20, 25, 40, 50, 60, 75, 80, 100]).map(Decimal)


@st.composite
def features(draw: st.DrawFn, window_months: int, codes: list[str]) -> dict[str, Any]:
    """Any of what is off where a rule file is silent."""
    found: dict[str, Any] = {
        "one_off_weight": draw(st.sampled_from([1, 0, Decimal("0.5"), Decimal("0.3333")])),
        "cold_start": {"months": draw(st.integers(0, min(window_months, 3)))},
        "dormant_after_months": draw(st.sampled_from([0, 0, 1, 2, 13])),
        "minimum_tenure_days": draw(st.sampled_from([0, 0, 1, 31, 61, 90])),
        "rolls_up": draw(st.booleans()),
    }
    if len(codes) > 2 and draw(st.booleans()):
        enter, keep = draw(st.sampled_from([(10, 8), (25, 25), (0, -50), (50, 20)]))
        cap = draw(st.sampled_from(codes[1:]))
        found["guards"] = [{"fact": "margin", "enter": enter, "keep": keep, "cap": cap}]
    return found


# Bounds of each fact that the worlds below meet, miss and know nothing of.
NEEDS: dict[str, list[tuple[Any, Any]]] = {
    "revenue": [(20, 10), (50, 50)],
    "margin": [(10, 8), (25, 25), (0, -50)],
    "strategic_fit": [(4, 3), (3, 3), (Decimal("2.5"), 0)],
    "tenure": [(3, 1), (6, 6)],
    "contract_value": [(120, 60), (100, 100)],
}
TEMPLATES = ["retainer", "saas"]


@st.composite
def criteria(draw: st.DrawFn, *, is_share: bool) -> dict[str, list[dict[str, Any]]]:
    """Of one tier, most often none."""
    facts = [fact for fact in NEEDS if is_share or fact != "revenue"]
    found: dict[str, list[dict[str, Any]]] = {}
    for needs in ("all", "any"):
        for fact in draw(st.sets(st.sampled_from(facts), max_size=2)):
            enter, keep = draw(st.sampled_from(NEEDS[fact]))
            found.setdefault(needs, []).append({"fact": fact, "enter": enter, "keep": keep})
        if draw(st.sampled_from([False, False, True])):
            one = {"fact": "contract_type", "is": draw(st.sampled_from(TEMPLATES))}
            found.setdefault(needs, []).append(one)
    return draw(st.sampled_from([{}, found]))


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
        bounds_of = {"code": f"T{number}", "enter": enter, "keep": keep}
        tiers.append(bounds_of | draw(criteria(is_share=share)))
    tiers.append({"code": "T9"})
    window_months = draw(st.sampled_from([1, 2, 3, 12]))
    return some_rules(
        method="share" if share else "threshold",
        tiers=tiers,
        window_months=window_months,
        window_end=window_end,
        grace_evaluations=draw(st.integers(0, 3)),
        drop=draw(st.sampled_from(["to_raw", "one_step"])),
        nonpositive=draw(st.sampled_from(["at_once", "with_grace"])),
        **draw(features(window_months, [tier["code"] for tier in tiers])),
    )


def oracle_rules(data: dict[str, Any]) -> OracleRules:
    rules = rule_file.parse(data)
    codes = [line.code for line in rules.tiers]
    guards = [OracleGuard(g.enter, g.keep, codes.index(g.cap) + 1) for g in rules.guards]
    return OracleRules(
        method=rules.method,
        tiers=tuple(
            OracleTier(line.code, line.enter, line.keep, _needs(line, "all"), _needs(line, "any"))
            for line in rules.tiers
        ),
        guard=guards[0] if guards else None,
        one_off_weight=rules.one_off_weight,
        cold_start_months=rules.cold_start_months,
        dormant_after_months=rules.dormant_after_months,
        minimum_tenure_days=rules.minimum_tenure_days,
        rolls_up=rules.rolls_up,
        window_months=rules.window_months,
        window_end=rules.window_end,
        grace_evaluations=rules.grace_evaluations,
        drop=rules.drop,
        nonpositive=rules.nonpositive,
    )


def _needs(line: rule_file.TierLine, needs: str) -> tuple[OracleNeed, ...]:
    return tuple(
        OracleNeed(one.fact, one.choice, one.enter, one.keep)
        for one in line.criteria
        if one.needs == needs
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


def costs(data: dict[str, Any], amount: Decimal) -> st.SearchStrategy[Decimal]:
    """Costs with which the margin meets a bound of the guard, or misses it by the smallest unit."""
    edges = {Decimal(0), amount}
    for guard in data.get("guards", []):
        edges |= {amount * (100 - guard[bound]) / 100 for bound in ("enter", "keep")}
    near = {round(edge, 4) + unit for edge in edges for unit in (0, UNIT, -UNIT)}
    return st.sampled_from(sorted(near))


@st.composite
def entries(draw: st.DrawFn, data: dict[str, Any]) -> Entry:
    amount = draw(amounts(data))
    cost = draw(st.none() | costs(data, amount))
    return Entry(draw(st.sampled_from(CODES)), draw(dates()), amount, draw(st.booleans()), cost)


@st.composite
def work(draw: st.DrawFn, data: dict[str, Any]) -> Work:
    cost = draw(costs(data, draw(amounts(data))))
    return Work(draw(st.sampled_from(CODES)), draw(dates()), max(cost, Decimal(0)))


@st.composite
def scores(draw: st.DrawFn) -> tuple[Score, ...]:
    """One after the other, with or without days between them."""
    days = sorted(draw(st.lists(dates(), max_size=4)))
    values = st.sampled_from([0, Decimal("2.5"), 3, Decimal("3.9"), 4, 5]).map(Decimal)
    periods = zip(days[::2], days[1::2], strict=False)
    return tuple(Score(first, until, draw(values)) for first, until in periods)


@st.composite
def agreements(draw: st.DrawFn) -> tuple[Agreement, ...]:
    found = []
    for _number in range(draw(st.integers(0, 2))):
        first, until = draw(dates()), draw(st.none() | dates())
        if until is None or first <= until:
            template, a_year = draw(st.sampled_from(TEMPLATES)), draw(st.sampled_from([60, 120]))
            found.append(Agreement(first, until, template, Decimal(a_year)))
    return tuple(found)


@st.composite
def worlds(draw: st.DrawFn, data: dict[str, Any], most: int = 25) -> World:
    """Customers without a start or with one around the evaluated months, some below another."""
    customers = {}
    for number, code in enumerate(CODES):
        parent = draw(st.none() | st.sampled_from(CODES[:number])) if number else None
        customers[code] = Person(
            draw(st.none() | dates()), parent, draw(scores()), draw(agreements())
        )
    return World(
        customers,
        draw(st.lists(entries(data), max_size=most)),
        draw(st.lists(work(data), max_size=3)),
    )


@contextmanager
def undone() -> Iterator[None]:
    """Each example starts from the same database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def in_force(data: dict[str, Any], *, by: User) -> RuleSet:
    """Without the preview that a person publishes by: it takes longer than the example."""
    draft = actions.create_draft(rules=rule_file.parse(data), by=by, now=at_night(LAST_DAY))
    draft.number, draft.state = 1, RuleSet.State.PUBLISHED
    draft.effective_from = datetime.date(2023, 1, 1)
    draft.published_at, draft.published_by = at_night(LAST_DAY), by
    draft.save()
    return draft


class Firm:
    """The product and the oracle, kept side by side."""

    def __init__(self, data: dict[str, Any], people: dict[str, Person], by: User) -> None:
        self.people, self.by, self.customers = people, by, {}
        for code, one in people.items():
            parent = self.customers[one.parent] if one.parent else None
            customer = a_customer(code=code, started_on=one.started_on, parent=parent)
            self.customers[code] = customer
            for score in one.scores:
                a_strategic_score(customer, *score, by=by)
            for agreement in one.contracts:
                an_agreement(customer, *agreement)
        in_force(data, by=by)
        self.codes = [tier["code"] for tier in data["tiers"]]
        self.book = Book(oracle_rules(data))

    def record(self, lines: list[Entry], work: list[Work] | None = None) -> None:
        applied = an_import()
        for line in lines:
            kind = RevenueEntry.Kind.ONE_OFF if line.is_one_off else RevenueEntry.Kind.RECURRING
            customer = self.customers[line.customer]
            values = {"kind": kind, "cost": line.cost, "import_ref": applied}
            an_entry(customer, line.date, line.amount, **values)
        for piece in work or []:
            an_activity(self.customers[piece.customer], piece.day, staff=self.by, cost=piece.cost)

    def world(self) -> World:
        live = RevenueEntry.objects.live()
        rows = live.values_list("customer__code", "date", "amount", "kind", "cost")
        return World(
            self.people,
            [Entry(*row, kind == RevenueEntry.Kind.ONE_OFF, cost) for *row, kind, cost in rows],
            [
                Work(*row)
                for row in ActivitySlice.objects.values_list("customer__code", "day", "cost")
            ],
        )

    def night(self, date: datetime.date, as_of: datetime.date) -> None:
        a_night(date)
        self.book.evaluate(as_of, self.world())

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
            own, group = standing.trailing_revenue, standing.group_revenue
            assert (own if group is None else group) == row.revenue
            assert standing.below_since == row.state.below_since
            assert standing.earned_since == row.state.since
            assert (standing.reason == "provisional") == row.state.is_provisional
        for snapshot in CustomerSnapshot.objects.select_related("customer__standing"):
            row = expected[snapshot.code]
            assert snapshot.tier_rank == snapshot.earned_rank == row.state.earned
            assert snapshot.trailing_revenue == snapshot.customer.standing.trailing_revenue
            assert snapshot.in_grace == (row.reason == "grace")


def month_starts() -> list[datetime.date]:
    return [datetime.date(2023, month, 1) for month in (10, 11, 12)] + [
        datetime.date(2024, month, 1) for month in range(1, 7)
    ]


@SETTINGS
@given(st.data())
def test_every_month_is_as_the_oracle_says(administrator: User, data: st.DataObject):
    rules = data.draw(rule_files())
    world = data.draw(worlds(rules))
    with undone():
        firm = Firm(rules, world.customers, administrator)
        firm.record(world.entries, world.work)
        a_replay(str(FIRST_DAY), str(LAST_DAY), now=at_night(LAST_DAY))
        for as_of in month_starts():
            firm.book.evaluate(as_of, firm.world())
            firm.assert_equal(as_of)
        firm.assert_current(LAST_DAY)


few_amounts = st.sampled_from([-10, 0, 10, 10 + UNIT, 20, 25, 30, 40, 50]).map(Decimal)


@settings(SETTINGS, max_examples=examples(30))
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
        firm = Firm(
            some_rules(method="share", tiers=[*tiers, {"code": "T0"}]),
            dict.fromkeys(CODES, Person()),
            administrator,
        )
        firm.record(
            [
                Entry(code, FIRST_DAY - datetime.timedelta(days=1), revenue)
                for code, revenue in zip(CODES, revenues, strict=True)
            ]
        )
        firm.night(FIRST_DAY, FIRST_DAY)
        firm.assert_equal(FIRST_DAY)


margins = st.sampled_from([(10, 8), (25, 25), (0, -50)])
margin_edges = st.sampled_from(["enter", "keep"])


@settings(SETTINGS, max_examples=examples(20))
@given(
    margin=margins,
    grace=st.integers(0, 2),
    tenure=st.sampled_from([0, 31, 61]),
    months=st.lists(
        st.tuples(*[st.tuples(margin_edges, st.sampled_from([0, UNIT, -UNIT]))] * len(CODES)),
        min_size=4,
        max_size=4,
    ),
)
def test_margins_met_exactly_are_as_the_oracle_says(
    administrator: User, margin: tuple[int, int], grace: int, tenure: int, months: list[Any]
):
    """Revenue enough for the top, at costs that reach a bound of the guard or miss it by a unit."""
    guard = dict(zip(("enter", "keep"), margin, strict=True))
    rules = some_rules(
        tiers=[{"code": "T1", "enter": 30}, {"code": "T2", "enter": 20}, {"code": "T3"}],
        window_months=1,
        grace_evaluations=grace,
        minimum_tenure_days=tenure,
        guards=[{"fact": "margin", **guard}],
    )
    with undone():
        firm = Firm(rules, dict.fromkeys(CODES, Person()), administrator)
        for as_of, costs in zip(month_starts(), months, strict=False):
            day = as_of - datetime.timedelta(days=1)
            firm.record(
                [
                    Entry(code, day, Decimal(40), cost=Decimal(100 - guard[edge]) * 40 / 100 + unit)
                    for code, (edge, unit) in zip(CODES, costs, strict=True)
                ]
            )
        last = month_starts()[len(months) - 1]
        a_replay(str(FIRST_DAY), str(last), now=at_night(last))
        for as_of in month_starts()[: len(months)]:
            firm.book.evaluate(as_of, firm.world())
            firm.assert_equal(as_of)
        firm.assert_current(last)


@SETTINGS
@given(st.data())
def test_the_order_of_the_ledger_does_not_matter(administrator: User, data: st.DataObject):
    rules = data.draw(rule_files())
    world = data.draw(worlds(rules))
    shuffled = data.draw(st.permutations(world.entries))
    results = []
    for lines in (world.entries, shuffled):
        with undone():
            Firm(rules, world.customers, administrator).record(lines, world.work)
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
    world = data.draw(worlds(rules, most=12))
    with undone():
        firm = Firm(rules, world.customers, administrator)
        firm.record(world.entries, world.work)
        for as_of in month_starts()[:6]:
            firm.night(as_of, as_of)
            firm.record(data.draw(st.lists(entries(rules), max_size=4)))
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
                firm.book.replay(first, firm.world())
            for evaluated in firm.book.evaluated:
                firm.assert_equal(evaluated)
            firm.assert_current(as_of)


@settings(SETTINGS, max_examples=examples(8))
@given(st.data())
def test_day_by_day_only_the_first_of_a_month_lowers(administrator: User, data: st.DataObject):
    rules = data.draw(rule_files(window_end="to_date"))
    world = data.draw(worlds(rules, most=15))
    start, end = datetime.date(2024, 1, 20), datetime.date(2024, 3, 5)
    with undone():
        firm = Firm(rules, world.customers, administrator)
        firm.record(world.entries, world.work)
        a_replay(str(start), str(end), now=at_night(LAST_DAY))
        for number in range((end - start).days + 1):
            as_of = start + datetime.timedelta(days=number)
            firm.book.evaluate(as_of, firm.world())
            firm.assert_equal(as_of)
