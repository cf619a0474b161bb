"""Goal 12 for the service log: the pages of a customer ask few queries and take about as long
with thousands of entries as with ten, whatever the log is filtered by; one's own week; and what a
list's page of customers has used of a month, and many of them.

At 100k customers the log has a million entries.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from unittest import mock

from django.db import connection
from django.urls import reverse

from bench import data
from bench.lists import a_session, an_administrator, asking
from bench.report import Goal, note, side_by_side
from customers.consumption.hours import hours_of
from customers.consumption.marked import MarkKind
from customers.models import PurposeReading
from customers.service_log.purpose import VERSION
from firm.models import User

BUSY, ORDINARY = 1, 2  # customers by id
ENTRIES = 5_000  # of the busy one, over two years
PAGES = ("customers:file", "customers:log", "customers:timeline", "customers:consumption")
OWN_PAGES = ("customers:log-week", "customers:log-mine")  # of who has logged the busy one's
# Each mark alone, the dearest ones together, and with all else that can be asked for.
FILTERS = [
    *(f"mark={kind}" for kind in MarkKind.values),
    "mark=outside_hours&mark=holiday&mark=count_beyond&mark=not_counted",
    "mark=outside_hours&cause=customer_wish&channel=phone&since=2025-01-01&until=2026-06-30",
    "cause=sales",
]
MOST_QUERIES = 12
TIMES_ORDINARY = 2.0
TIMES_LIST = 3.0  # the page of the customer list
TIMES_FILTERED = 4.0  # the page of the log without a filter
TIMES_ONE = 4.0
LISTED = 50
TENTH = 10
MANY = 20_000  # customers; all of a million would take an hour
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
    SELECT %(customer)s, %(staff)s, %(last)s::date - no %% %(days)s,
           (%(last)s::date - no %% %(days)s + time '10:00' + no %% 400 * interval '1 minute')
             AT TIME ZONE 'Asia/Tokyo', 15, 'customer_wish', 'phone'
    FROM generate_series(1, %(entries)s) no
    RETURNING id, customer_id, day, minutes
)
INSERT INTO customers_activityslice (activity_id, customer_id, day, start_minute, minutes, cost)
SELECT id, customer_id, day, 600, minutes, 1500 FROM entry
"""


def run(customers: int) -> list[Goal]:
    reader = an_administrator()
    fill(reader)
    with mock.patch("django.utils.timezone.now", return_value=data.NOW):
        return [*pages(reader), consumption(), of_many(min(customers, MANY))]


def fill(reader: User) -> None:
    """Contracts for all, and the busy customer's log by the reader, unless they are there."""
    read = {"read_at": data.NOW}
    PurposeReading.objects.get_or_create(person=reader, version=VERSION, defaults=read)
    with data.superuser() as database:
        (contracts,) = database.execute("SELECT count(*) FROM customers_contract").fetchone() or (
            0,
        )
        if contracts:
            return
        busy = {
            "customer": BUSY,
            "staff": reader.pk,
            "last": data.LAST_DAY,
            "days": data.DAYS,
            "entries": ENTRIES,
        }
        database.execute(CONTRACTS)
        database.execute(BUSY_LOG, busy)
        database.execute("VACUUM (ANALYZE)")


def pages(reader: User) -> list[Goal]:
    """As the server answers them, through every middleware, to somebody signed in."""
    with a_session(reader) as cookie:
        ask = asking(cookie)
        answered = [Answered.of(name, ask) for name in PAGES]
        own = {name: reverse(name) for name in OWN_PAGES}
        most = max(page.queries for page in answered)
        most = max(most, *(asked(ask, path) for path in own.values()))
        return [
            Goal("12", "most queries of a page of the log", most, MOST_QUERIES, unit=""),
            Goal(
                "12",
                f"{ENTRIES:,} entries ÷ ten, slowest page",
                max(page.busy / page.ordinary for page in answered),
                TIMES_ORDINARY,
            ),
            Goal(
                "12",
                "slowest page of one customer ÷ the customer list",
                max(page.busy / page.list for page in answered),
                TIMES_LIST,
            ),
            Goal("12", "slowest page of one's own log ÷ the customer list", *own_pages(ask, own)),
            filtered(ask),
        ]


def own_pages(ask: Callable[[str], None], own: dict[str, str]) -> tuple[float, float]:
    paths = {**own, "list": reverse("customers:list")}
    times = side_by_side({name: partial(ask, path) for name, path in paths.items()})
    note(", ".join(f"{name}: {times[name] * 1000:.0f} ms" for name in own))
    return max(times[name] for name in own) / times["list"], TIMES_LIST


def filtered(ask: Callable[[str], None]) -> Goal:
    """The busy customer's log by its filters."""
    log = reverse("customers:log", kwargs={"pk": BUSY})
    paths = {"": log, **{query: f"{log}?{query}" for query in FILTERS}}
    most = max(asked(ask, path) for path in paths.values())
    assert most <= MOST_QUERIES, f"{most} queries with a filter"
    times = side_by_side({query: partial(ask, path) for query, path in paths.items()})
    slowest = max(FILTERS, key=lambda query: times[query])
    note(f"the log by {slowest}: {times[slowest] * 1000:.0f} ms, by nothing {times[''] * 1000:.0f}")
    ratio = times[slowest] / times[""]
    return Goal("12", "slowest filter of the log ÷ the log", ratio, TIMES_FILTERED)


@dataclass(frozen=True)
class Answered:
    """A page of the busy customer and of an ordinary one, and the customer list, in seconds."""

    queries: int
    busy: float
    ordinary: float
    list: float

    @classmethod
    def of(cls, name: str, ask: Callable[[str], None]) -> "Answered":
        busy, ordinary = (reverse(name, kwargs={"pk": pk}) for pk in (BUSY, ORDINARY))
        paths = {"busy": busy, "ordinary": ordinary, "list": reverse("customers:list")}
        most = max(asked(ask, path) for path in (ordinary, busy))
        works = {name: partial(ask, path) for name, path in paths.items()}
        times = side_by_side(works, rounds=15)
        took = f"{times['busy'] * 1000:.0f} ms, of ten entries {times['ordinary'] * 1000:.0f} ms"
        note(f"{name}: {most} queries, {took}")
        return cls(most, **times)


def asked(ask: Callable[[str], None], path: str) -> int:
    """Queries of a page that has been open before."""
    ask(path)
    return queries(lambda: ask(path))


def queries(work: Callable[[], None]) -> int:
    asked = []

    def count(execute, sql, params, many, context):
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


def of_many(customers: int) -> Goal:
    """Of all these customers it takes ten times as long as of a tenth, the busy one in both."""
    many, some = range(BUSY, BUSY + customers), range(BUSY, BUSY + customers // TENTH)
    times = side_by_side(
        {
            "many": lambda: hours_of(many, on=data.LAST_DAY),
            "tenth": lambda: hours_of(some, on=data.LAST_DAY),
        },
        rounds=3,
    )
    note(f"a month's consumption of {customers:,} customers: {times['many']:.1f} s")
    ratio = times["many"] / (TENTH * times["tenth"])
    return Goal("12", "consumption a customer, many ÷ a tenth of them", ratio, TIMES_LINEAR)
