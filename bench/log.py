"""Goal 12 for the service log: the pages of a customer ask few queries and take about as long
with thousands of entries as with ten; and what a list's page of customers has used of a month, and
all of them.

At 100k customers the log has a million entries.
"""

from collections.abc import Callable
from unittest import mock

from django.db import connection
from django.urls import reverse

from bench import data
from bench.lists import a_session, an_administrator, asking
from bench.report import Goal, note, side_by_side
from customers.consumption.hours import hours_of

BUSY, ORDINARY = 1, 2  # customers by id
ENTRIES = 5_000  # of the busy one, over two years
PAGES = ("customers:file", "customers:log", "customers:timeline", "customers:consumption")
MOST_QUERIES = 12
TIMES_ORDINARY = 2.0
TIMES_LIST = 3.0  # the page of the customer list
TIMES_ONE = 4.0
LISTED = 50
TENTH = 10
TIMES_LINEAR = 1.5

# Ten hours a month, with capped carry-over, for every customer.
CONTRACTS = """
INSERT INTO customers_contract (customer_id, name, template, created_at)
SELECT id, '保守', 'maintenance', now() FROM customers_customer;
INSERT INTO customers_contractrevision (
    contract_id, number, valid_from, monthly_fee, carry_over, carry_cap, carry_months,
    carries_deficit, note, created_at)
SELECT id, 1, '2024-04-01', 100000, 'capped', 50, 2, false, '', now() FROM customers_contract;
INSERT INTO customers_scopeterm (
    revision_id, kind, name, amount, period, channel, emergency, included, excluded, place)
SELECT id, 'hours', '', 600, 'month', '', false, '{}', '{}', 1 FROM customers_contractrevision
"""
BUSY_LOG = """
WITH entry AS (
    INSERT INTO customers_activity (customer_id, staff_id, day, started_at, minutes, cause, channel)
    SELECT %(customer)s, (SELECT min(id) FROM firm_user), %(last)s::date - no %% %(days)s,
           (%(last)s::date - no %% %(days)s + time '10:00' + no %% 400 * interval '1 minute')
             AT TIME ZONE 'Asia/Tokyo', 15, 'customer_wish', 'phone'
    FROM generate_series(1, %(entries)s) no
    RETURNING id, customer_id, day, minutes
)
INSERT INTO customers_activityslice (activity_id, customer_id, day, start_minute, minutes, cost)
SELECT id, customer_id, day, 600, minutes, 1500 FROM entry
"""


def run(customers: int) -> list[Goal]:
    fill()
    with mock.patch("django.utils.timezone.now", return_value=data.NOW):
        return [*pages(), consumption(), of_all(customers)]


def fill() -> None:
    """Contracts for all, and the busy customer's log, unless they are there."""
    with data.superuser() as database:
        (contracts,) = database.execute("SELECT count(*) FROM customers_contract").fetchone() or (
            0,
        )
        if contracts:
            return
        busy = {"customer": BUSY, "last": data.LAST_DAY, "days": data.DAYS, "entries": ENTRIES}
        database.execute(CONTRACTS)
        database.execute(BUSY_LOG, busy)
        database.execute("VACUUM (ANALYZE)")


def pages() -> list[Goal]:
    """As the server answers them, through every middleware, to somebody signed in."""
    most, slowest, ratios = {}, {}, {}
    with a_session(an_administrator()) as cookie:
        ask = asking(cookie)
        for name in PAGES:
            busy, ordinary = (reverse(name, kwargs={"pk": pk}) for pk in (BUSY, ORDINARY))
            for path in (ordinary, busy):
                ask(path)
            most[name] = queries(lambda path=busy: ask(path))
            paths = {"busy": busy, "ordinary": ordinary, "list": reverse("customers:list")}
            times = side_by_side(
                {name: lambda path=path: ask(path) for name, path in paths.items()}, rounds=15
            )
            slowest[name] = times["busy"] / times["list"]
            ratios[name] = times["busy"] / times["ordinary"]
            took = (
                f"{times['busy'] * 1000:.0f} ms, of ten entries {times['ordinary'] * 1000:.0f} ms"
            )
            note(f"{name}: {most[name]} queries, {took}")
    return [
        Goal(
            "12",
            "most queries of a page of one customer",
            max(most.values()),
            MOST_QUERIES,
            unit="",
        ),
        Goal(
            "12", f"{ENTRIES:,} entries ÷ ten, slowest page", max(ratios.values()), TIMES_ORDINARY
        ),
        Goal(
            "12",
            "slowest page of one customer ÷ the customer list",
            max(slowest.values()),
            TIMES_LIST,
        ),
    ]


def queries(work: Callable[[], None]) -> int:
    asked = []

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        work()
    return len(asked)


def consumption() -> Goal:
    """A month with its carry-over, of the customers of one page of a list."""
    listed = range(BUSY, BUSY + LISTED)
    times = side_by_side(
        {
            "listed": lambda: hours_of(listed, on=data.LAST_DAY),
            "one": lambda: hours_of([BUSY], on=data.LAST_DAY),
        }
    )
    note(f"a month's consumption of the busy customer: {times['one'] * 1000:.0f} ms")
    ratio = times["listed"] / times["one"]
    return Goal("12", f"consumption of {LISTED} customers ÷ of the busy one", ratio, TIMES_ONE)


def of_all(customers: int) -> Goal:
    """Of every customer it takes ten times as long as of a tenth, the busy one in both."""
    some = range(BUSY, BUSY + customers // TENTH)
    times = side_by_side(
        {
            "all": lambda: hours_of(None, on=data.LAST_DAY),
            "tenth": lambda: hours_of(some, on=data.LAST_DAY),
        },
        rounds=3,
    )
    note(f"a month's consumption of all {customers:,} customers: {times['all']:.1f} s")
    ratio = times["all"] / (TENTH * times["tenth"])
    return Goal("12", "consumption a customer, all ÷ a tenth of them", ratio, TIMES_LINEAR)
